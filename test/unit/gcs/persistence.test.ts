import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createWorld, SIGNER, ADMIN, type World } from "./world.ts";

let world: World;

beforeEach(async () => {
  world = await createWorld();
  await world.client().createBucket("kept", { location: "NAM4", rpo: "ASYNC_TURBO" });
});
afterEach(() => world.close());

const files = async (): Promise<string[]> => {
  const entries = await readdir(world.directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
};

describe("a store opened again", () => {
  test("has its buckets, objects and keys, secrets included", async () => {
    const file = world.client().bucket("kept").file("a/b.txt");
    await file.save("kept", { resumable: false, metadata: { metadata: { a: "b" } } });
    const before = (await file.getMetadata())[0];
    const [key] = await world.client().createHmacKey(SIGNER);
    await world.restart();
    const again = world.client().bucket("kept");
    expect((await again.getMetadata())[0]).toMatchObject({ location: "NAM4", rpo: "ASYNC_TURBO" });
    const after = (await again.file("a/b.txt").getMetadata())[0];
    expect({ ...after, selfLink: "", mediaLink: "" }).toEqual({ ...before, selfLink: "", mediaLink: "" });
    expect(String((await again.file("a/b.txt").download())[0])).toBe("kept");
    const accessId = key.metadata.accessId ?? "";
    expect((await world.client().hmacKey(accessId).getMetadata())[0]).toMatchObject({ state: "ACTIVE" });
  });

  test("goes on with larger generations, even when the clock went back", async () => {
    const save = async (): Promise<number> => {
      const file = world.client().bucket("kept").file("g");
      await file.save("x", { resumable: false });
      return Number((await file.getMetadata())[0].generation);
    };
    const first = await save();
    world.clock.shiftSeconds = -3600;
    await world.restart();
    expect(await save()).toBeGreaterThan(first);
  });

  test("keeps secrets in files that only their owner reads", async () => {
    await world.client().createHmacKey(SIGNER);
    const [keyFile = ""] = (await files()).filter((file) => file.includes("hmac-keys"));
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
  });

  test("has removed what an interrupted write left: temporary files and a body without its record", async () => {
    const file = world.client().bucket("kept").file("whole");
    await file.save("x", { resumable: false });
    const [body = ""] = (await files()).filter((found) => found.endsWith(".body"));
    const debris = [
      path.join(path.dirname(body), "123.body"),
      path.join(path.dirname(body), "124.json.abc.tmp"),
      path.join(world.directory, "uploads", "half"),
    ];
    for (const found of debris) await writeFile(found, "debris");
    await mkdir(path.join(world.directory, "objects", "no-such-bucket"));
    await world.restart();
    const left = await files();
    expect(left.filter((found) => debris.includes(found))).toEqual([]);
    expect(await readdir(path.join(world.directory, "objects"))).toEqual(["kept"]);
    expect(left).toContain(body);
  });

  test("settles an overwrite that was interrupted between the new object and the end of the old one", async () => {
    const file = world.client().bucket("kept").file("twice");
    await file.save("old", { resumable: false });
    const [oldBody = ""] = (await files()).filter((found) => found.endsWith(".body"));
    const old = await Promise.all(
      [oldBody, oldBody.replace(/body$/, "json")].map(
        async (found) => [found, await readText(found)] as const,
      ),
    );
    await file.save("new", { resumable: false });
    for (const [found, text] of old) await writeFile(found, text);
    await world.restart();
    const versions = await world.fetch("/storage/v1/b/kept/o?versions=true", { as: ADMIN });
    expect(((await versions.json()) as { items: unknown[] }).items).toHaveLength(1);
    expect(String((await world.client().bucket("kept").file("twice").download())[0])).toBe("new");
  });

  test("leaves no file behind for objects that were overwritten, deleted or refused", async () => {
    const bucket = world.client().bucket("kept");
    for (const body of ["1", "2", "3"]) await bucket.file("a").save(body, { resumable: false });
    await bucket.file("b").save("x", { resumable: false });
    await bucket.file("b").delete();
    const refused = await world.fetch("/kept/a", {
      as: ADMIN,
      method: "PUT",
      body: "4",
      headers: { "x-goog-if-generation-match": "0" },
    });
    expect(refused.status).toBe(412);
    const left = (await files()).filter((file) =>
      /uploads|objects/.test(path.relative(world.directory, file)),
    );
    expect(left).toHaveLength(2);
  });
});

async function readText(file: string): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  return readFile(file, "utf8");
}

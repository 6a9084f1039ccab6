import { describe, expect, it } from "vitest";
import {
  abortMultipart,
  claimNext,
  completeMultipart,
  release,
  signParts,
  startMultipart,
} from "../../../../services/coordinator/index.ts";
import { bucket, worker, type World, worldWithJob } from "../world.ts";

const never = new AbortController().signal;
async function leased(world: World = worldWithJob()) {
  const broker = world.replica();
  const lease = await claimNext(broker, world.backlog, { worker, waitSeconds: 0 }, never);
  const token = lease?.token ?? "";
  const start = (size = 3, name = "film.mp4") =>
    startMultipart(broker, "job-1", token, { name, contentType: "video/mp4", size });
  return { world, broker, token, start };
}
const crc32c = "AAAAAA==";

describe("a large output", () => {
  it("goes up in parts that are signed for exactly their size, within the attempt's prefix", async () => {
    const { world, broker, token, start } = await leased();
    const { upload, partBytes } = await start(200 * 2 ** 20);
    expect(partBytes).toBe(32 * 2 ** 20);
    const { parts } = await signParts(broker, "job-1", token, { upload, parts: [{ number: 7, size: 5 }] });
    const url = new URL(parts[0]?.url ?? "");
    expect(url.pathname).toBe(`/${bucket}/${world.outputName("film.mp4")}`);
    expect(url.searchParams.get("partNumber")).toBe("7");
    expect(parts[0]?.headers["content-length"]).toBe("5");
  });

  it("is made of its parts, and made once when asked twice", async () => {
    const { world, broker, token, start } = await leased();
    const { upload } = await start();
    const parts = [1, 2, 3].map((number) => ({ number, etag: `"${number}"` }));
    await completeMultipart(broker, "job-1", token, { upload, parts, size: 3, crc32c });
    await completeMultipart(broker, "job-1", token, { upload, parts, size: 3, crc32c });
    expect(world.objects.get(world.outputName("film.mp4"))?.size).toBe(3);
  });

  it.each([
    ["another size", { size: 4, crc32c }, "upload-mismatch"],
    ["another checksum", { size: 3, crc32c: "BBBBBB==" }, "upload-mismatch"],
  ])("is not taken with %s", async (_, told, code) => {
    const { broker, token, start } = await leased();
    const { upload } = await start();
    const parts = [1, 2, 3].map((number) => ({ number, etag: "e" }));
    await expect(completeMultipart(broker, "job-1", token, { upload, parts, ...told })).rejects.toMatchObject(
      { code },
    );
  });

  it("takes its parts in ascending order only", async () => {
    const { broker, token, start } = await leased();
    const { upload } = await start();
    const parts = [2, 1].map((number) => ({ number, etag: "e" }));
    await expect(
      completeMultipart(broker, "job-1", token, { upload, parts, size: 3, crc32c }),
    ).rejects.toMatchObject({ code: "invalid-request" });
  });

  it("is forgotten when aborted, which may be repeated", async () => {
    const { world, broker, token, start } = await leased();
    const { upload } = await start();
    await abortMultipart(broker, "job-1", token, { upload });
    await abortMultipart(broker, "job-1", token, { upload });
    expect(world.uploads.size).toBe(0);
    const done = { upload, parts: [{ number: 1, etag: "e" }], size: 1, crc32c };
    await expect(completeMultipart(broker, "job-1", token, done)).rejects.toMatchObject({
      code: "upload-gone",
    });
  });

  it.each(["", "x", "e30.e30", "e30"])("is not to be had by the made-up name %j", async (upload) => {
    const { broker, token } = await leased();
    await expect(
      signParts(broker, "job-1", token, { upload, parts: [{ number: 1, size: 1 }] }),
    ).rejects.toMatchObject({ code: "upload-unknown" });
  });

  it("cannot be touched under another attempt's lease", async () => {
    const { world, broker, token, start } = await leased();
    const { upload } = await start();
    await release(broker, "job-1", token);
    const next = await leased(world);
    await expect(
      signParts(broker, "job-1", next.token, { upload, parts: [{ number: 1, size: 1 }] }),
    ).rejects.toMatchObject({ code: "upload-unknown" });
  });
});

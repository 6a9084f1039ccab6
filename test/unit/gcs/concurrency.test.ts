import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createLocks } from "../../../sandbox/gcs/locks.ts";
import { ADMIN, createWorld, type World } from "./world.ts";

let world: World;

beforeAll(async () => {
  world = await createWorld();
  await world.client().createBucket("racing");
});
afterAll(() => world.close());

const put = (name: string, body: string, generation: number): Promise<Response> =>
  world.fetch(`/racing/${name}`, {
    as: ADMIN,
    method: "PUT",
    body,
    headers: { "x-goog-if-generation-match": String(generation) },
  });

describe("many writers at once", () => {
  test("creating the same object: exactly one wins, and its bytes stay", async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => put("once", `writer ${index}`, 0)),
    );
    const winners = answers.flatMap((answer, index) => (answer.status === 200 ? [index] : []));
    expect(winners).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === 412)).toHaveLength(39);
    expect(await (await world.fetch("/racing/once", { as: ADMIN })).text()).toBe(
      `writer ${winners[0] ?? "nobody"}`,
    );
  });

  test("counting by compare-and-swap: no count is lost", async () => {
    const first = await put("counter", "0", 0);
    expect(first.status).toBe(200);
    const count = async (): Promise<void> => {
      for (;;) {
        const read = await world.fetch("/racing/counter", { as: ADMIN });
        const value = Number(await read.text());
        const swap = await put("counter", String(value + 1), Number(read.headers.get("x-goog-generation")));
        if (swap.status === 200) return;
      }
    };
    await Promise.all(Array.from({ length: 12 }, count));
    expect(await (await world.fetch("/racing/counter", { as: ADMIN })).text()).toBe("12");
  });

  test("reading what is being replaced: every read is of one whole generation", async () => {
    const bodies = Array.from({ length: 20 }, (_, index) => String.fromCharCode(97 + index).repeat(20_000));
    const write = async (body: string): Promise<void> => {
      await world.fetch("/racing/flux", { as: ADMIN, method: "PUT", body });
    };
    await write(bodies[0] ?? "");
    const reads = Array.from({ length: 40 }, async () =>
      (await world.fetch("/racing/flux", { as: ADMIN })).text(),
    );
    await Promise.all(bodies.map(write));
    for (const read of await Promise.all(reads)) expect(bodies).toContain(read);
  });

  test("creating the same bucket: exactly one wins", async () => {
    const create = (): Promise<Response> =>
      world.fetch("/storage/v1/b?project=test-project", {
        as: ADMIN,
        method: "POST",
        body: '{"name":"contended"}',
      });
    const statuses = (await Promise.all(Array.from({ length: 8 }, create))).map((answer) => answer.status);
    expect(statuses.sort()).toEqual([200, 409, 409, 409, 409, 409, 409, 409]);
  });

  test("deleting a bucket while objects are written: no object is acknowledged and lost", async () => {
    await world.client().createBucket("doomed");
    const writes = Array.from({ length: 10 }, (_, index) =>
      world.fetch(`/doomed/${index}`, { as: ADMIN, method: "PUT", body: "x" }),
    );
    const deletion = await world.fetch("/storage/v1/b/doomed", { as: ADMIN, method: "DELETE" });
    const written = (await Promise.all(writes)).filter((answer) => answer.status === 200).length;
    if (deletion.status === 204) expect(written).toBe(0);
    else expect(deletion.status).toBe(409);
  });
});

describe("a lock", () => {
  test("runs the work of one key in order and one at a time, past failures", async () => {
    const locks = createLocks();
    const seen: string[] = [];
    const work = (name: string, fails = false) =>
      locks("key", async () => {
        seen.push(`${name} in`);
        await new Promise((resolve) => setTimeout(resolve, 2));
        seen.push(`${name} out`);
        if (fails) throw new Error(name);
      });
    await Promise.allSettled([work("a"), work("b", true), work("c")]);
    expect(seen).toEqual(["a in", "a out", "b in", "b out", "c in", "c out"]);
  });

  test("lets different keys run together", async () => {
    const locks = createLocks();
    let release: () => void = () => undefined;
    const blocked = locks("one", () => new Promise<void>((resolve) => (release = resolve)));
    await expect(locks("two", () => Promise.resolve("free"))).resolves.toBe("free");
    release();
    await blocked;
  });
});

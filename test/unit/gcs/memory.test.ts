import { Readable } from "node:stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ADMIN, createWorld, type World } from "./world.ts";

let world: World;

beforeAll(async () => {
  world = await createWorld();
  await world.client().createBucket("large");
});
afterAll(() => world.close());

const MIB = 2 ** 20;
const SIZE = 256 * MIB;

test("a body of 256 MiB goes up and down without being held in memory", { timeout: 60_000 }, async () => {
  const chunk = Buffer.alloc(MIB, "video");
  let peak = 0;
  const before = process.memoryUsage.rss();
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 20);
  const body = Readable.from(
    (function* () {
      for (let sent = 0; sent < SIZE; sent += chunk.length) yield chunk;
    })(),
  );
  const init = {
    as: ADMIN,
    method: "PUT",
    body: Readable.toWeb(body) as unknown as ReadableStream,
    duplex: "half",
  };
  const put = await world.fetch("/large/object", init as RequestInit);
  expect(put.headers.get("x-goog-stored-content-length")).toBe(String(SIZE));
  const got = await world.fetch("/large/object", { as: ADMIN });
  let received = 0;
  for await (const part of got.body ?? []) received += (part as Uint8Array).length;
  clearInterval(watch);
  expect(received).toBe(SIZE);
  // Sender, receiver and store are one process here; the object is still several times what they need together.
  expect((peak - before) / MIB).toBeLessThan(120);
});

import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, expect, test } from "vitest";

const MIB = 2 ** 20;
const SIZE = 256 * MIB;
const headers = { authorization: "Bearer token" };
let child: ChildProcess;
let url: string;

beforeAll(async () => {
  child = fork(path.join(import.meta.dirname, "store-process.ts"), { execArgv: [] });
  const [message] = (await once(child, "message")) as [{ url: string }];
  url = message.url;
  const body = JSON.stringify({ name: "large" });
  await fetch(`${url}/storage/v1/b?project=test-project`, { method: "POST", headers, body });
}, 30_000);
afterAll(async () => {
  const exited = once(child, "exit");
  child.disconnect();
  await exited;
});

test("a body of 256 MiB goes up and down without being held in memory", { timeout: 120_000 }, async () => {
  const chunk = Buffer.alloc(MIB, "video");
  const body = Readable.from(
    (function* () {
      for (let sent = 0; sent < SIZE; sent += chunk.length) yield chunk;
    })(),
  );
  const init = { method: "PUT", headers, body: Readable.toWeb(body) as unknown, duplex: "half" };
  const put = await fetch(`${url}/large/object`, init as RequestInit);
  expect(put.headers.get("x-goog-stored-content-length")).toBe(String(SIZE));
  const got = await fetch(`${url}/large/object`, { headers });
  let received = 0;
  for await (const part of got.body ?? []) received += (part as Uint8Array).length;
  expect(received).toBe(SIZE);
  const answer = once(child, "message");
  child.send("growth");
  const [{ growth }] = (await answer) as [{ growth: number }];
  expect(growth / MIB).toBeLessThan(128);
});

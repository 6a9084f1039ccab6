import { randomBytes } from "node:crypto";
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ADMIN, createWorld, type World } from "./world.ts";

let world: World;
const CHUNK = 256 * 1024;

beforeAll(async () => {
  world = await createWorld();
  await world.client().createBucket("sessions");
});
afterAll(() => world.close());

const start = async (name: string, headers: Record<string, string> = {}, query = ""): Promise<string> => {
  const response = await world.fetch(
    `/upload/storage/v1/b/sessions/o?uploadType=resumable&name=${name}${query}`,
    {
      as: ADMIN,
      method: "POST",
      headers,
      body: JSON.stringify({ contentType: "video/mp4" }),
    },
  );
  return response.headers.get("location") ?? "";
};
const send = (uri: string, range: string, body: Buffer = Buffer.alloc(0)): Promise<Response> =>
  fetch(uri, { method: "PUT", headers: { "content-range": range }, body });
const stored = async (name: string): Promise<Buffer> => {
  const response = await world.fetch(`/sessions/${name}`, { as: ADMIN });
  return Buffer.from(await response.arrayBuffer());
};

describe("a resumable upload", () => {
  test("answers 308 with the range it holds, and the object at the end", async () => {
    const body = randomBytes(2 * CHUNK + 100);
    const uri = await start("chunks");
    const empty = await send(uri, "bytes */*");
    expect([empty.status, empty.headers.get("range")]).toEqual([308, null]);
    const first = await send(uri, `bytes 0-${CHUNK - 1}/*`, body.subarray(0, CHUNK));
    expect([first.status, first.headers.get("range")]).toEqual([308, `bytes=0-${CHUNK - 1}`]);
    const second = await send(uri, `bytes ${CHUNK}-${2 * CHUNK - 1}/*`, body.subarray(CHUNK, 2 * CHUNK));
    expect(second.headers.get("range")).toBe(`bytes=0-${2 * CHUNK - 1}`);
    const last = await send(
      uri,
      `bytes ${2 * CHUNK}-${body.length - 1}/${body.length}`,
      body.subarray(2 * CHUNK),
    );
    expect(await last.json()).toMatchObject({ size: String(body.length), contentType: "video/mp4" });
    expect((await stored("chunks")).equals(body)).toBe(true);
  });

  test("answers the finished object again when asked again", async () => {
    const uri = await start("again");
    await send(uri, "bytes 0-2/3", Buffer.from("abc"));
    expect(await (await send(uri, "bytes */3")).json()).toMatchObject({ name: "again", size: "3" });
  });

  test("ignores bytes that it already holds", async () => {
    const body = randomBytes(2 * CHUNK);
    const uri = await start("overlap");
    await send(uri, `bytes 0-${CHUNK - 1}/*`, body.subarray(0, CHUNK));
    await send(uri, `bytes 100-${2 * CHUNK - 1}/${2 * CHUNK}`, body.subarray(100));
    expect((await stored("overlap")).equals(body)).toBe(true);
  });

  test("refuses a gap", async () => {
    const uri = await start("gap");
    expect((await send(uri, `bytes ${CHUNK}-${2 * CHUNK - 1}/*`, randomBytes(CHUNK))).status).toBe(400);
  });

  test("refuses chunks that are no multiple of 256 KiB, but for the last", async () => {
    const uri = await start("odd");
    expect((await send(uri, "bytes 0-99/*", randomBytes(100))).status).toBe(400);
  });

  test("goes on after a connection that broke in the middle", async () => {
    const body = randomBytes(3 * CHUNK);
    const uri = await start("broken");
    await new Promise<void>((resolve) => {
      const headers = {
        "content-range": `bytes 0-${body.length - 1}/${body.length}`,
        "content-length": body.length,
      };
      const client = request(uri, { method: "PUT", headers });
      client.on("error", () => {
        resolve();
      });
      client.write(body.subarray(0, CHUNK), () => setTimeout(() => client.destroy(new Error("cut")), 50));
    });
    const status = await send(uri, `bytes */${body.length}`);
    expect(status.status).toBe(308);
    const offset = Number(/bytes=0-(\d+)/.exec(status.headers.get("range") ?? "")?.[1] ?? "-1") + 1;
    await send(uri, `bytes ${offset}-${body.length - 1}/${body.length}`, body.subarray(offset));
    expect((await stored("broken")).equals(body)).toBe(true);
  });

  test("is 410 after it was cancelled, and 404 a week later", async () => {
    const uri = await start("cancelled");
    expect((await fetch(uri, { method: "DELETE" })).status).toBe(499);
    expect((await send(uri, "bytes */*")).status).toBe(410);
    world.clock.shiftSeconds = 8 * 86_400;
    expect((await send(uri, "bytes */*")).status).toBe(404);
    world.clock.shiftSeconds = 0;
  });

  test("is gone after a restart: 410, and clients begin anew", async () => {
    const uri = new URL(await start("restarted"));
    await world.restart();
    uri.port = new URL(world.url).port;
    expect((await send(uri.href, "bytes */*")).status).toBe(410);
  });

  test("checks its precondition at the end", async () => {
    const uri = await start("late", {}, "&ifGenerationMatch=0");
    await world.fetch("/sessions/late", { as: ADMIN, method: "PUT", body: "first" });
    expect((await send(uri, "bytes 0-2/3", Buffer.from("abc"))).status).toBe(412);
    expect(String(await stored("late"))).toBe("first");
  });

  test("checks hashes sent with the last bytes", async () => {
    const uri = await start("hashed");
    const response = await fetch(uri, {
      method: "PUT",
      headers: { "content-range": "bytes 0-2/3", "x-goog-hash": "crc32c=AAAAAA==" },
      body: "abc",
    });
    expect(response.status).toBe(400);
    expect((await world.fetch("/sessions/hashed", { as: ADMIN })).status).toBe(404);
  });
});

describe("a multipart upload", () => {
  const upload = (body: string | Buffer, type = "multipart/related; boundary=b"): Promise<Response> =>
    world.fetch("/upload/storage/v1/b/sessions/o?uploadType=multipart", {
      as: ADMIN,
      method: "POST",
      headers: { "content-type": type },
      body,
    });
  const head =
    '--b\r\nContent-Type: application/json\r\n\r\n{"name":"parts"}\r\n--b\r\nContent-Type: text/plain\r\n\r\n';

  test("keeps bytes that look almost like the boundary", async () => {
    const media = Buffer.concat([randomBytes(100_000), Buffer.from("\r\n--a\r\n--\r\n-"), randomBytes(10)]);
    const response = await upload(Buffer.concat([Buffer.from(head), media, Buffer.from("\r\n--b--\r\n")]));
    expect(await response.json()).toMatchObject({ name: "parts", contentType: "text/plain" });
    expect((await stored("parts")).equals(media)).toBe(true);
  });

  test.each([
    ["no boundary", head, "multipart/related"],
    ["no end", `${head}abc`, "multipart/related; boundary=b"],
    ["no parts", "nothing", "multipart/related; boundary=b"],
  ])("with %s is refused", async (_what, body, type) => {
    expect((await upload(body, type)).status).toBe(400);
  });

  test("with a wrong hash in its metadata is refused", async () => {
    const body = `${head.replace('"parts"', '"wrong","md5Hash":"AAAAAAAAAAAAAAAAAAAAAA=="')}abc\r\n--b--`;
    expect((await upload(body)).status).toBe(400);
  });
});

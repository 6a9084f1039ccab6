/**
 * An object store for memory and speed: a GET answers with as many bytes of a repeating pattern as asked for, ranges
 * included, and a PUT is counted and thrown away. It holds no object but its first bytes, so that objects of any size fit.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { combineCrc32c, crc32c, encodeCrc32c } from "../../services/transfer/index.ts";

const chunk = Buffer.alloc(2 ** 20, "0123456789abcdef");
const [chunkSum, mebibyte] = [crc32c(chunk), chunk.length];

/** CRC32C of `mebibytes` repetitions, put together by doubling. */
export function sumOf(mebibytes: number): number {
  let [sum, power, length] = [0, chunkSum, mebibyte];
  for (let rest = mebibytes; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) sum = combineCrc32c(sum, power, length);
    power = combineCrc32c(power, power, length);
    length *= 2;
  }
  return sum;
}

/** Resolves when more can be written, or the reader is gone. */
async function drained(response: ServerResponse): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  await Promise.race([once(response, "drain", { signal }), once(response, "close", { signal })]);
  over.abort();
}

export interface SparseStore {
  readonly url: string;
  /** Bytes of bodies received. */
  readonly received: () => number;
  close(): Promise<void>;
}

/**
 * @param mebibytes size of every object
 * @param beginning what each begins with, at most a MiB @default the pattern
 */
export async function startSparseStore(
  mebibytes: number,
  beginning: Buffer = Buffer.alloc(0),
): Promise<SparseStore> {
  const size = mebibytes * mebibyte;
  const first = Buffer.concat([beginning, chunk.subarray(beginning.length)]);
  const sum = combineCrc32c(crc32c(first), sumOf(mebibytes - 1), size - mebibyte);
  const identity = {
    "accept-ranges": "bytes",
    etag: '"sparse"',
    "x-goog-generation": "1",
    "x-goog-hash": `crc32c=${encodeCrc32c(sum)}`,
  };
  let received = 0;
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method === "PUT") {
      let sum = 0;
      for await (const part of request as AsyncIterable<Buffer>) {
        received += part.length;
        sum = crc32c(part, sum);
      }
      response.writeHead(200, { etag: '"part"', "x-goog-hash": `crc32c=${encodeCrc32c(sum)}` }).end();
      return;
    }
    const [, from = "0", to = ""] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
    const start = Number(from);
    const end = to === "" ? size - 1 : Number(to);
    response.writeHead(request.headers.range === undefined ? 200 : 206, {
      ...identity,
      "content-length": String(end - start + 1),
      ...(request.headers.range !== undefined && { "content-range": `bytes ${start}-${end}/${size}` }),
    });
    for (let at = start; at <= end && !response.destroyed;) {
      const offset = at % mebibyte;
      const part = (at < mebibyte ? first : chunk).subarray(
        offset,
        Math.min(mebibyte, offset + end - at + 1),
      );
      at += part.length;
      if (!response.write(part)) await drained(response);
    }
    response.end();
  };
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // a listening TCP server has one
    received: () => received,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** The process whose memory bench/memory.ts looks at: a worker's transfers and nothing else. */
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SignedRequest } from "../../services/protocol/index.ts";
import { download, planParts, streamObject, uploadParts } from "../../services/transfer/index.ts";

const [, , url = "", folder = "", size = ""] = process.argv;
const mebibytes = Number(size);
const bytes = mebibytes * 2 ** 20;

const signed = (method: "GET" | "PUT", query = ""): SignedRequest => ({
  method,
  url: `${url}/bucket/object?X-Goog-Algorithm=x${query}`,
  headers: {},
  expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
});

/** The largest resident set while `work` runs, sampled ten times per second. */
async function watched(what: string, work: () => Promise<unknown>): Promise<void> {
  let most = 0;
  const look = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 100);
  const started = performance.now();
  await work();
  clearInterval(look);
  process.send?.({ what, seconds: (performance.now() - started) / 1000, megabytes: most / 1e6 });
}

await watched("download", () => download(signed("GET"), join(folder, "object")));
await watched("stream", async () => {
  let read = 0;
  for await (const chunk of streamObject(signed("GET")) as AsyncIterable<Buffer>) read += chunk.length;
  if (read !== bytes) throw new Error(`${read} bytes came instead of ${bytes}`);
});
const file = join(folder, "sparse");
await writeFile(file, "");
await truncate(file, bytes);
const plan = planParts(bytes);
await watched("upload in parts", () =>
  uploadParts(
    file,
    (parts) => Promise.resolve(parts.map(({ number }) => signed("PUT", `&uploadId=u&partNumber=${number}`))),
    { partBytes: plan.kind === "multipart" ? plan.partBytes : bytes },
  ),
);

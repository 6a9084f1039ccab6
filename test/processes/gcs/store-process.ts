/** A store alone in its process, which tells its parent its URL and, when asked, its peak growth in bytes. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pino } from "pino";
import { openStore } from "../../../sandbox/gcs/index.ts";

const directory = await mkdtemp(path.join(tmpdir(), "gcs-memory-"));
const store = await openStore({
  directory,
  clock: () => new Date(),
  authorizer: {
    allows: () => true,
    policy: () => ({ version: 1, etag: "", bindings: [] }),
    serviceAccountExists: () => true,
  },
  tokens: { issue: () => "token", verify: () => "user:anybody@example.com" },
  projectId: "test-project",
  projectNumber: "1",
  publicKeys: () => [],
  logger: pino({ level: "silent" }),
});
const listener = await store.listen({ host: "127.0.0.1", port: 0 });
const before = process.memoryUsage.rss();
let peak = before;
const watch = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
}, 10);
process.on("message", () => process.send?.({ growth: peak - before }));
process.on("disconnect", () => {
  clearInterval(watch);
  void listener.close().then(() => rm(directory, { recursive: true, force: true }));
});
process.send?.({ url: listener.url });

/**
 * A worker of the soak: the real worker's client, lease and transfers around an encoder that only copies its input.
 * The soak is about leases, fences and clean-up under fire; hundreds of real encodes would only make it slow.
 */
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { download, upload } from "../../services/transfer/index.ts";
import { whileAway } from "../../services/worker/lease/back-off.ts";
import { coordinatorClient } from "../../services/worker/lease/coordinator-client.ts";
import { keepLease } from "../../services/worker/lease/lease-session.ts";

const [url = "", id = "", region = "", caFile] = process.argv.slice(2);
const client = coordinatorClient(url, { caFile });
const never = new AbortController().signal;
// The soak's process is gone: so are we.
process.on("disconnect", () => process.exit(0));

for (;;) {
  const lease = await client.lease({ worker: { id, region }, waitSeconds: 5 }).catch(() => undefined);
  if (lease === undefined) {
    await sleep(200 + Math.random() * 300);
    continue;
  }
  const session = keepLease(client, lease);
  const scratch = await mkdtemp(join(tmpdir(), "soak-worker-"));
  try {
    const file = join(scratch, "input");
    await download(lease.input, file, { signal: session.lost });
    for (let percent = 0; percent < 100; percent += 25) {
      session.progress(percent);
      await sleep(100 + Math.random() * 500, undefined, { signal: session.lost });
    }
    const { size } = await stat(file);
    const wanted = ["film.mp4", "hls/segment-1.m4s"].map((name) => ({
      name,
      contentType: "video/mp4",
      size,
    }));
    const signed = await whileAway(session.lost, () =>
      client.urls(session.credential(), { input: false, outputs: wanted }, session.lost),
    );
    for (const output of signed.outputs) await upload(output, file, { signal: session.lost });
    await whileAway(session.lost, () =>
      client.complete(session.credential(), {
        media: { kind: "video", durationSeconds: 1, renditions: ["copy"] },
        outputs: wanted.map(({ name }) => ({ name, size })),
      }),
    );
  } catch (error) {
    const message =
      error instanceof Error ? error.message.replace(/https?:\/\/\S+/g, "the store") : "unknown";
    process.send?.({ trouble: message });
    if (!session.lost.aborted)
      await client
        .fail(
          session.credential(),
          { error: { code: "soak-fault", message: message.slice(0, 500) }, retryable: true },
          never,
        )
        .catch(() => undefined);
  } finally {
    session.stop();
    await rm(scratch, { recursive: true, force: true });
  }
}

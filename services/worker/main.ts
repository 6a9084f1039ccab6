import { createLog } from "../logging/index.ts";
import { readConfig } from "./config.ts";
import { coordinatorClient } from "./lease/coordinator-client.ts";
import { serveHealth } from "./health.ts";
import { runLoop } from "./attempt/loop.ts";
import { memoryForFfmpeg } from "./process/memory-limit.ts";
import { readCapabilities } from "./profile/capabilities.ts";
import { messageOf } from "./problems.ts";
import { loadProfiles } from "./profile/load.ts";
import { shortcomings } from "./profile/needs.ts";
import { createPace } from "../transfer/index.ts";
import { removeStaleScratch } from "./disk/scratch.ts";
import { checkTools } from "./process/find-tools.ts";
import { openIsolation } from "./process/isolation.ts";

/** The worker: takes leases from the coordinator, encodes, and holds no credential of any cloud. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const { region, workerId: id, ffmpeg, ffprobe } = config;
  const log = createLog(config.logLevel, { service: "worker", worker: id, region });

  let etaSeconds: number | undefined;
  const draining = new AbortController();
  const handBack = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (draining.signal.aborted) {
        log.warn({ signal }, "second signal: stopping at once");
        process.exit(1);
      }
      log.info(
        { signal, graceSeconds: config.graceSeconds, etaSeconds },
        "draining: no further job is taken",
      );
      draining.abort();
      // A job that cannot be done in time is better begun elsewhere at once.
      const hopeless = etaSeconds !== undefined && etaSeconds > config.graceSeconds;
      setTimeout(
        () => {
          handBack.abort();
        },
        hopeless ? 0 : config.graceSeconds * 1000,
      ).unref();
    });
  }

  const profiles = await loadProfiles(config.profiles);
  const tools = await checkTools({ ffmpeg, ffprobe });
  const { isolate, because, signals } = await openIsolation({
    ...{ mode: config.isolation, setpriv: config.setpriv, programs: [ffmpeg, ffprobe] },
    ...{ secretFile: config.coordinatorTokenFile, scratch: config.scratch },
  });
  if (because !== undefined)
    log.warn({ because }, "ffmpeg is not isolated: what takes it over may do what this worker may");
  if (signals !== undefined)
    log.warn(
      { because: signals },
      "ffmpeg is isolated, but may signal this worker: that takes util-linux 2.41",
    );
  const capabilities = await readCapabilities(ffmpeg, isolate);
  for (const { refused, missing } of shortcomings(profiles.values(), capabilities))
    log.warn({ refused, missing, ffmpeg: tools.ffmpeg }, "this ffmpeg cannot do everything");
  const removed = await removeStaleScratch(config.scratch);
  log.info({ ...tools, profiles: [...profiles.keys()], removedScratch: removed }, "ready");

  const health = config.health && (await serveHealth(config.health.host, config.health.port));
  const coordinator = coordinatorClient(config.coordinatorUrl, {
    tokenFile: config.coordinatorTokenFile,
    caFile: config.coordinatorCaFile,
  });
  const memoryMebibytes = config.ffmpegMemoryMebibytes ?? (await memoryForFfmpeg());
  await runLoop({
    ...(memoryMebibytes !== undefined && { memoryMebibytes }),
    ...{ inputMode: config.input, pace: createPace({ share: config.paceShare }) },
    scratchReserveBytes: config.scratchReserveMebibytes * 1024 * 1024,
    onEta: (seconds) => {
      etaSeconds = seconds;
    },
    ...(health && { onReadiness: health.setReady }),
    ...(config.mode === "once" && { once: { idleSeconds: config.idleSeconds } }),
    ...{ coordinator, ffmpeg, ffprobe, isolate, profiles, capabilities },
    ...{ scratchRoot: config.scratch, log },
    ...{ worker: { id, region }, draining: draining.signal, handBack: handBack.signal },
  });
  await coordinator.close();
  await health?.close();
  log.info("stopped");
}

// By this signal, which a program of the same user may send, Node.js would open its debugger on loopback: whoever is
// connected to that runs what they like in here. A listener takes its place.
process.on("SIGUSR1", () => undefined);

try {
  await main();
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}

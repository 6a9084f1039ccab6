import { existsSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { findEngine } from "../../sandbox/engine/index.ts";
import { findMediaTools } from "../../sandbox/media/index.ts";
import type { Report } from "../../sandbox/process/index.ts";
import { startCloud, stopCloud } from "./cloud-process.ts";
import { openDeployment } from "./deploy.ts";
import { directories } from "../cli/directories.ts";

/** `npm run local:down`: destroys the `local` stack, stops the local cloud and deletes what it kept. */
export async function down(report: Report, shownOn: "stdout" | "stderr" = "stdout"): Promise<void> {
  if (!existsSync(directories.cloud)) {
    report("Nothing is up.");
    return;
  }
  // The cloud may have been stopped or killed; its things can only be deleted through it.
  const media = await findMediaTools({ report: () => undefined });
  await startCloud([dirname(media.ffmpeg.path), dirname(media.ffprobe.path)].join(":"));
  try {
    const engine = await findEngine({ report, sandboxDirectory: directories.sandbox });
    const deployment = await openDeployment(engine, "local", {
      effects: { MPEGFLOW_SANDBOX_CLOUD: directories.cloudAddress },
      shownOn,
    });
    await deployment.destroy();
  } finally {
    await stopCloud();
  }
  rmSync(directories.cloud, { recursive: true, force: true });
  report("The local stack is destroyed and the local cloud is stopped.");
}

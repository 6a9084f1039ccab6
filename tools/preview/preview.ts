import { findEngine } from "../../sandbox/engine/index.ts";
import type { Report } from "../../sandbox/process/index.ts";
import { openDeployment } from "../local/deploy.ts";
import { directories } from "../cli/directories.ts";
import type { PreviewTarget } from "./target.ts";

/**
 * `mpegflow preview`: what `pulumi up` would do in an empty project, with the policy pack, and without a cloud account.
 *
 * @param extra options for `pulumi preview`
 * @throws SetupError when the preview fails
 */
export async function preview(
  { projectDirectory, stack }: PreviewTarget,
  extra: readonly string[],
  report: Report,
): Promise<void> {
  const engine = await findEngine({ report, sandboxDirectory: directories.sandbox });
  const deployment = await openDeployment(engine, stack, { projectDirectory });
  await deployment.preview(extra, report);
}

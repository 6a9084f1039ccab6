import { findEngine } from "../engine/index.ts";
import { SetupError, type Report } from "../process/index.ts";
import { openDeployment } from "./deploy.ts";
import { places } from "./places.ts";

/**
 * `npm run preview -- STACK [options of pulumi preview]`: what `pulumi up` would do in an empty project, with the policy pack, and without a
 * cloud account.
 */
export async function preview(args: readonly string[], report: Report): Promise<void> {
  const [stack, ...extra] = args;
  if (stack === undefined) throw new SetupError("Which stack? For example: npm run preview -- prod");
  const engine = await findEngine({ report, sandboxDirectory: places.sandbox });
  const deployment = await openDeployment(engine, stack, {});
  await deployment.preview(extra);
}

import { startControlPlane } from "../../sandbox/kubernetes/control-plane/index.ts";
import { defaultCacheDirectory, terminalReport } from "../../sandbox/process/index.ts";

/** Starts a control plane below a directory and says on one line which processes it has; then waits to be killed. */
const plane = await startControlPlane({
  directory: process.argv[2] ?? "",
  region: "us-east1",
  cacheDirectory: defaultCacheDirectory(),
  report: terminalReport(),
});
process.stdout.write(`${JSON.stringify(plane.processes().map(({ processId }) => processId))}\n`);
setInterval(() => undefined, 60_000);

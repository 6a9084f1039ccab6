import { createLog } from "../../../services/logging/index.ts";

const log = createLog("info", { service: "test" });
log.info("begun");
setInterval(() => undefined, 1000);
process.once("SIGTERM", () => {
  log.info("ending");
  log.info("ended");
  process.exit(0);
});

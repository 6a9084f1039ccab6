import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");
/** `MPEGFLOW_SANDBOX_DIRECTORY` lets two local environments run side by side. */
const sandbox = resolve(process.env["MPEGFLOW_SANDBOX_DIRECTORY"] ?? join(root, ".sandbox"));

/** Where the local environment keeps its things; all of it below `.sandbox`, which may be deleted when nothing runs. */
export const directories = {
  root,
  sandbox,
  cloud: join(sandbox, "cloud"),
  cloudAddress: join(sandbox, "cloud", "daemon.json"),
  lastCloudAddress: join(sandbox, "cloud", "last-daemon.json"),
  cloudLog: join(sandbox, "cloud", "daemon.log"),
  policyPack: join(root, "policy"),
  defaultClip: join(root, "test", "media", "bigbuckbunny.mp4"),
} as const;

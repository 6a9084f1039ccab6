import { delimiter } from "node:path";
import { compileCacheDirectory } from "../process/index.ts";
import type { Workspace } from "./workspace.ts";

/** Settings of the user's own Pulumi that would lead the sandbox to their account, their stacks or their secrets. */
const personal = [
  "PULUMI_ACCESS_TOKEN",
  "PULUMI_API",
  "PULUMI_CONFIG_PASSPHRASE",
  "PULUMI_DEFAULT_ORGANIZATION",
  "PULUMI_ORGANIZATION",
  "PULUMI_PROJECT",
  "PULUMI_STACK",
];

/** The environment of the engine, its plugins and the program. */
export function engineEnvironment(
  base: NodeJS.ProcessEnv,
  workspace: Workspace,
  cacheDirectory: string,
  extra: NodeJS.ProcessEnv = {},
): NodeJS.ProcessEnv {
  const own = Object.fromEntries(Object.entries(base).filter(([name]) => !personal.includes(name)));
  return {
    ...own,
    PATH: [workspace.binDirectory, base["PATH"]].filter(Boolean).join(delimiter),
    PULUMI_HOME: workspace.homeDirectory,
    // Not a percent-encoded URL: the backend takes what follows "file://" as it is.
    PULUMI_BACKEND_URL: `file://${workspace.stateDirectory}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: workspace.passphraseFile,
    PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
    PULUMI_SKIP_CONFIRMATIONS: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // A run takes seconds and its heap little: a fifth of the collections saves more time than their memory is worth.
    GOGC: base["GOGC"] ?? "400",
    NODE_COMPILE_CACHE: compileCacheDirectory(cacheDirectory, base),
    ...extra,
  };
}

import { randomBytes } from "node:crypto";
import { mkdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { preventEngineLog } from "./engine-log.ts";

/** Where one sandbox keeps the engine's files. Everything is below `.sandbox/`, so removing that directory removes all of it. */
export interface Workspace {
  /** Stack states: Pulumi's file backend. */
  readonly stateDirectory: string;
  /** Stacks that nothing has been made in, for the next preview. */
  readonly emptyStacksDirectory: string;
  /** Configuration of the stacks, one folder a project. */
  readonly configDirectory: string;
  /** PULUMI_HOME: the plugins, and nothing of the user's own Pulumi. */
  readonly homeDirectory: string;
  /** First on the PATH of the engine: the `node` that runs this, for a language host that looks for one. */
  readonly binDirectory: string;
  /** File with the passphrase that encrypts the stacks' secrets, readable by its owner only. */
  readonly passphraseFile: string;
}

/** Creates what is not there yet; the passphrase is generated once and never changes, or old secrets could not be read. */
export function openWorkspace(sandboxDirectory: string): Workspace {
  const root = resolve(sandboxDirectory);
  const workspace: Workspace = {
    stateDirectory: join(root, "state"),
    emptyStacksDirectory: join(root, "empty-stacks"),
    configDirectory: join(root, "config"),
    homeDirectory: join(root, "pulumi"),
    binDirectory: join(root, "pulumi", "bin"),
    passphraseFile: join(root, "passphrase"),
  };
  mkdirSync(workspace.stateDirectory, { recursive: true, mode: 0o700 });
  mkdirSync(workspace.homeDirectory, { recursive: true, mode: 0o700 });
  mkdirSync(workspace.binDirectory, { recursive: true });
  preventEngineLog(workspace.homeDirectory);
  const node = join(workspace.binDirectory, "node");
  if (!linksTo(node, process.execPath)) {
    rmSync(node, { force: true });
    symlinkSync(process.execPath, node);
  }
  try {
    writeFileSync(workspace.passphraseFile, randomBytes(32).toString("base64url"), {
      mode: 0o600,
      flag: "wx",
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return workspace;
}

function linksTo(link: string, target: string): boolean {
  try {
    return readlinkSync(link) === target;
  } catch {
    return false;
  }
}

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Workspace } from "./workspace.ts";

/** What the file backend keeps of a stack: how it is, how it was before, and attributes of both. */
const parts = ["", ".attrs", ".bak", ".bak.attrs"];

/**
 * A stack's files in the file backend.
 *
 * A preview of a stack that is not there needs an empty one, and leaves none behind. Making it and removing it would take the Pulumi CLI
 * more than a second, most of it to derive a key from the passphrase. So the empty stack is kept outside the state for the next preview.
 */
export interface StackFiles {
  /** Whether the state has the stack. */
  exists(): boolean;
  /** Puts the empty stack back into the state; false where none is kept. */
  putBack(): boolean;
  /**
   * To be called while the stack is empty.
   *
   * @returns takes it out of the state, unless something has been made in it since, or is being made
   */
  keepEmpty(): () => void;
}

export function stackFiles(workspace: Workspace, project: string, name: string): StackFiles {
  const backend = join(workspace.stateDirectory, ".pulumi");
  const file = join(backend, "stacks", project, `${name}.json`);
  const kept = join(workspace.emptyStacksDirectory, project, `${name}.json`);
  // The backend's only organization has this name.
  const locks = join(backend, "locks", "organization", project, name);
  return {
    exists: () => existsSync(file),
    putBack: () => move(kept, file),
    keepEmpty: () => {
      const empty = readFileSync(file);
      return () => {
        const isEmpty = existsSync(file) && readFileSync(file).equals(empty);
        if (isEmpty && !hasEntries(locks)) move(file, kept);
      };
    },
  };
}

function move(from: string, to: string): boolean {
  if (!existsSync(from)) return false;
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  for (const part of parts) {
    if (existsSync(from + part)) renameSync(from + part, to + part);
  }
  return true;
}

function hasEntries(directory: string): boolean {
  return existsSync(directory) && readdirSync(directory).length > 0;
}

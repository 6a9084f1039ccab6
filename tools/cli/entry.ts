import type { Command } from "./command.ts";

/** A command's name and what it is for; its own file is loaded only when it is wanted. */
export interface Entry {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

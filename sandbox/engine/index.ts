/** The real Pulumi engine, kept apart from the user's own: its state, plugins and secrets live below `.sandbox/`. */
export { type Cli, findCli, oldestCli, pinnedCliVersion } from "./cli.ts";
export { type Engine, findEngine, type FindOptions } from "./find.ts";
export { type Plugin, sandboxPlugins, standInProvider } from "./plugins.ts";
export { runEngine, type RunOptions, type RunResult } from "./run.ts";
export type { Stack, StackOptions } from "./stack.ts";
export type { Workspace } from "./workspace.ts";

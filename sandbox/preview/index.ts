/** Previews of anybody's stack: what the sandbox has no model of is taken as it is declared, and said. */
export { type Desk, openDesk } from "./desk.ts";
export type { Note } from "../providers/taken.ts";
export { takenLines } from "./summary.ts";

import { setTimeout as sleep } from "node:timers/promises";
import { SetupError } from "../../process/index.ts";
import { ProgramEnded, type RunningProgram } from "./program.ts";

const everyMs = 100;

/**
 * Repeats a check until it passes.
 *
 * @param what as the message names it
 * @throws SetupError when one of the programs ends meanwhile, with the end of its log, or when time is up, with what the check last said
 */
export async function waitFor(
  what: string,
  programs: readonly RunningProgram[],
  seconds: number,
  check: () => Promise<void>,
): Promise<void> {
  const failure = Promise.race(programs.map((program) => program.ended));
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const passed = check().then(
      () => true,
      (error: unknown) => error,
    );
    const outcome = await Promise.race([passed, failure]);
    if (outcome === true) return;
    if (outcome instanceof ProgramEnded) throw new SetupError(outcome.message);
    if (outcome === undefined) throw new SetupError(`${what} was stopped before it was ready.`);
    if (Date.now() > deadline) {
      const last = outcome instanceof Error ? outcome.message : JSON.stringify(outcome);
      throw new SetupError(`${what} was not ready after ${seconds} s: ${last}`);
    }
    await sleep(everyMs);
  }
}

import { spawn } from "node:child_process";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";

/**
 * Runs a program of this repository in a process of its own, on this terminal: what a measurement sees is not changed by what this
 * process has loaded.
 *
 * @param program a TypeScript file
 * @param environment in addition to this process's own
 * @returns its exit code; 128 and the signal's number where a signal ended it
 */
export async function runProgram(
  program: URL,
  args: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<number> {
  // Ctrl-C reaches the child too, which cleans up; this process waits for it.
  const ignore = (): void => undefined;
  process.on("SIGINT", ignore);
  try {
    return await new Promise<number>((resolve, reject) => {
      const child = spawn(process.execPath, [fileURLToPath(program), ...args], {
        env: { ...process.env, ...environment },
        stdio: "inherit",
      });
      child.once("error", reject);
      child.once("close", (code, signal) => {
        resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
      });
    });
  } finally {
    process.off("SIGINT", ignore);
  }
}

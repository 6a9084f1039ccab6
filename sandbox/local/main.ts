import { parseArgs } from "node:util";
import { isSetupError, SetupError, terminalReport } from "../process/index.ts";
import { down } from "./down.ts";
import { preview } from "./preview.ts";
import { up, type UpOptions } from "./up.ts";

/** The local environment from the command line: `up [--config KEY=VALUE]... [CLIP]`, `down`, `preview STACK`. */
const [command, ...args] = process.argv.slice(2);
const report = terminalReport();
const interrupted = new AbortController();

// This computer is no machine of Google's: without this, Google's libraries look for a metadata server and warn that there is none.
process.env["METADATA_SERVER_DETECTION"] ??= "none";

const commands: Record<string, () => Promise<number>> = {
  up: async () => {
    process.once("SIGINT", () => {
      interrupted.abort();
    });
    try {
      return await up(upOptions(args), report, interrupted.signal);
    } catch (error) {
      if (!interrupted.signal.aborted) throw error;
      report("Interrupted: destroying the local stack. Ctrl-C again leaves it as it is.");
      process.once("SIGINT", () => process.exit(130));
      await down(report);
      return 130;
    }
  },
  down: async () => {
    await down(report);
    return 0;
  },
  preview: async () => {
    await preview(args, report);
    return 0;
  },
};

/** @throws SetupError for an option that there is not */
function upOptions(given: readonly string[]): UpOptions {
  try {
    const { values, positionals } = parseArgs({
      args: [...given],
      options: { config: { type: "string", multiple: true } },
      allowPositionals: true,
    });
    return { clip: positionals[0], config: values.config ?? [] };
  } catch (error) {
    throw new SetupError(error instanceof Error ? error.message : String(error));
  }
}

const run = commands[command ?? ""];
if (run === undefined) {
  report(`usage: node sandbox/local/main.ts ${Object.keys(commands).join("|")}`);
  process.exitCode = 2;
} else {
  try {
    process.exitCode = await run();
  } catch (error) {
    // A mistake of the user's, or of the setup, is explained in its message; anything else is a defect of ours, and its stack helps.
    report(
      isSetupError(error)
        ? error.message
        : error instanceof Error
          ? (error.stack ?? error.message)
          : String(error),
    );
    process.exitCode = 1;
  }
}

import { isSetupError, terminalReport } from "../process/index.ts";
import { down } from "./down.ts";
import { preview } from "./preview.ts";
import { up } from "./up.ts";

/** The local environment from the command line: `up [CLIP]`, `down`, `preview STACK`. */
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
      return await up(args[0], report, interrupted.signal);
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

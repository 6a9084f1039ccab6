import { isSetupError, terminalReport } from "../../sandbox/process/index.ts";
import { down } from "./down.ts";
import { upOptions, usage } from "./options.ts";
import { jsonPresenter, textPresenter } from "./presenter.ts";
import { drill } from "./drill.ts";
import { newStack } from "./new-stack.ts";
import { preview } from "./preview.ts";
import { up } from "./up.ts";

/** The local environment from the command line: `up [options] [CLIP]`, `down`, `preview STACK`, `new DIRECTORY`. */
const [command, ...args] = process.argv.slice(2);
const report = terminalReport();
const interrupted = new AbortController();

// This computer is no machine of Google's: without this, Google's libraries look for a metadata server and warn that there is none.
process.env["METADATA_SERVER_DETECTION"] ??= "none";

const machine = jsonPresenter((line) => process.stdout.write(line));

const commands: Record<string, () => Promise<number>> = {
  up: async () => {
    if (args.includes("--help")) {
      process.stdout.write(`${usage}\n`);
      return 0;
    }
    const options = upOptions(args);
    const presenter = options.json ? machine : textPresenter(report);
    const finished = new AbortController();
    process.once("SIGINT", () => {
      interrupted.abort();
    });
    const showing = {
      report,
      presenter: {
        ...presenter,
        result: (result: Parameters<typeof presenter.result>[0]) => {
          finished.abort();
          presenter.result(result);
        },
      },
    };
    try {
      return await up(options, showing, interrupted.signal);
    } catch (error) {
      presenter.end();
      if (!interrupted.signal.aborted || finished.signal.aborted) throw error;
      report("Interrupted: destroying the local stack. Ctrl-C again leaves it as it is.");
      process.once("SIGINT", () => process.exit(130));
      await down(report, options.json ? "stderr" : "stdout");
      return 130;
    }
  },
  down: async () => {
    await down(report);
    return 0;
  },
  drill: () => drill(args, report),
  preview: async () => {
    await preview(args, report);
    return 0;
  },
  new: async () => {
    await newStack(args, report);
    return 0;
  },
};

const run = commands[command ?? ""];
if (run === undefined) {
  report(`usage: node tools/local/main.ts ${Object.keys(commands).join("|")}`);
  process.exitCode = 2;
} else {
  try {
    process.exitCode = await run();
  } catch (error) {
    if (command === "up" && args.includes("--json") && isSetupError(error)) machine.failed(error.message);
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

import { isSetupError, type Report } from "../../sandbox/process/index.ts";
import { UsageError } from "../cli/usage-error.ts";
import { runProblems } from "./check.ts";
import { runningCloud } from "./cloud-process.ts";
import { down } from "./down.ts";
import { jsonPresenter, textPresenter } from "./presenter.ts";
import { up, type UpOptions } from "./up.ts";

const machine = jsonPresenter((line) => process.stdout.write(line));

/** Tells a program on stdout what has to be fixed first. */
export const tellFailure = machine.failed;

/**
 * `mpegflow local`: brings everything up. Where Ctrl-C comes before the jobs have ended, what this run brought up goes down again;
 * what an earlier run left up stays.
 *
 * @returns the exit code
 * @throws UsageError for a profile or a setting that does not exist, SetupError for whatever else the user can fix
 */
export async function runLocal(options: UpOptions, report: Report): Promise<number> {
  const wrong = runProblems(options);
  if (wrong.length > 0) {
    if (options.json) machine.failed(wrong.join("\n"));
    throw new UsageError(wrong);
  }
  const wasUp = runningCloud() !== undefined;
  const interrupted = new AbortController();
  const finished = new AbortController();
  const presenter = options.json ? machine : textPresenter(report);
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
    if (!interrupted.signal.aborted || finished.signal.aborted) {
      if (options.json && isSetupError(error)) machine.failed(error.message);
      throw error;
    }
    if (wasUp) {
      report("Interrupted. The stack stays up, as it was before; `npm run local:down` removes it.");
      return 130;
    }
    report("Interrupted: destroying the local stack. Press Ctrl-C again to keep it.");
    process.once("SIGINT", () => process.exit(130));
    await down(report, options.json ? "stderr" : "stdout");
    return 130;
  }
}

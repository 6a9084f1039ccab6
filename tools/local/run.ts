import { isSetupError, type Report } from "../../sandbox/process/index.ts";
import { down } from "./down.ts";
import { jsonPresenter, textPresenter } from "./presenter.ts";
import { up, type UpOptions } from "./up.ts";

const machine = jsonPresenter((line) => process.stdout.write(line));

/** Tells a program on stdout what has to be mended first. */
export const tellFailure = machine.failed;

/**
 * `mpegflow local`: brings everything up, and takes it down again where Ctrl-C comes before the jobs have ended.
 *
 * @returns the exit code
 * @throws SetupError for whatever the user can mend
 */
export async function runLocal(options: UpOptions, report: Report): Promise<number> {
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
    report("Interrupted: destroying the local stack. Ctrl-C again leaves it as it is.");
    process.once("SIGINT", () => process.exit(130));
    await down(report, options.json ? "stderr" : "stdout");
    return 130;
  }
}

/**
 * Told what takes long. A `step` is worth keeping on the screen; a `progress` line only says how far the last step has got,
 * so a terminal may replace it by the next one. A plain `(line) => void` will do.
 */
export interface Report {
  (line: string, kind?: "step" | "progress"): void;
  /** Milliseconds between two progress lines. @default 15000 */
  readonly progressEveryMs?: number;
}

/** Where text is written to; process.stdout is one. */
export interface TextStream {
  readonly isTTY: boolean;
  readonly columns: number;
  readonly write: (text: string) => unknown;
}

/** Reports to a terminal, rewriting the progress line in place; or to a file or a CI log, with a line every 15 seconds. */
export function terminalReport(stream: TextStream = process.stderr): Report {
  if (!stream.isTTY) return (line) => stream.write(`${line}\n`);
  let pending = false;
  const report = (line: string, kind: "step" | "progress" = "step"): void => {
    const start = pending ? "\r\x1b[2K" : "";
    pending = kind === "progress";
    const width = Math.max(20, stream.columns);
    stream.write(start + (pending ? line.slice(0, width - 1) : `${line}\n`));
  };
  return Object.assign(report, { progressEveryMs: 1000 });
}

/** Reports as lines of level info to a log, for background processes; one line every 15 seconds during long steps. */
export function logReport(logger: { info: (line: string) => void }): Report {
  return (line) => {
    logger.info(line.trim());
  };
}

/** Milliseconds as people say them: `42 s`, `3 min 05 s`. */
export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}

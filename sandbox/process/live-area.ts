/** Lines at the end of a terminal that are drawn over again and again. */
export interface LiveArea {
  /** False where nothing can be drawn over: a file, a CI log, a dumb terminal. */
  readonly live: boolean;
  readonly colour: boolean;
  readonly columns: () => number;
  readonly rows: () => number;
  /** Replaces what was shown last. */
  readonly show: (lines: readonly string[]) => void;
  /** Leaves what was shown last, and the cursor below it. */
  readonly end: () => void;
}

const hideCursor = "\x1b[?25l";
const showCursor = "\x1b[?25h";
const eraseBelow = "\x1b[0J";

/** Draws by plain ANSI control sequences, all in one write so that nothing flickers. */
export function liveArea(
  stream: NodeJS.WriteStream,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): LiveArea {
  const live = stream.isTTY && environment["TERM"] !== "dumb";
  let drawn = 0;
  const restore = (): void => {
    stream.write(showCursor);
  };
  return {
    live,
    // https://no-color.org: whatever its value.
    colour: live && (environment["NO_COLOR"] ?? "") === "",
    columns: () => Math.max(20, stream.columns),
    rows: () => Math.max(5, stream.rows),
    show: (lines) => {
      if (!live) return;
      if (drawn === 0) process.once("exit", restore);
      const up = drawn > 0 ? `\x1b[${drawn}A\r` : "";
      stream.write(`${hideCursor}${up}${eraseBelow}${lines.map((line) => `${line}\n`).join("")}`);
      drawn = lines.length;
    },
    end: () => {
      if (drawn === 0) return;
      drawn = 0;
      process.off("exit", restore);
      restore();
    },
  };
}

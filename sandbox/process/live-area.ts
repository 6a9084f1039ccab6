/** Lines at the end of a terminal that are drawn over again and again. */
export interface LiveArea {
  /** False where nothing can be drawn over: a file, a CI log, a dumb terminal. */
  readonly live: boolean;
  readonly colour: boolean;
  readonly columns: () => number;
  /** Lines that can be shown: one less than the terminal has, which is the cursor's. */
  readonly rows: () => number;
  /** Replaces what was shown last. */
  readonly show: (lines: readonly string[]) => void;
  /** Leaves what was shown last, and the cursor below it. */
  readonly end: () => void;
}

const hideCursor = "\x1b[?25l";
const showCursor = "\x1b[?25h";
const eraseRestOfLine = "\x1b[K";
const eraseBelow = "\x1b[0J";
/** Style sequences have no width. */
// eslint-disable-next-line no-control-regex -- the escape character is what begins one
const styles = /\x1b\[[0-9;]*m/g;

/** Draws by plain ANSI control sequences: over what is there, all in one write, so that nothing flickers. */
export function liveArea(
  stream: NodeJS.WriteStream,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): LiveArea {
  const live = stream.isTTY && environment["TERM"] !== "dumb";
  let drawn: readonly string[] = [];
  /** Rows that what was drawn takes now: a terminal that has become narrower has wrapped it. */
  const height = (): number =>
    drawn.reduce((sum, line) => {
      const width = line.replaceAll(styles, "").length;
      return sum + Math.max(1, Math.ceil(width / stream.columns));
    }, 0);
  const restore = (): void => {
    stream.write(showCursor);
  };
  return {
    live,
    // https://no-color.org: with any value.
    colour: live && (environment["NO_COLOR"] ?? "") === "",
    columns: () => Math.max(20, stream.columns),
    rows: () => Math.max(4, stream.rows - 1),
    show: (lines) => {
      if (!live) return;
      if (drawn.length === 0) process.once("exit", restore);
      const up = drawn.length > 0 ? `\x1b[${height()}A\r` : "";
      const text = lines.map((line) => `${line}${eraseRestOfLine}\n`).join("");
      stream.write(`${hideCursor}${up}${text}${eraseBelow}`);
      drawn = [...lines];
    },
    end: () => {
      if (drawn.length === 0) return;
      drawn = [];
      process.off("exit", restore);
      restore();
    },
  };
}

/** Exit code of a command ended by a closed pipe: 128 plus the number of SIGPIPE. */
export const CLOSED_PIPE = 141;

interface Output {
  on(event: "error", listener: (error: Error) => void): unknown;
}

/** Exits quietly when the output pipe is closed, as after `| head`. Other errors of a stream are thrown. */
export function endOnClosedPipe(
  streams: readonly Output[],
  end: (code: number) => void = (code) => process.exit(code),
): void {
  for (const stream of streams) {
    stream.on("error", (error) => {
      if (!("code" in error) || error.code !== "EPIPE") throw error;
      end(CLOSED_PIPE);
    });
  }
}

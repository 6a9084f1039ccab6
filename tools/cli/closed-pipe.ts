/** What a shell says of a command that was ended because nobody reads it: 128 and the number of SIGPIPE. */
export const CLOSED_PIPE = 141;

interface Output {
  on(event: "error", listener: (error: Error) => void): unknown;
}

/** Ends quietly once nobody reads any more, as after `| head`. Other faults of a stream are thrown. */
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

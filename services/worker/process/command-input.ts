import type { Readable, Writable } from "node:stream";

export interface CommandInput {
  readonly stream: Readable;
  /**
   * Whether the stream is read to its end also when the command, having ended well, has left the rest: what was read of
   * it is certain only then.
   */
  readonly whole: boolean;
}

interface Feeding {
  /** Resolves with what the stream failed with, or undefined when it has been read to its end. */
  readonly ended: Promise<Error | undefined>;
  failure: Error | undefined;
}

/** Hands a stream to a command for as long as that reads; the rest is read for its checksum, or left. */
export function feed({ stream, whole }: CommandInput, to: Writable, onFailure: () => void): Feeding {
  let isOpen = true;
  const close = (): void => {
    isOpen = false;
    if (whole) stream.resume();
    else stream.destroy();
  };
  // A command that has what it needs closes its end.
  to.on("error", close).on("close", close);
  const feeding: Feeding = {
    failure: undefined,
    ended: new Promise((resolve) => {
      stream.on("data", (chunk: Buffer) => {
        if (!isOpen || to.write(chunk)) return;
        stream.pause();
        to.once("drain", () => stream.resume());
      });
      stream.once("end", () => {
        to.end();
        resolve(undefined);
      });
      stream.once("error", (error) => {
        feeding.failure = error;
        // Without its end: what the command has made so far is nothing.
        onFailure();
        to.destroy();
        resolve(error);
      });
      stream.once("close", () => {
        resolve(feeding.failure);
      });
    }),
  };
  return feeding;
}

/** @throws what the stream failed with */
export async function settleInput(
  feeding: Feeding,
  input: CommandInput | undefined,
  endedWell: boolean,
): Promise<void> {
  const failure = endedWell && input?.whole === true ? await feeding.ended : feeding.failure;
  if (failure !== undefined) throw failure;
}

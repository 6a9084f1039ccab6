import type { Readable } from "node:stream";
import type { Lease } from "../../protocol/index.ts";
import { TransferError } from "../../transfer/index.ts";
import { requireRoom } from "../disk/disk-guard.ts";
import type { MediaInfo } from "../media/media-info.ts";
import type { Isolate } from "../process/isolation.ts";
import { probe } from "./probe.ts";
import { AttemptFailed } from "../problems.ts";
import type { JobProfile } from "../profile/overrides.ts";
import type { Scratch } from "../disk/scratch.ts";
import { whyNotByHead, whyNotByMedia } from "./streaming.ts";
import type { InputMode } from "./streaming.ts";
import { downloadInput, lookAtInput, openInput } from "../upload/transfers.ts";
import type { TransferContext } from "../upload/transfer-context.ts";

/** An input ready to be encoded. */
export interface Input {
  readonly media: MediaInfo;
  /** A file, or what opens a stream of the object. */
  readonly source: string | (() => Readable);
  /** Why it is a file; undefined for a stream, and where nobody asked. */
  readonly because?: string | undefined;
}

export interface InputOptions {
  readonly transfer: TransferContext;
  readonly lease: Lease;
  readonly scratch: Scratch;
  readonly profile: JobProfile;
  readonly mode: InputMode;
  readonly scratchReserveBytes: number;
  readonly ffprobe: string;
  /** Audio codecs that ffmpeg decodes. */
  readonly decodable: ReadonlySet<string>;
  readonly memoryMebibytes?: number;
  readonly isolate?: Isolate;
}

/**
 * Looks at the input and either leaves it to be streamed or downloads it.
 * @throws AttemptFailed
 */
export async function takeInput(options: InputOptions): Promise<Input> {
  const { transfer, lease, scratch, mode, scratchReserveBytes } = options;
  if (mode === "download") return downloaded(options);
  const head = await lookAtInput(transfer, lease);
  const because = whyNotByHead(mode, lease.attempt, head);
  const streamed = because ?? (await streamable(options));
  if (typeof streamed !== "string") return { media: streamed, source: () => openInput(transfer, lease) };
  await requireRoom(scratch.directory, head.size ?? 0, scratchReserveBytes);
  return { ...(await downloaded(options)), because: streamed };
}

/** Downloads the input, and finds out what it holds. @throws AttemptFailed */
export async function downloaded(options: InputOptions): Promise<Input> {
  const { transfer, lease, scratch } = options;
  await downloadInput(transfer, lease, scratch.input);
  const media = await probe(options.ffprobe, scratch.input, probing(options));
  return { media, source: scratch.input };
}

const probing = ({ transfer, decodable, memoryMebibytes, isolate }: InputOptions) => ({
  ...{ signal: transfer.signal, decodable },
  ...(memoryMebibytes !== undefined && { memoryMebibytes }),
  ...(isolate && { isolate }),
});

/** What the input holds, or why it shall not be streamed. What is wrong with it is judged by the whole file only. */
async function streamable(options: InputOptions): Promise<MediaInfo | string> {
  const { transfer, lease, mode, profile } = options;
  try {
    const media = await probe(options.ffprobe, openInput(transfer, lease), probing(options));
    return whyNotByMedia(mode, media, profile) ?? media;
  } catch (error) {
    transfer.signal.throwIfAborted();
    if (error instanceof AttemptFailed || error instanceof TransferError)
      return "Its beginning alone could not be read.";
    throw error;
  }
}

import type { Logger } from "pino";
import type { Pace } from "../../transfer/pace.ts";
import type { InputMode } from "../input/streaming.ts";
import type { Isolate } from "../process/isolation.ts";
import type { Capabilities } from "../profile/capabilities.ts";
import type { Profiles } from "../profile/load.ts";
import type { CoordinatorClient } from "../lease/coordinator-client.ts";

export interface AttemptContext {
  readonly coordinator: CoordinatorClient;
  readonly ffmpeg: string;
  readonly ffprobe: string;
  /** Keeps both from all but an attempt's input and outputs. @default they are not kept */
  readonly isolate?: Isolate;
  readonly profiles: Profiles;
  readonly capabilities: Capabilities;
  /** Directory below which the attempt makes its own. */
  readonly scratchRoot: string;
  /** Room on its disk that no attempt may take. */
  readonly scratchReserveBytes: number;
  /** Memory that ffmpeg may take, in MiB. @default no limit */
  readonly memoryMebibytes?: number;
  /** Whether inputs are streamed. @default auto */
  readonly inputMode?: InputMode;
  /** Of the process's requests to the store. @default as fast as it goes */
  readonly pace?: Pace;
  /** Told how long the encode will still take; undefined when no encode runs, or nobody knows. */
  readonly onEta?: (seconds: number | undefined) => void;
  readonly log: Logger;
}

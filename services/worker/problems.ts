import { inputAccessDenied, inputUnavailable } from "../protocol/index.ts";
import type { JobError } from "../protocol/index.ts";

/** What an error says, for logs and reports. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Why an attempt did not succeed, as it is told to the coordinator. */
export interface Problem extends JobError {
  /** True when another attempt may do better: the fault was not the input's. */
  readonly retryable: boolean;
}

/** Carries a {@link Problem} through the steps of an attempt. */
export class AttemptFailed extends Error {
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.message, options);
    this.name = "AttemptFailed";
    this.problem = problem;
  }
}

const final = (code: string, message: string): Problem => ({
  ...{ code, message: tellable(message) },
  retryable: false,
});
const passing = (code: string, message: string): Problem => ({
  ...{ code, message: tellable(message) },
  retryable: true,
});

/** As `jobErrorSchema` takes it. */
const longestMessage = 2000;

/**
 * Parts of a message come from the input, by way of ffmpeg: one that the coordinator refuses would leave the attempt
 * without an end, and the job would be tried again.
 */
const tellable = (message: string): string =>
  message
    .replace(/\p{Cc}+/gu, " ")
    .slice(0, longestMessage)
    .toWellFormed();

const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
const seconds = (value: number): string => `${value.toFixed(2)} s`;

/** Every way an attempt can fail: one code, one sentence. */
export const problems = {
  inputEmpty: (): Problem => final("input-empty", "The input is empty (0 bytes): upload the file again."),

  inputNotMedia: (recognisedAs?: string): Problem =>
    final(
      "input-not-media",
      recognisedAs === undefined
        ? "The input is not a video or audio file: no known media container was found in it."
        : `The input is not a video or audio file: it was recognised as "${recognisedAs}", which is not accepted.`,
    ),

  inputTruncatedIndex: (): Problem =>
    final(
      "input-truncated",
      "The input is truncated: it ends before its index (the moov box of an MP4 or MOV file), so nothing of it can be played; upload it again, complete.",
    ),

  inputTruncated: (stream: "video" | "audio", declared: number, decoded: number): Problem =>
    final(
      "input-truncated",
      `The input is truncated: it declares ${seconds(declared)} of ${stream}, but only ${seconds(decoded)} could be decoded; upload it again, complete.`,
    ),

  inputNoStreams: (): Problem =>
    final("input-unsupported", "The input has neither a video nor an audio stream that could be encoded."),

  inputUnsupported: (what: string): Problem =>
    final("input-unsupported", `The input cannot be encoded: ${what}.`),

  /** @param stated seconds, as its header states them or as they came out */
  inputTooLong: (stated: number, because: string): Problem =>
    final("input-too-long", `The input lasts ${seconds(stated)}: ${because}.`),

  /** @param codec ffmpeg's name of the decoder */
  inputCodecRefused: (codec: string): Problem =>
    final(
      "input-codec-refused",
      `The input holds a stream of the codec ${codec}, which is not among those that are decoded here (docs/encoding.md lists them): leave the stream out, or convert it.`,
    ),

  encodeFailed: (line: string): Problem => final("encode-failed", `Encoding failed: ${line}`),

  /** @param findings a sentence each, at least one */
  outputInvalid: (findings: readonly string[]): Problem =>
    final(
      "output-invalid",
      `The outputs were made and are not right: ${findings.slice(0, 5).join("; ")}. This is a fault of the encoder or of the worker: report it, with the input if you can.`.slice(
        0,
        2000,
      ),
    ),

  encodeTooSlow: (limitSeconds: number): Problem =>
    final("encode-failed", `Encoding failed: it was stopped after its time limit of ${limitSeconds} s.`),

  encodeStalled: (stallSeconds: number): Problem =>
    passing("encode-stalled", `Encoding was stopped: it made no progress for ${stallSeconds} s.`),

  encoderKilled: (signal: string): Problem =>
    passing("encoder-killed", `Encoding was stopped from outside (${signal}), often for want of memory.`),

  profileUnknown: (name: string, known: readonly string[]): Problem =>
    final(
      "profile-unknown",
      `The encoding profile "${name}" is not known; this worker has: ${known.join(", ")}.`,
    ),

  /** @param limitMebibytes what ffmpeg may hold, where it was that */
  memoryExhausted: (limitMebibytes?: number): Problem =>
    passing(
      "memory-exhausted",
      limitMebibytes === undefined
        ? "Encoding needs more memory than there is: give the worker more."
        : `Encoding needs more than the ${limitMebibytes} MiB of memory that ffmpeg may hold: give the worker more, or raise MPEGFLOW_FFMPEG_MEMORY_MIB.`,
    ),

  overridesWrong: (wrong: readonly string[]): Problem =>
    final("overrides-invalid", `The job's overrides do not fit its profile: ${wrong.join("; ")}.`),

  profileNotSupported: (name: string, missing: readonly string[]): Problem =>
    final(
      "profile-not-supported",
      `This worker's ffmpeg cannot encode the profile "${name}": it lacks ${missing.join(", and ")}; use another profile or an ffmpeg that has it.`,
    ),

  captionsFailed: (line: string): Problem =>
    final(
      "captions-failed",
      `The input's captions cannot be converted: ${line} Mend them, or set overrides.captions to false.`,
    ),

  vmafFailed: (): Problem =>
    final(
      "vmaf-failed",
      "The comparison by VMAF gave no score for this input: set overrides.vmaf to false to do without.",
    ),

  scratchFull: (): Problem =>
    passing("scratch-full", "The worker's scratch disk is full: give it more room or smaller inputs."),

  scratchTooSmall: (needed: number, free: number): Problem =>
    passing(
      "scratch-full",
      `The worker's scratch disk is too small: this job needs about ${gibibytes(needed)}, and ${gibibytes(free)} are free; give it more room or smaller inputs.`,
    ),

  transferFailed: (what: string, message: string): Problem =>
    passing("transfer-failed", `Could not ${what}: ${message}`),

  streamBroken: (message: string): Problem =>
    passing(
      "input-stream-broken",
      `The encode of the streamed input did not work out, so the next attempt downloads it: ${message}`,
    ),

  inputUnavailable: (message: string): Problem => passing(inputUnavailable, message),

  /** @param message the store's answer, as a sentence */
  inputAccessDenied: (message: string): Problem =>
    passing(
      inputAccessDenied,
      `${message.replace(/\.$/, "").slice(0, 1500)}: the account that signs downloads has to be granted the input (storage.objects.get; with Amazon S3 s3:GetObject), and a new grant or key takes minutes to spread.`,
    ),

  inputNotFound: (): Problem =>
    final("input-not-found", "The input object does not exist: check its name and upload it first."),

  workerFault: (message: string): Problem =>
    passing("worker-fault", `The worker met an error of its own: ${message}`),
} as const;

/** True for "no space left on device" and "disk quota exceeded", wherever in the chain of causes it is. */
export function isDiskFull(error: unknown): boolean {
  for (
    let cause: unknown = error, depth = 0;
    cause instanceof Error && depth < 8;
    cause = cause.cause, depth++
  ) {
    if ("code" in cause && (cause.code === "ENOSPC" || cause.code === "EDQUOT")) return true;
  }
  return false;
}

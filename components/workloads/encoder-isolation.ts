/**
 * Whether ffmpeg is kept from the worker's token and memory and from other jobs' files, which takes a kernel with
 * Landlock. gVisor has none.
 */
export const EncoderIsolation = {
  /** A worker that cannot isolate it does not start, and says why. */
  Required: "REQUIRED",
  /** Where the node can do it; a worker that cannot says so in its log, and goes on. */
  Auto: "AUTO",
} as const;
export type EncoderIsolation = (typeof EncoderIsolation)[keyof typeof EncoderIsolation];

/** How encoders read their inputs; docs/encoding.md has which are never streamed. */
export const EncoderInput = {
  /** Streams an input into the encoder where that saves time and costs no check of the result. */
  Auto: "AUTO",
  /** Streams also small inputs, and those whose header states no duration. */
  Stream: "STREAM",
  /** Downloads each input before its encode. */
  Download: "DOWNLOAD",
} as const;
export type EncoderInput = (typeof EncoderInput)[keyof typeof EncoderInput];

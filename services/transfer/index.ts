/** The worker's HTTP object client: signed requests in, files in and out. */
export { crc32c, encodeCrc32c } from "./crc32c.ts";
export { download } from "./download.ts";
export type { Downloaded } from "./download.ts";
export { TransferError } from "./errors.ts";
export type { TransferErrorCode } from "./errors.ts";
export type { Progress, TransferOptions } from "./http.ts";
export { decideRetry, defaultRetryPolicy, isAmbiguous, isTransient, parseRetryAfter } from "./retry.ts";
export type { Failure, RetryDecision, RetryPolicy, RetryState } from "./retry.ts";
export { upload } from "./upload.ts";
export type { Uploaded, UploadOptions } from "./upload.ts";

import type { TransferOptions } from "./http.ts";

export interface UploadOptions extends TransferOptions {
  /**
   * Whether sending twice does no harm. True by itself for requests with a signed precondition and for multipart
   * parts; set it for a plain PUT to a name that nobody else writes. Without it such a PUT is repeated only when the
   * store cannot have stored anything.
   */
  readonly idempotent?: boolean | undefined;
}

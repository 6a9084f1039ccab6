import * as pulumi from "@pulumi/pulumi";

/**
 * Objects that start a job by being uploaded. The coordinators read the notifications: give their component the same
 * settings.
 */
export interface UploadTrigger {
  /** Name of the bucket of inputs and outputs. */
  readonly bucket: pulumi.Input<string>;
  /** Beginning of the names of objects that start jobs, ending in /. @example "incoming/" */
  readonly prefix: string;
  /**
   * Beginning of the names of outputs, ending in /: `{outputPrefix}{rest of the name, without its extension}/{generation}/`.
   * Not below `prefix`, or outputs would start jobs.
   * @example "encoded/"
   */
  readonly outputPrefix: string;
  /**
   * Ends of the names of objects that start jobs, compared without regard to case; others are passed over.
   * @example [".mp4", ".mov", ".mxf"]
   * @default every object
   */
  readonly suffixes?: string[];
  /** Encoding profile of the jobs. @default "hls-h264" */
  readonly profile?: string;
  /** Deliveries after which a notification becomes a dead letter, 5 to 100. @default 20 */
  readonly maxDeliveryAttempts?: number;
}

import type * as pulumi from "@pulumi/pulumi";
import { shown, sorted, type Problem } from "../validation/index.ts";
import type { CoordinatorVariables } from "./environment.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

/** Uploads that start jobs, as `JobMessaging` was given them, for the coordinators that start them. */
export interface UploadJobs {
  /** Short name of the subscription to uploads: `JobMessaging.uploadsSubscription`. */
  readonly subscription: pulumi.Input<string>;
  /** Beginning of the names of objects that start jobs, ending in /. */
  readonly prefix: string;
  /** Beginning of the names of outputs, ending in /; not below `prefix`. */
  readonly outputPrefix: string;
  /** Ends of the names of objects that start jobs. @default every object */
  readonly suffixes?: string[];
  /** Encoding profile of the jobs. @default "hls-h264" */
  readonly profile?: string;
}

/** What tells coordinators of the uploads. */
export function uploadVariables(uploads: UploadJobs | undefined): CoordinatorVariables {
  if (uploads === undefined) return {};
  return {
    MPEGFLOW_UPLOADS_SUBSCRIPTION: uploads.subscription,
    MPEGFLOW_UPLOADS_PREFIX: uploads.prefix,
    MPEGFLOW_UPLOADS_OUTPUT_PREFIX: uploads.outputPrefix,
    ...(uploads.suffixes && { MPEGFLOW_UPLOADS_SUFFIXES: sorted(uploads.suffixes).join(",") }),
    ...withoutUndefined({ MPEGFLOW_UPLOADS_PROFILE: uploads.profile }),
  };
}

/** The rest is checked where the uploads are declared. */
export function uploadJobsProblems(uploads: UploadJobs | undefined): Problem[] {
  if (uploads?.outputPrefix.startsWith(uploads.prefix) !== true) return [];
  return [
    {
      path: "uploads.outputPrefix",
      given: shown(uploads.outputPrefix),
      allowed: `a prefix that is not below ${shown(uploads.prefix)}`,
      because: "outputs below the prefix of uploads would start jobs themselves, without end.",
      fix: "use another prefix for outputs",
    },
  ];
}

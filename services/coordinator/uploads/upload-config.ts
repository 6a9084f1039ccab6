import type { coordinatorEnvironment, CoordinatorVariable, Values } from "../../environment/index.ts";
import type { Given as GivenOf } from "../../environment/read.ts";

/** The subscription to uploads and what its jobs are like. */
export interface UploadConfig {
  /** Short name. */
  readonly subscription: string;
  readonly prefix: string;
  readonly outputPrefix: string;
  readonly suffixes: readonly string[];
  readonly profile: string;
}

type Given = GivenOf<CoordinatorVariable>;

/** Problems of combinations of valid variables. */
export function uploadProblems(given: Given): string[] {
  const {
    MPEGFLOW_UPLOADS_SUBSCRIPTION: subscription,
    MPEGFLOW_UPLOADS_PREFIX: from,
    MPEGFLOW_UPLOADS_OUTPUT_PREFIX: to,
  } = given;
  if (subscription === undefined) return [];
  return [
    ...(from === undefined
      ? ["MPEGFLOW_UPLOADS_PREFIX is not set; set it to the prefix of objects that start jobs"]
      : []),
    ...(to === undefined
      ? ["MPEGFLOW_UPLOADS_OUTPUT_PREFIX is not set; set it to a prefix for outputs"]
      : []),
    ...(from !== undefined && to?.startsWith(from)
      ? [
          `MPEGFLOW_UPLOADS_OUTPUT_PREFIX is ${JSON.stringify(to)}; it must not be below ${JSON.stringify(from)}, or outputs would start jobs`,
        ]
      : []),
  ];
}

/** @returns undefined when no upload starts a job */
export function uploadConfig(
  values: Pick<Values<typeof coordinatorEnvironment>, `MPEGFLOW_UPLOADS_${string}` & CoordinatorVariable>,
): UploadConfig | undefined {
  const subscription = values.MPEGFLOW_UPLOADS_SUBSCRIPTION;
  if (subscription === undefined) return undefined;
  return {
    subscription,
    prefix: values.MPEGFLOW_UPLOADS_PREFIX ?? "",
    outputPrefix: values.MPEGFLOW_UPLOADS_OUTPUT_PREFIX ?? "",
    suffixes: values.MPEGFLOW_UPLOADS_SUFFIXES,
    profile: values.MPEGFLOW_UPLOADS_PROFILE,
  };
}

import { z } from "zod";

const matching = (pattern: RegExp, allowed: string) => z.string(allowed).regex(pattern, allowed);
const prefix = matching(
  /^(?:[A-Za-z0-9._-]+\/)+$/,
  "an object name prefix of A-Z a-z 0-9 . _ - and /, ending in /",
);

/** Variables of uploads that start jobs: all of it, or nothing. */
export const uploadVariables = {
  MPEGFLOW_UPLOADS_SUBSCRIPTION: matching(
    /^(?!goog)[A-Za-z][A-Za-z0-9._~%+-]{2,254}$/,
    "a short name of Pub/Sub, not a path: 3 to 255 characters, starting with a letter, not with goog",
  ).optional(),
  MPEGFLOW_UPLOADS_PREFIX: prefix.optional(),
  MPEGFLOW_UPLOADS_OUTPUT_PREFIX: prefix.optional(),
  MPEGFLOW_UPLOADS_SUFFIXES: matching(
    /^[\w.-]{1,20}(?:,[\w.-]{1,20})*$/,
    "suffixes of letters, digits, _, . and -, joined by commas",
  ).optional(),
  MPEGFLOW_UPLOADS_PROFILE: z.string().max(63, "at most 63 characters").default("hls-h264"),
} as const;

/** The subscription to uploads and what its jobs are like. */
export interface UploadConfig {
  /** Short name. */
  readonly subscription: string;
  readonly prefix: string;
  readonly outputPrefix: string;
  readonly suffixes: readonly string[];
  readonly profile: string;
}

type Given = Readonly<Record<string, string | undefined>>;

/** Problems of variables that are right one by one. */
export function uploadProblems(given: Given): string[] {
  const [subscription, from, to] = [
    "MPEGFLOW_UPLOADS_SUBSCRIPTION",
    "MPEGFLOW_UPLOADS_PREFIX",
    "MPEGFLOW_UPLOADS_OUTPUT_PREFIX",
  ].map((name) => given[name]);
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
  given: Readonly<Partial<Record<keyof typeof uploadVariables, string | undefined>>>,
): UploadConfig | undefined {
  const subscription = given.MPEGFLOW_UPLOADS_SUBSCRIPTION;
  if (subscription === undefined) return undefined;
  return {
    subscription,
    prefix: given.MPEGFLOW_UPLOADS_PREFIX ?? "",
    outputPrefix: given.MPEGFLOW_UPLOADS_OUTPUT_PREFIX ?? "",
    suffixes: given.MPEGFLOW_UPLOADS_SUFFIXES?.split(",") ?? [],
    profile: given.MPEGFLOW_UPLOADS_PROFILE ?? "hls-h264",
  };
}

import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { z } from "zod";

export interface WorkerConfig {
  /** Where leases come from, without a trailing slash. */
  readonly coordinatorUrl: string;
  /** File with the token that proves to the coordinator who asks for leases; undefined sends none. */
  readonly coordinatorTokenFile: string | undefined;
  readonly region: string;
  readonly workerId: string;
  /** Directory for inputs and outputs of the attempt that runs. */
  readonly scratch: string;
  readonly ffmpeg: string;
  readonly ffprobe: string;
  /** Directory with encoding profiles of the user's. */
  readonly profiles?: string;
  /** How long a running attempt may go on after SIGTERM before its lease is handed back. */
  readonly graceSeconds: number;
  readonly logLevel: string;
}

const schema = z.object({
  MPEGFLOW_COORDINATOR_URL: z
    .url({ protocol: /^https?$/, error: "must be http://HOST[:PORT] or https://HOST[:PORT]" })
    .transform((url) => url.replace(/\/+$/, "")),
  MPEGFLOW_COORDINATOR_TOKEN_FILE: z
    .string()
    .refine((file) => path.isAbsolute(file), "must be an absolute path")
    .optional(),
  MPEGFLOW_REGION: z
    .string({ error: "must be set, e.g. us-central1" })
    .regex(/^[a-z0-9-]{1,63}$/, "must be 1 to 63 characters of a-z, 0-9 and -, e.g. us-central1"),
  MPEGFLOW_WORKER_ID: z
    .string()
    .regex(/^[\w.-]{1,253}$/, "must be 1 to 253 characters of A-Z, a-z, 0-9, _, . and -")
    .optional(),
  MPEGFLOW_SCRATCH: z
    .string()
    .refine((directory) => path.isAbsolute(directory), "must be an absolute path")
    .optional(),
  MPEGFLOW_FFMPEG: z.string().min(1).default("ffmpeg"),
  MPEGFLOW_FFPROBE: z.string().min(1).default("ffprobe"),
  MPEGFLOW_PROFILES: z
    .string()
    .refine((directory) => path.isAbsolute(directory), "must be an absolute path")
    .optional(),
  MPEGFLOW_GRACE_SECONDS: z.coerce
    .number({ error: "must be a number of seconds from 0 to 86400" })
    .min(0, "must be a number of seconds from 0 to 86400")
    .max(86_400, "must be a number of seconds from 0 to 86400")
    .default(20),
  MPEGFLOW_LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
});

/**
 * Reads the worker's whole configuration from its environment; a variable set to nothing counts as not set.
 *
 * | variable | default |
 * |---|---|
 * | `MPEGFLOW_COORDINATOR_URL`, `MPEGFLOW_REGION` | required |
 * | `MPEGFLOW_COORDINATOR_TOKEN_FILE` | none: leases are asked for without a token |
 * | `MPEGFLOW_WORKER_ID` | host name and process id |
 * | `MPEGFLOW_SCRATCH` | `mpegflow` in the system's directory for temporary files |
 * | `MPEGFLOW_FFMPEG`, `MPEGFLOW_FFPROBE` | `ffmpeg`, `ffprobe`, from `PATH` |
 * | `MPEGFLOW_PROFILES` | no directory: the profiles that come with the worker |
 * | `MPEGFLOW_GRACE_SECONDS` | 20: less than the 30 s that Kubernetes gives a pod |
 * | `MPEGFLOW_LOG_LEVEL` | `info` |
 *
 * @throws Error naming every variable that is wrong, its value and what is allowed
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): WorkerConfig {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => {
      const key = issue.path.join(".");
      const value = given[key];
      return `  ${key} is ${value === undefined ? "not set" : JSON.stringify(value)}: ${issue.message}`;
    });
    throw new Error(`The worker's environment is not complete or not valid:\n${lines.join("\n")}`);
  }
  const values = parsed.data;
  return {
    coordinatorUrl: values.MPEGFLOW_COORDINATOR_URL,
    coordinatorTokenFile: values.MPEGFLOW_COORDINATOR_TOKEN_FILE,
    region: values.MPEGFLOW_REGION,
    workerId: values.MPEGFLOW_WORKER_ID ?? `${hostname()}-${process.pid}`,
    scratch: values.MPEGFLOW_SCRATCH ?? path.join(tmpdir(), "mpegflow"),
    ffmpeg: values.MPEGFLOW_FFMPEG,
    ffprobe: values.MPEGFLOW_FFPROBE,
    ...(values.MPEGFLOW_PROFILES !== undefined && { profiles: values.MPEGFLOW_PROFILES }),
    graceSeconds: values.MPEGFLOW_GRACE_SECONDS,
    logLevel: values.MPEGFLOW_LOG_LEVEL,
  };
}

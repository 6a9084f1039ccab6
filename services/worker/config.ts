import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { z } from "zod";
import { inputModes } from "./input/streaming.ts";
import type { InputMode } from "./input/streaming.ts";
import { isolationModes } from "./process/isolation.ts";
import type { IsolationMode } from "./process/isolation.ts";

export interface WorkerConfig {
  /** Where leases come from, without a trailing slash. */
  readonly coordinatorUrl: string;
  /** File with the token that proves to the coordinator who asks for leases; undefined sends none. */
  readonly coordinatorTokenFile: string | undefined;
  /** File with the certificates of those who vouch for the coordinator; undefined for the authorities that Node.js knows. */
  readonly coordinatorCaFile: string | undefined;
  readonly region: string;
  readonly workerId: string;
  /** Directory for inputs and outputs of the attempt that runs. */
  readonly scratch: string;
  readonly ffmpeg: string;
  readonly ffprobe: string;
  /** Whether ffmpeg has to be kept from all but an attempt's files. */
  readonly isolation: IsolationMode;
  /** setpriv of util-linux, which does that. */
  readonly setpriv: string;
  /** Directory with encoding profiles of the user's. */
  readonly profiles?: string;
  /** Whether inputs are streamed into the encoder: see `whyNotStreamed`. */
  readonly input: InputMode;
  /** Part of a bucket's request rates that this process may start with. */
  readonly paceShare: number;
  /** How long a running attempt may go on after SIGTERM before its lease is handed back. */
  readonly graceSeconds: number;
  /** `once` takes one job and ends: for a Kubernetes Job. */
  readonly mode: "loop" | "once";
  /** How long `once` waits for its job. */
  readonly idleSeconds: number;
  /** Memory that ffmpeg may hold, in MiB; undefined derives it from the container's. */
  readonly ffmpegMemoryMebibytes?: number;
  /** Room on the scratch disk that no job may take, in MiB. */
  readonly scratchReserveMebibytes: number;
  /** Where probes are answered; undefined answers none. */
  readonly health?: { readonly host: string; readonly port: number };
  readonly logLevel: string;
}

/**
 * A Spot node is gone 15 s after its notice for ordinary pods, whatever their grace period; of those, some are for
 * handing the job back. https://docs.cloud.google.com/kubernetes-engine/docs/concepts/spot-vms
 */
const spotGraceSeconds = 8;

const between = (min: number, max: number, unit: string) => {
  const message = `must be a number of ${unit} from ${min} to ${max}`;
  return z.coerce.number({ error: message }).min(min, message).max(max, message);
};

const healthPort = "must be a port, a whole number from 1 to 65535";

const schema = z.object({
  MPEGFLOW_COORDINATOR_URL: z
    .url({ protocol: /^https?$/, error: "must be http://HOST[:PORT] or https://HOST[:PORT]" })
    .transform((url) => url.replace(/\/+$/, "")),
  MPEGFLOW_COORDINATOR_TOKEN_FILE: z
    .string()
    .refine((file) => path.isAbsolute(file), "must be an absolute path")
    .optional(),
  MPEGFLOW_COORDINATOR_CA_FILE: z
    .string()
    .refine((file) => path.isAbsolute(file), "must be an absolute path")
    .optional(),
  MPEGFLOW_COORDINATOR_PLAINTEXT: z.stringbool({ error: "must be true or false" }).default(false),
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
  MPEGFLOW_ISOLATION: z
    .enum(isolationModes, { error: `must be one of ${isolationModes.join(", ")}` })
    .default("auto"),
  MPEGFLOW_SETPRIV: z.string().min(1).default("setpriv"),
  MPEGFLOW_PROFILES: z
    .string()
    .refine((directory) => path.isAbsolute(directory), "must be an absolute path")
    .optional(),
  MPEGFLOW_INPUT: z.enum(inputModes, { error: `must be one of ${inputModes.join(", ")}` }).default("auto"),
  MPEGFLOW_PACE_SHARE: between(0.0001, 1, "shares of a bucket's rates").default(0.05),
  MPEGFLOW_GRACE_SECONDS: between(0, 86_400, "seconds").default(20),
  MPEGFLOW_SPOT: z.stringbool({ error: "must be true or false" }).default(false),
  MPEGFLOW_MODE: z.enum(["loop", "once"], { error: "must be loop or once" }).default("loop"),
  MPEGFLOW_IDLE_SECONDS: between(0, 3600, "seconds").default(30),
  MPEGFLOW_FFMPEG_MEMORY_MIB: between(64, 1_048_576, "MiB").optional(),
  MPEGFLOW_SCRATCH_RESERVE_MIB: between(0, 1_048_576, "MiB").default(256),
  MPEGFLOW_HEALTH_HOST: z.string().min(1).default("0.0.0.0"),
  MPEGFLOW_HEALTH_PORT: z.coerce
    .number({ error: healthPort })
    .int(healthPort)
    .min(1, healthPort)
    .max(65_535, healthPort)
    .optional(),
  MPEGFLOW_LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
});

/** An address without TLS, over which the token and every signed URL would cross the network in clear. */
function plaintextIssues(given: Readonly<Record<string, string | undefined>>) {
  const { MPEGFLOW_COORDINATOR_URL: key = "", MPEGFLOW_COORDINATOR_PLAINTEXT: permitted } = given;
  const url = URL.parse(key);
  const isLoopback = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url?.hostname ?? "");
  const isPermitted =
    permitted !== undefined && schema.shape.MPEGFLOW_COORDINATOR_PLAINTEXT.safeParse(permitted).data === true;
  if (url?.protocol !== "http:" || isLoopback || isPermitted) return [];
  return [
    {
      key: "MPEGFLOW_COORDINATOR_URL",
      message:
        "must be https:// where it is not loopback, because the worker's token and signed URLs would cross the network in clear; MPEGFLOW_COORDINATOR_PLAINTEXT=true permits that, where something else encrypts it",
    },
  ];
}

/**
 * Reads the worker's whole configuration from its environment; a variable set to nothing counts as not set.
 *
 * | variable | default |
 * |---|---|
 * | `MPEGFLOW_COORDINATOR_URL`, `MPEGFLOW_REGION` | required |
 * | `MPEGFLOW_COORDINATOR_TOKEN_FILE` | none: leases are asked for without a token |
 * | `MPEGFLOW_COORDINATOR_CA_FILE` | the authorities that Node.js knows; else only those whose certificates are in the file |
 * | `MPEGFLOW_COORDINATOR_PLAINTEXT` | `false`: an `http://` address has to be loopback; `true` permits any, in clear |
 * | `MPEGFLOW_WORKER_ID` | host name and process id |
 * | `MPEGFLOW_SCRATCH` | `mpegflow` in the system's directory for temporary files |
 * | `MPEGFLOW_FFMPEG`, `MPEGFLOW_FFPROBE` | `ffmpeg`, `ffprobe`, from `PATH` |
 * | `MPEGFLOW_ISOLATION` | `auto`: ffmpeg is kept from all but its input and outputs where the machine can do that; `required` does not start elsewhere, `off` does without |
 * | `MPEGFLOW_SETPRIV` | `setpriv` of util-linux 2.40 or newer, from `PATH` |
 * | `MPEGFLOW_PROFILES` | no directory: the profiles that come with the worker |
 * | `MPEGFLOW_INPUT` | `auto`: large inputs are streamed into the encoder where that is safe; `stream` also small ones and those without a stated duration; `download` none |
 * | `MPEGFLOW_PACE_SHARE` | 0.05: part of the bucket's request rates that this worker may start with; 1 over the number of workers |
 * | `MPEGFLOW_GRACE_SECONDS` | 20: less than the 30 s that Kubernetes gives a pod |
 * | `MPEGFLOW_SPOT` | `false`; `true` cuts the grace to 8 s, because a Spot node is gone after 15 |
 * | `MPEGFLOW_MODE` | `loop`; `once` takes one job and ends, for a Kubernetes Job |
 * | `MPEGFLOW_IDLE_SECONDS` | 30: how long `once` waits for a job before it ends well without one |
 * | `MPEGFLOW_FFMPEG_MEMORY_MIB` | the container's memory less 256 MiB; no limit outside a container, nor without `/proc` |
 * | `MPEGFLOW_SCRATCH_RESERVE_MIB` | 256: room on the scratch disk that no job may take |
 * | `MPEGFLOW_HEALTH_PORT`, `MPEGFLOW_HEALTH_HOST` | no port: probes are not answered; every address, `0.0.0.0` |
 * | `MPEGFLOW_LOG_LEVEL` | `info` |
 *
 * @throws Error naming every variable that is wrong, its value and what is allowed
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): WorkerConfig {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(given);
  const issues = [
    ...(parsed.error?.issues ?? []).map(({ path: [key], message }) => ({ key: String(key), message })),
    ...plaintextIssues(given),
  ];
  if (!parsed.success || issues.length > 0) {
    const lines = issues.map(({ key, message }) => {
      const value = given[key];
      return `  ${key} is ${value === undefined ? "not set" : JSON.stringify(value)}: ${message}`;
    });
    throw new Error(`The worker's environment is not complete or not valid:\n${lines.join("\n")}`);
  }
  const values = parsed.data;
  return {
    coordinatorUrl: values.MPEGFLOW_COORDINATOR_URL,
    coordinatorTokenFile: values.MPEGFLOW_COORDINATOR_TOKEN_FILE,
    coordinatorCaFile: values.MPEGFLOW_COORDINATOR_CA_FILE,
    region: values.MPEGFLOW_REGION,
    workerId: values.MPEGFLOW_WORKER_ID ?? `${hostname()}-${process.pid}`,
    scratch: values.MPEGFLOW_SCRATCH ?? path.join(tmpdir(), "mpegflow"),
    ffmpeg: values.MPEGFLOW_FFMPEG,
    ffprobe: values.MPEGFLOW_FFPROBE,
    isolation: values.MPEGFLOW_ISOLATION,
    setpriv: values.MPEGFLOW_SETPRIV,
    ...(values.MPEGFLOW_PROFILES !== undefined && { profiles: values.MPEGFLOW_PROFILES }),
    input: values.MPEGFLOW_INPUT,
    paceShare: values.MPEGFLOW_PACE_SHARE,
    graceSeconds: values.MPEGFLOW_SPOT
      ? Math.min(spotGraceSeconds, values.MPEGFLOW_GRACE_SECONDS)
      : values.MPEGFLOW_GRACE_SECONDS,
    mode: values.MPEGFLOW_MODE,
    idleSeconds: values.MPEGFLOW_IDLE_SECONDS,
    ...(values.MPEGFLOW_FFMPEG_MEMORY_MIB !== undefined && {
      ffmpegMemoryMebibytes: values.MPEGFLOW_FFMPEG_MEMORY_MIB,
    }),
    scratchReserveMebibytes: values.MPEGFLOW_SCRATCH_RESERVE_MIB,
    ...(values.MPEGFLOW_HEALTH_PORT !== undefined && {
      health: { host: values.MPEGFLOW_HEALTH_HOST, port: values.MPEGFLOW_HEALTH_PORT },
    }),
    logLevel: values.MPEGFLOW_LOG_LEVEL,
  };
}

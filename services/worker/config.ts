import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { workerEnvironment, type WorkerVariable } from "../environment/index.ts";
import { type Given, readValues, setOf } from "../environment/read.ts";
import type { InputMode } from "./input/streaming.ts";
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

const plaintextTable = {
  MPEGFLOW_COORDINATOR_PLAINTEXT: workerEnvironment.MPEGFLOW_COORDINATOR_PLAINTEXT,
};

/** An address without TLS, over which the token and every signed URL would cross the network in clear. */
function plaintextProblems(given: Given<WorkerVariable>): string[] {
  const { MPEGFLOW_COORDINATOR_URL: text = "", MPEGFLOW_COORDINATOR_PLAINTEXT: permitted } = given;
  const url = URL.parse(text);
  const isLoopback = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url?.hostname ?? "");
  const { values } = readValues(plaintextTable, { MPEGFLOW_COORDINATOR_PLAINTEXT: permitted });
  if (url?.protocol !== "http:" || isLoopback || values?.MPEGFLOW_COORDINATOR_PLAINTEXT === true) return [];
  return [
    `MPEGFLOW_COORDINATOR_URL is ${JSON.stringify(text)}: must be https:// where it is not loopback, because the worker's token and signed URLs would cross the network in clear; MPEGFLOW_COORDINATOR_PLAINTEXT=true permits that, where something else encrypts it`,
  ];
}

/**
 * Reads the worker's whole configuration from its environment (services/environment/worker.ts); a variable set to nothing
 * counts as not set.
 *
 * @throws Error naming every variable that is wrong, its value and what is allowed
 */
export function readConfig(environment: Given): WorkerConfig {
  const set = setOf(environment);
  const { values, unreadable } = readValues(workerEnvironment, set);
  const problems = [
    ...unreadable.map(
      ({ name, given, allowed }) =>
        `${name} is ${given === undefined ? "not set" : JSON.stringify(given)}: must be ${allowed}`,
    ),
    ...plaintextProblems(set),
  ];
  if (values === undefined || problems.length > 0) {
    const lines = problems.map((line) => `  ${line}`);
    throw new Error(`The worker's environment is not complete or not valid:\n${lines.join("\n")}`);
  }
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

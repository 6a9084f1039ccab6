import { absolutePath, absolutePathText, logLevel, region, regionText } from "./patterns.ts";
import type { Variables } from "./variable.ts";

/** What a worker reads. */
export const workerEnvironment = {
  MPEGFLOW_COORDINATOR_URL: {
    type: "url",
    allowed: "http://HOST[:PORT] or https://HOST[:PORT]",
    required: true,
    component: true,
    description: "Where leases come from.",
  },
  MPEGFLOW_COORDINATOR_TOKEN_FILE: {
    type: "text",
    pattern: absolutePath,
    allowed: absolutePathText,
    component: true,
    description:
      "File with the token that proves to the coordinator who asks for leases. Without one they are asked for without a token.",
  },
  MPEGFLOW_COORDINATOR_CA_FILE: {
    type: "text",
    pattern: absolutePath,
    allowed: absolutePathText,
    component: true,
    description:
      "File with the certificates of those who vouch for the coordinator; no others do. Without it, the authorities that Node.js knows.",
  },
  MPEGFLOW_COORDINATOR_PLAINTEXT: {
    type: "flag",
    default: false,
    component: true,
    description: "`true` permits a coordinator at an `http://` address that is not loopback, in clear.",
  },
  MPEGFLOW_REGION: {
    type: "text",
    pattern: region,
    allowed: regionText,
    required: true,
    component: true,
    description: "The region that the worker runs in.",
  },
  MPEGFLOW_WORKER_ID: {
    type: "text",
    pattern: /^[\w.-]{1,253}$/,
    allowed: "1 to 253 characters of A-Z, a-z, 0-9, _, . and -",
    component: true,
    description: "What the worker is called in records and logs. Without it, host name and process id.",
  },
  MPEGFLOW_SCRATCH: {
    type: "text",
    pattern: absolutePath,
    allowed: absolutePathText,
    component: true,
    description:
      "Directory for inputs and outputs of the attempt that runs. Without it, `mpegflow` in the system's directory for temporary files.",
  },
  MPEGFLOW_FFMPEG: {
    type: "text",
    allowed: "a program's name or path",
    default: "ffmpeg",
    description: "The ffmpeg to run; a name is looked for in `PATH`.",
  },
  MPEGFLOW_FFPROBE: {
    type: "text",
    allowed: "a program's name or path",
    default: "ffprobe",
    description: "The ffprobe to run; a name is looked for in `PATH`.",
  },
  MPEGFLOW_ISOLATION: {
    type: "choice",
    values: ["required", "auto", "off"],
    default: "auto",
    component: true,
    description:
      "`auto`: ffmpeg is kept from all but its input and outputs where the machine can do that; `required` does not start elsewhere, `off` does without.",
  },
  MPEGFLOW_SETPRIV: {
    type: "text",
    allowed: "a program's name or path",
    default: "setpriv",
    description:
      "The setpriv of util-linux 2.40 or newer, which isolates; from 2.41 on ffmpeg sends no signals either. A name is looked for in `PATH`.",
  },
  MPEGFLOW_PROFILES: {
    type: "text",
    pattern: absolutePath,
    allowed: absolutePathText,
    component: true,
    description: "Directory with encoding profiles of your own. Without it, those that come with the worker.",
  },
  MPEGFLOW_INPUT: {
    type: "choice",
    values: ["auto", "stream", "download"],
    default: "auto",
    component: true,
    description:
      "`auto`: large inputs are streamed into the encoder where that is safe; `stream`: small ones and those without a stated duration too; `download`: none.",
  },
  MPEGFLOW_PACE_SHARE: {
    type: "number",
    unit: "shares of a bucket's rates",
    min: 0.0001,
    max: 1,
    default: 0.05,
    component: true,
    description:
      "Part of the bucket's request rates that this worker may start with: 1 over the number of workers.",
  },
  MPEGFLOW_GRACE_SECONDS: {
    type: "number",
    unit: "seconds",
    min: 0,
    max: 86_400,
    default: 20,
    component: true,
    description:
      "How long a running attempt may go on after SIGTERM before its job is handed back; less than the grace that Kubernetes gives the pod.",
  },
  MPEGFLOW_SPOT: {
    type: "flag",
    default: false,
    component: true,
    description:
      "Whether the node is a Spot one: cuts the grace to 8 s, because such a node is gone after 15.",
  },
  MPEGFLOW_MODE: {
    type: "choice",
    values: ["loop", "once"],
    default: "loop",
    component: true,
    description: "`once` takes one job and ends, for a Kubernetes Job.",
  },
  MPEGFLOW_IDLE_SECONDS: {
    type: "number",
    unit: "seconds",
    min: 0,
    max: 3600,
    default: 30,
    component: true,
    description: "How long `once` waits for a job before it ends well without one.",
  },
  MPEGFLOW_FFMPEG_MEMORY_MIB: {
    type: "number",
    unit: "MiB",
    min: 64,
    max: 1_048_576,
    description:
      "Memory that ffmpeg may hold. Without it, the container's less 256 MiB; no limit outside a container, nor without `/proc`.",
  },
  MPEGFLOW_SCRATCH_RESERVE_MIB: {
    type: "number",
    unit: "MiB",
    min: 0,
    max: 1_048_576,
    default: 256,
    description: "Room on the scratch disk that no job may take.",
  },
  MPEGFLOW_HEALTH_HOST: {
    type: "text",
    allowed: "an address to listen on",
    default: "0.0.0.0",
    description: "Address at which probes are answered.",
  },
  MPEGFLOW_HEALTH_PORT: {
    type: "number",
    unit: "port",
    allowed: "a port, a whole number from 1 to 65535",
    whole: true,
    min: 1,
    max: 65_535,
    component: true,
    description: "Port at which probes are answered. Without it, they are not.",
  },
  MPEGFLOW_LOG_LEVEL: logLevel,
} as const satisfies Variables;

import type * as pulumi from "@pulumi/pulumi";
import { checkedUrl, type CoordinatorTrust } from "./coordinator-trust.ts";
import type { EncoderPoolArgs } from "./encoder-pool-args.ts";
import { isolationVariables } from "./isolation-settings.ts";
import { GPU_VARIABLES, isShortOfNotice, placementFields, spotGraceSeconds } from "./encoder-placement.ts";
import type { ProfilesVolume } from "./encoder-profiles.ts";
import { transferVariables } from "./encoder-transfers.ts";
import { environment, fieldVariable, type WorkerVariables } from "./environment.ts";
import type { WorkloadLabels } from "../kubernetes/labels.ts";
import { LIMITS } from "./limits.ts";
import { RESTRICTED_CONTAINER, RESTRICTED_POD } from "../kubernetes/pod-security.ts";
import { httpProbe } from "../kubernetes/probe.ts";
import { coordinatorToken } from "./projected-token.ts";
import { requirements } from "../kubernetes/resources.ts";
import { EncoderScalingKind, scalingSettings } from "./scaling.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

/** Where the scratch volume is mounted: the only place that a worker can write to. */
const SCRATCH = "/scratch";
/** Default resources of an encoder. */
export const DEFAULT_SCRATCH = "20Gi";
export const DEFAULT_RESOURCES = { cpu: "4", memory: "4Gi" } as const;

/** Port for the kubelet's probes; the network policy admits nobody else. */
const HEALTH_PORT = 8081;

/** Seconds between SIGTERM and SIGKILL. */
export function graceSeconds(args: Partial<EncoderPoolArgs>): number {
  const spot = spotGraceSeconds(args.placement ?? {});
  const { default: usual } = LIMITS.terminationGraceSeconds;
  return args.terminationGraceSeconds ?? Math.min(usual, spot ?? usual);
}

/**
 * Seconds for which a worker continues its job after SIGTERM. The rest of the grace period is for returning the job.
 */
function drainSeconds(grace: number): number {
  return Math.max(grace - 10, Math.floor(grace / 2));
}

/** The template of an encoder's pod. */
export function encoderTemplate(
  args: EncoderPoolArgs,
  labels: WorkloadLabels,
  serviceAccountName: pulumi.Input<string>,
  {
    profiles,
    trust,
  }: { readonly profiles: ProfilesVolume | undefined; readonly trust: CoordinatorTrust | undefined },
) {
  const { placement = {}, scratch = DEFAULT_SCRATCH, scratchStorageClass, scaling } = args;
  const grace = graceSeconds(args);
  const job = scaling?.kind === EncoderScalingKind.ScaledJob ? scalingSettings(scaling) : undefined;
  const gpus = placement.gpus ?? 0;
  return {
    metadata: {
      labels: labels.all,
      // The cluster autoscaler would evict an encode to remove a node. Idle encoders are scaled in before that.
      annotations: { "cluster-autoscaler.kubernetes.io/safe-to-evict": "false" },
    },
    spec: {
      serviceAccountName,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      ...(job && { restartPolicy: "Never" }),
      terminationGracePeriodSeconds: grace,
      securityContext: RESTRICTED_POD,
      ...placementFields(placement),
      ...withoutUndefined({ priorityClassName: args.priorityClassName }),
      containers: [
        {
          name: "encoder",
          image: args.image,
          env: [
            fieldVariable("MPEGFLOW_WORKER_ID", "metadata.name"),
            ...environment({
              MPEGFLOW_COORDINATOR_URL: checkedUrl(args),
              ...trust?.variables,
              ...(args.plaintextCoordinator === true && { MPEGFLOW_COORDINATOR_PLAINTEXT: "true" }),
              MPEGFLOW_COORDINATOR_TOKEN_FILE: coordinatorToken.file,
              MPEGFLOW_REGION: args.region,
              MPEGFLOW_SCRATCH: SCRATCH,
              MPEGFLOW_HEALTH_PORT: String(HEALTH_PORT),
              MPEGFLOW_GRACE_SECONDS: String(drainSeconds(grace)),
              ...(isShortOfNotice(placement) && { MPEGFLOW_SPOT: "true" }),
              ...(job && { MPEGFLOW_MODE: "once", MPEGFLOW_IDLE_SECONDS: String(job.idleSeconds) }),
              ...profiles?.variables,
              ...transferVariables(args),
              ...isolationVariables(args),
              ...(gpus > 0 && GPU_VARIABLES),
            } satisfies WorkerVariables),
          ],
          ports: [{ name: "http", containerPort: HEALTH_PORT, protocol: "TCP" }],
          readinessProbe: httpProbe("/readyz", { periodSeconds: 2, failureThreshold: 3, timeoutSeconds: 5 }),
          // An encode uses all CPU, so slow answers are not a failure. A worker that is stuck for minutes is restarted.
          livenessProbe: httpProbe("/healthz", {
            periodSeconds: 30,
            failureThreshold: 10,
            timeoutSeconds: 10,
          }),
          resources: requirements(args.resources ?? DEFAULT_RESOURCES, {
            ...(scratchStorageClass === undefined && { scratch }),
            gpus,
          }),
          securityContext: RESTRICTED_CONTAINER,
          volumeMounts: [
            { name: "scratch", mountPath: SCRATCH },
            coordinatorToken.mount,
            ...(trust ? [trust.mount] : []),
            ...(profiles ? [profiles.mount] : []),
          ],
        },
      ],
      volumes: [
        scratchVolume(scratch, scratchStorageClass, labels),
        coordinatorToken.volume,
        ...(trust ? [trust.volume] : []),
        ...(profiles ? [profiles.volume] : []),
      ],
    },
  };
}

/** A share of the node's disk, or a volume that comes and goes with the pod. */
function scratchVolume(
  size: pulumi.Input<string>,
  storageClassName: string | undefined,
  labels: WorkloadLabels,
) {
  if (storageClassName === undefined) return { name: "scratch", emptyDir: { sizeLimit: size } };
  const spec = {
    accessModes: ["ReadWriteOnce"],
    storageClassName,
    resources: { requests: { storage: size } },
  };
  return {
    name: "scratch",
    ephemeral: { volumeClaimTemplate: { metadata: { labels: labels.all }, spec } },
  };
}

import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { problems, shown, wholeNumberProblems, type Problem } from "../validation/index.ts";
import { environment } from "./environment.ts";
import { workloadLabels } from "./labels.ts";
import { LIMITS } from "./limits.ts";
import { RESTRICTED_CONTAINER, RESTRICTED_POD } from "./pod-security.ts";
import { requirements, type ContainerResources } from "./resources.ts";

/** Arguments of {@link EncoderPool}. */
export interface EncoderPoolArgs {
  /** Region that it runs in, e.g. `us-central1`. */
  readonly region: string;
  /** An existing namespace, best one of its own: encoders parse hostile media. */
  readonly namespace: pulumi.Input<string>;
  /** Image of the worker with ffmpeg and ffprobe, best by digest. */
  readonly image: pulumi.Input<string>;
  /** The coordinator of the same cluster, as `Coordinator.url` gives it. */
  readonly coordinatorUrl: pulumi.Input<string>;
  /** Workers, each encoding one job at a time, 0 to 1000. @default 1 */
  readonly replicas?: number;
  /** @default 4 CPU, 4Gi memory */
  readonly resources?: ContainerResources;
  /** Disk for the input and outputs of one job, a Kubernetes quantity. @default "20Gi" */
  readonly scratch?: pulumi.Input<string>;
  /**
   * Seconds between SIGTERM and SIGKILL, 1 to 86400: what a worker has to end its job, or to hand it back in the last
   * 10 of them. A Spot node gives 15 whatever is asked for here. @default 30
   */
  readonly terminationGraceSeconds?: number;
  /** Name of Deployment and service account inside the namespace. @default "encoder" */
  readonly kubernetesName?: string;
}

/** Where the scratch volume is mounted: the only place that a worker can write to. */
const SCRATCH = "/scratch";

/**
 * A pool of encoders in one cluster, as a Deployment. Its service account is bound to nothing, no token is mounted,
 * and the environment holds no credential: a worker gets signed URLs from the coordinator and nothing else.
 */
export class EncoderPool extends pulumi.ComponentResource {
  /** Name of the Deployment inside its namespace. */
  readonly deploymentName: pulumi.Output<string>;

  /** @throws InvalidArguments naming every wrong argument */
  constructor(name: string, args: EncoderPoolArgs, opts?: pulumi.ComponentResourceOptions) {
    const { replicas, terminationGraceSeconds } = settingsOf(args);
    const found = problems();
    found.addAll(encoderPoolProblems(args));
    found.throwIfAny(`EncoderPool ${shown(name)}`);
    super("mpegflow-gcs:index:EncoderPool", name, args, opts);

    const parent = { parent: this };
    const kubernetesName = args.kubernetesName ?? "encoder";
    const scratch = args.scratch ?? "20Gi";
    const labels = workloadLabels(kubernetesName, "encoder");
    const metadata = { name: kubernetesName, namespace: args.namespace, labels: labels.all };
    const serviceAccount = new kubernetes.core.v1.ServiceAccount(
      name,
      { metadata, automountServiceAccountToken: false },
      parent,
    );
    const deployment = new kubernetes.apps.v1.Deployment(
      name,
      {
        metadata,
        spec: {
          replicas,
          selector: { matchLabels: labels.selector },
          // A worker that goes hands its job back, so the new ones may as well come a few at a time.
          strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "25%", maxSurge: "25%" } },
          template: {
            metadata: { labels: labels.all },
            spec: {
              serviceAccountName: serviceAccount.metadata.name,
              automountServiceAccountToken: false,
              enableServiceLinks: false,
              terminationGracePeriodSeconds: terminationGraceSeconds,
              securityContext: RESTRICTED_POD,
              containers: [
                {
                  name: "encoder",
                  image: args.image,
                  env: environment({
                    MPEGFLOW_COORDINATOR_URL: args.coordinatorUrl,
                    MPEGFLOW_REGION: args.region,
                    MPEGFLOW_SCRATCH: SCRATCH,
                    MPEGFLOW_GRACE_SECONDS: String(drainSeconds(terminationGraceSeconds)),
                  }),
                  resources: requirements(args.resources ?? { cpu: "4", memory: "4Gi" }, scratch),
                  securityContext: RESTRICTED_CONTAINER,
                  volumeMounts: [{ name: "scratch", mountPath: SCRATCH }],
                },
              ],
              volumes: [{ name: "scratch", emptyDir: { sizeLimit: scratch } }],
            },
          },
        },
      },
      parent,
    );

    this.deploymentName = deployment.metadata.name;
    this.registerOutputs({ deploymentName: this.deploymentName });
  }
}

/** What is wrong with the arguments that are known before anything is made. */
export function encoderPoolProblems(args: Partial<EncoderPoolArgs>): Problem[] {
  const { replicas, terminationGraceSeconds } = settingsOf(args);
  return [
    ...wholeNumberProblems("replicas", replicas, LIMITS.encoderReplicas),
    ...wholeNumberProblems("terminationGraceSeconds", terminationGraceSeconds, { min: 1, max: 86_400 }),
  ];
}

/** How long a worker goes on with its job after SIGTERM: what is left is for handing the job back. */
function drainSeconds(terminationGraceSeconds: number): number {
  return Math.max(terminationGraceSeconds - 10, Math.floor(terminationGraceSeconds / 2));
}

function settingsOf(args: Partial<EncoderPoolArgs>) {
  return {
    replicas: args.replicas ?? LIMITS.encoderReplicas.default,
    terminationGraceSeconds: args.terminationGraceSeconds ?? 30,
  };
}

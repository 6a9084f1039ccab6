import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { problems, shown, requireArguments } from "../validation/index.ts";
import { DEFAULT_POOL } from "./accounts.ts";
import { coordinatorTrust } from "./coordinator-trust.ts";
import { dependingOn, present } from "../kubernetes/dependencies.ts";
import type { EncoderPoolArgs } from "./encoder-pool-args.ts";
import type { EncoderPoolResources } from "./encoder-pool-resources.ts";
import { encoderPoolProblems } from "./encoder-pool-checks.ts";
import { encoderTemplate } from "./encoder-pod.ts";
import { paceShareWarnings } from "./encoder-transfers.ts";
import { encoderPolicies } from "./encoder-policy.ts";
import { profilesVolume } from "./encoder-profiles.ts";
import { scaledJob, scaledObject } from "./encoder-scaler.ts";
import { workloadLabels } from "../kubernetes/labels.ts";
import { LIMITS } from "./limits.ts";
import { madeResources } from "../properties/made-resources.ts";
import { EncoderScalingKind, isScaled, mostEncoders, scalingSettings } from "./scaling.ts";

/** Of the encoders of a Deployment that drained nodes may end at a time. */
const DISRUPTED = "20%";

const made = madeResources<EncoderPoolResources>();

/**
 * A pool of encoders in one cluster: a Deployment, of fixed size or scaled with the queue, or a Job per job of the
 * queue. Its service account has no grants; its only token is valid for the coordinator alone; the environment contains
 * no credential; and the network policy blocks the metadata server. A worker gets signed URLs from the coordinator and
 * nothing else.
 */
export class EncoderPool extends pulumi.ComponentResource {
  /** Name of the Deployment or ScaledJob inside its namespace. */
  readonly workloadName: pulumi.Output<string>;
  /** Name of the Deployment; undefined for a ScaledJob. */
  readonly deploymentName: pulumi.Output<string> | undefined;
  /** Name of the encoders' service account. */
  readonly serviceAccountName: pulumi.Output<string>;

  /** The resources that it made, for programs in TypeScript. */
  get resources(): EncoderPoolResources {
    return made.of(this);
  }

  /** @throws InvalidArguments naming every wrong argument */
  constructor(name: string, args: EncoderPoolArgs, opts?: pulumi.ComponentResourceOptions) {
    requireArguments(`EncoderPool ${shown(name)}`, args, {
      region: "value",
      namespace: "value",
      image: "value",
      coordinatorUrl: "value",
    });
    const found = problems();
    found.addAll(encoderPoolProblems(args));
    found.throwIfAny(`EncoderPool ${shown(name)}`);
    super("mpegflow-gcs:index:EncoderPool", name, args, opts);

    for (const warning of paceShareWarnings(args.paceShare, mostEncoders(args))) {
      void pulumi.log.warn(warning, this);
    }
    const parent = { parent: this };
    const { scaling } = args;
    const kubernetesName = args.kubernetesName ?? DEFAULT_POOL;
    const labels = workloadLabels(kubernetesName, "encoder");
    const metadata = { name: kubernetesName, namespace: args.namespace, labels: labels.all };
    const serviceAccount = new kubernetes.core.v1.ServiceAccount(
      name,
      { metadata, automountServiceAccountToken: false },
      parent,
    );
    const policies = encoderPolicies({ name, args, kubernetesName, labels, parent: this });
    const { namespace } = args;
    const profiles =
      args.profiles &&
      profilesVolume(name, args.profiles, { namespace, kubernetesName, labels, parent: this });
    const trust =
      args.coordinatorCa === undefined
        ? undefined
        : coordinatorTrust(name, args.coordinatorCa, { namespace, kubernetesName, labels, parent: this });
    const template = encoderTemplate(args, labels, serviceAccount.metadata.name, { profiles, trust });
    // No encoder runs before the network keeps it in.
    const dependsOn = dependingOn(opts?.dependsOn, ...present(policies));
    const surroundings = { name, args, kubernetesName, labels, parent: this, dependsOn };

    this.serviceAccountName = serviceAccount.metadata.name;
    const common = {
      serviceAccount,
      networkPolicies: policies,
      profiles: profiles?.map,
      coordinatorCa: trust?.map,
    };
    if (scaling?.kind === EncoderScalingKind.ScaledJob) {
      const { scaler, access } = scaledJob({ ...surroundings, settings: scalingSettings(scaling) }, template);
      made.keep(this, {
        ...common,
        deployment: undefined,
        disruptionBudget: undefined,
        scaledObject: undefined,
        scaledJob: scaler,
        queueAccess: access,
      });
      this.workloadName = scaler.metadata.name;
      this.deploymentName = undefined;
    } else {
      const deployment = new kubernetes.apps.v1.Deployment(
        name,
        {
          metadata,
          spec: {
            // Replicas are left to KEDA: setting them in an update would stop its encoders.
            ...(!isScaled(scaling) && { replicas: args.replicas ?? LIMITS.encoderReplicas.default }),
            selector: { matchLabels: labels.selector },
            // A worker that goes hands its job back, so the new ones may as well come a few at a time.
            strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "25%", maxSurge: "25%" } },
            template,
          },
        },
        { ...parent, dependsOn },
      );
      const disruptionBudget = new kubernetes.policy.v1.PodDisruptionBudget(
        name,
        { metadata, spec: { maxUnavailable: DISRUPTED, selector: { matchLabels: labels.selector } } },
        parent,
      );
      const scaled = isScaled(scaling)
        ? scaledObject({ ...surroundings, settings: scalingSettings(scaling) }, deployment)
        : undefined;
      made.keep(this, {
        ...common,
        deployment,
        disruptionBudget,
        scaledObject: scaled?.scaler,
        scaledJob: undefined,
        queueAccess: scaled?.access,
      });
      this.workloadName = deployment.metadata.name;
      this.deploymentName = deployment.metadata.name;
    }
    this.registerOutputs({
      workloadName: this.workloadName,
      deploymentName: this.deploymentName,
      serviceAccountName: this.serviceAccountName,
    });
  }
}

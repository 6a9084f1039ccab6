import type { RecordedResource } from "../pulumi-mocks.ts";

/** The parts of a Deployment's inputs that tests read. */
export interface DeploymentInputs {
  metadata: { name: string; namespace: string; labels: Record<string, string> };
  spec: {
    replicas: number;
    selector: { matchLabels: Record<string, string> };
    template: {
      metadata: { labels: Record<string, string>; annotations?: Record<string, string> };
      spec: PodSpec;
    };
  };
}

export interface PodSpec {
  serviceAccountName: string;
  automountServiceAccountToken: boolean;
  hostNetwork?: boolean;
  terminationGracePeriodSeconds: number;
  securityContext: Record<string, unknown>;
  volumes?: Record<string, unknown>[];
  [field: string]: unknown;
  containers: [Container];
}

export interface Container {
  image: string;
  env: { name: string; value?: string; valueFrom?: unknown }[];
  envFrom?: unknown;
  ports?: { name: string; containerPort: number }[];
  resources: Record<string, Record<string, string>>;
  securityContext: Record<string, unknown>;
  volumeMounts?: { name: string; mountPath: string }[];
  [probe: `${string}Probe`]: { httpGet: { path: string; port: string } };
}

/** Kinds of volumes that are no way out of the pod. */
const VOLUMES = ["emptyDir", "projected", "ephemeral", "configMap", "secret", "downwardAPI"];

export function deploymentOf({ inputs }: RecordedResource) {
  const deployment = inputs as unknown as DeploymentInputs;
  const pod = deployment.spec.template.spec;
  const [container] = pod.containers;
  return {
    ...deployment,
    pod,
    container,
    environment: new Map(container.env.map((one) => [one.name, one.value])),
  };
}

/**
 * What the `restricted` Pod Security standard would refuse, for pods of one container.
 *
 * Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export function restrictedViolations(pod: PodSpec): string[] {
  const [{ securityContext }] = pod.containers;
  const checks: [string, boolean][] = [
    ["runs as root", pod.securityContext["runAsNonRoot"] === true && pod.securityContext["runAsUser"] !== 0],
    ["escalates privileges", securityContext["allowPrivilegeEscalation"] === false],
    ["has capabilities", JSON.stringify(securityContext["capabilities"]) === '{"drop":["ALL"]}'],
    [
      "has no seccomp profile",
      JSON.stringify(pod.securityContext["seccompProfile"]) === '{"type":"RuntimeDefault"}',
    ],
    ["uses the node's network", pod.hostNetwork !== true],
    [
      "has another volume",
      (pod.volumes ?? []).every((volume) => VOLUMES.some((kind) => volume[kind] !== undefined)),
    ],
  ];
  return checks.filter(([, passes]) => !passes).map(([violation]) => violation);
}

import type { coordinatorEnvironment, CoordinatorVariable, Values } from "../../environment/index.ts";
import type { Given as GivenOf } from "../../environment/read.ts";

/** Set by Kubernetes in every pod. */
const inCluster = ["KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"] as const;

/** Authorized callers, and where Kubernetes tokens are reviewed. */
export interface KubernetesAuth {
  readonly kind: "kubernetes";
  /** Audience of workers' and clients' tokens. KEDA's tokens carry the API server's own. @default "mpegflow-coordinator" */
  readonly audience: string;
  readonly workerSubjects: readonly string[];
  readonly scalerSubjects: readonly string[];
  readonly clientSubjects: readonly string[];
  /** Google accounts that may use the job API. */
  readonly clientEmails: readonly string[];
  /** `https://HOST[:PORT]` */
  readonly api: string;
  readonly tokenFile: string;
  readonly caFile: string;
}
export type AuthConfig = KubernetesAuth | { readonly kind: "none" };

type Given = GivenOf<CoordinatorVariable | (typeof inCluster)[number]>;

const restricting = [
  "MPEGFLOW_WORKER_SUBJECTS",
  "MPEGFLOW_SCALER_SUBJECTS",
  "MPEGFLOW_CLIENT_SUBJECTS",
  "MPEGFLOW_CLIENT_EMAILS",
] as const;

const isOff = (given: Given): boolean => given.MPEGFLOW_AUTHENTICATION === "none";

/** Problems of combinations of valid variables. */
export function authProblems(given: Given): string[] {
  if (isOff(given))
    return restricting
      .filter((name) => given[name] !== undefined)
      .map((name) => `${name} is set; unset it, or set MPEGFLOW_AUTHENTICATION to kubernetes`);
  const problems: string[] = [];
  if (given.MPEGFLOW_WORKER_SUBJECTS === undefined)
    problems.push(
      "MPEGFLOW_WORKER_SUBJECTS is not set; set it to the workers' system:serviceaccount:NAMESPACE:NAME (MPEGFLOW_AUTHENTICATION is kubernetes)",
    );
  if (given.MPEGFLOW_KUBERNETES_API === undefined && inCluster.some((name) => given[name] === undefined))
    problems.push(
      "MPEGFLOW_KUBERNETES_API is not set; set it to https://HOST[:PORT] of the API server: outside a cluster there is no default",
    );
  return problems;
}

/** The configuration from valid variables. */
export function authConfig(data: Values<typeof coordinatorEnvironment>, given: Given): AuthConfig {
  if (isOff(given)) return { kind: "none" };
  const [host = "", port = ""] = inCluster.map((name) => given[name]);
  return {
    kind: "kubernetes",
    audience: data.MPEGFLOW_AUDIENCE,
    workerSubjects: data.MPEGFLOW_WORKER_SUBJECTS,
    scalerSubjects: data.MPEGFLOW_SCALER_SUBJECTS,
    clientSubjects: data.MPEGFLOW_CLIENT_SUBJECTS,
    clientEmails: data.MPEGFLOW_CLIENT_EMAILS.map((address) => address.toLowerCase()),
    api: data.MPEGFLOW_KUBERNETES_API ?? `https://${host.includes(":") ? `[${host}]` : host}:${port}`,
    tokenFile: data.MPEGFLOW_KUBERNETES_TOKEN_FILE,
    caFile: data.MPEGFLOW_KUBERNETES_CA_FILE,
  };
}

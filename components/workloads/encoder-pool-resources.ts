import type * as kubernetes from "@pulumi/kubernetes";
import type * as tls from "@pulumi/tls";

/** What keeps encoders to DNS, the coordinator and the storage hosts. */
export interface EncoderPolicyResources {
  /** Denies all traffic of the namespace. */
  readonly deny: kubernetes.networking.v1.NetworkPolicy;
  /** What encoders may call. */
  readonly egress: kubernetes.networking.v1.NetworkPolicy;
  /** The coordinator, by its name; undefined without `coordinatorByName`. */
  readonly coordinator: kubernetes.apiextensions.CustomResource | undefined;
  /** The storage hosts, by names; undefined without `storageHosts`. */
  readonly storage: kubernetes.apiextensions.CustomResource | undefined;
}

/** How KEDA knows the coordinator. */
export interface QueueTrustResources {
  /** The key of the certificate, which proves nothing. */
  readonly key: tls.PrivateKey;
  /** The client's certificate that KEDA takes no authority without. */
  readonly certificate: tls.SelfSignedCert;
  /** The ConfigMap with both, and the authority's certificate. */
  readonly configMap: kubernetes.core.v1.ConfigMap;
}

/** How KEDA reads the length of the queue. */
export interface QueueAccessResources {
  /** The service account that KEDA's tokens are of. */
  readonly serviceAccount: kubernetes.core.v1.ServiceAccount;
  /** The right to make its tokens. */
  readonly tokenRole: kubernetes.rbac.v1.Role;
  /** What gives KEDA that right. */
  readonly tokenBinding: kubernetes.rbac.v1.RoleBinding;
  /** KEDA's TriggerAuthentication. */
  readonly authentication: kubernetes.apiextensions.CustomResource;
  /** Undefined without `coordinatorCa`. */
  readonly trust: QueueTrustResources | undefined;
}

/** What an {@link EncoderPool} made. */
export interface EncoderPoolResources {
  /** The encoders; undefined for a ScaledJob. */
  readonly deployment: kubernetes.apps.v1.Deployment | undefined;
  /** How many of the Deployment's pods may be drained at a time; undefined for a ScaledJob. */
  readonly disruptionBudget: kubernetes.policy.v1.PodDisruptionBudget | undefined;
  /** What scales the Deployment; undefined for a pool of fixed size and for a ScaledJob. */
  readonly scaledObject: kubernetes.apiextensions.CustomResource | undefined;
  /** What makes a Job for each job of the queue; undefined for a Deployment. */
  readonly scaledJob: kubernetes.apiextensions.CustomResource | undefined;
  /** How KEDA reads the length of the queue; undefined for a pool of fixed size. */
  readonly queueAccess: QueueAccessResources | undefined;
  /** The encoders' service account. */
  readonly serviceAccount: kubernetes.core.v1.ServiceAccount;
  /** The network policies. */
  readonly networkPolicies: EncoderPolicyResources;
  /** The ConfigMap of the encoding profiles; undefined without `profiles`. */
  readonly profiles: kubernetes.core.v1.ConfigMap | undefined;
  /** The ConfigMap by which workers know the coordinator; undefined without `coordinatorCa`. */
  readonly coordinatorCa: kubernetes.core.v1.ConfigMap | undefined;
}

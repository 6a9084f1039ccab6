/**
 * What Kubernetes' `restricted` Pod Security standard asks of a pod and its containers, and a read-only root on top.
 *
 * Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */

/** The user of distroless "nonroot" images; a number, so that the kubelet can see it is not root. */
const NON_ROOT = 65532;

/** `securityContext` of a pod. */
export const RESTRICTED_POD = {
  runAsNonRoot: true,
  runAsUser: NON_ROOT,
  runAsGroup: NON_ROOT,
  fsGroup: NON_ROOT,
  seccompProfile: { type: "RuntimeDefault" },
};

/** `securityContext` of a container. */
export const RESTRICTED_CONTAINER = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ["ALL"] },
};

/** Labels with which a namespace refuses every pod that is not `restricted`. */
export const RESTRICTED_NAMESPACE_LABELS: Readonly<Record<string, string>> = {
  "pod-security.kubernetes.io/enforce": "restricted",
  "pod-security.kubernetes.io/audit": "restricted",
  "pod-security.kubernetes.io/warn": "restricted",
};

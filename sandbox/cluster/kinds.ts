/**
 * Kinds that the default stand-in only records, because nothing on this machine enforces or needs them. ClusterRoles and their bindings
 * are read for one purpose: who may review tokens. With `--kubernetes` a real API server and real controllers take all of them.
 */
export const recordedKinds = [
  "Namespace",
  "ServiceAccount",
  "ConfigMap",
  "Secret",
  "PodDisruptionBudget",
  "NetworkPolicy",
  "ResourceQuota",
  "LimitRange",
  "PriorityClass",
  "RuntimeClass",
  "ClusterRole",
  "ClusterRoleBinding",
  "Role",
  "RoleBinding",
  "TriggerAuthentication",
  "ClusterTriggerAuthentication",
  "ScaledObject",
  "ScaledJob",
  "FQDNNetworkPolicy",
  "CiliumNetworkPolicy",
  "PodMonitoring",
  "Certificate",
] as const;

/** Name of the cluster's context, as `gcloud container clusters get-credentials` would write it. */
export const contextName = (projectId: string, region: string, clusterName: string): string =>
  `gke_${projectId}_${region}_${clusterName}`;

/**
 * A kubeconfig in JSON for the control plane's DNS endpoint, whose certificate is publicly trusted. It holds no
 * credential: `gke-gcloud-auth-plugin`, which has to be installed where it is used, brings the caller's own.
 *
 * Source: https://docs.cloud.google.com/kubernetes-engine/docs/how-to/cluster-access-for-kubectl
 */
export function kubeconfigOf(context: string, endpoint: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": context,
    clusters: [{ name: context, cluster: { server: `https://${endpoint}` } }],
    contexts: [{ name: context, context: { cluster: context, user: context } }],
    users: [
      {
        name: context,
        user: {
          exec: {
            apiVersion: "client.authentication.k8s.io/v1beta1",
            command: "gke-gcloud-auth-plugin",
            installHint: "install gke-gcloud-auth-plugin: gcloud components install gke-gcloud-auth-plugin",
            provideClusterInfo: true,
          },
        },
      },
    ],
  });
}

import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

const POOL = "mpegflow-eks";

/**
 * Lets Google trust the cluster's tokens: the coordinators' service account then is a principal of Google's, without a
 * key. What Google is shown, and where, is in a file without a secret.
 *
 * Source: https://docs.cloud.google.com/iam/docs/workload-identity-federation-with-kubernetes
 */
export function federation(args: {
  projectId: string;
  projectNumber: string;
  issuer: pulumi.Input<string>;
  namespace: string;
}) {
  const pool = new gcp.iam.WorkloadIdentityPool(POOL, {
    project: args.projectId,
    workloadIdentityPoolId: POOL,
    displayName: "Clusters of EKS",
  });
  const provider = new gcp.iam.WorkloadIdentityPoolProvider(POOL, {
    project: args.projectId,
    workloadIdentityPoolId: pool.workloadIdentityPoolId,
    workloadIdentityPoolProviderId: "amazon-eks",
    attributeMapping: { "google.subject": "assertion.sub" },
    attributeCondition: `assertion.sub.startsWith("system:serviceaccount:${args.namespace}:")`,
    oidc: { issuerUri: args.issuer },
  });
  const pools = `projects/${args.projectNumber}/locations/global/workloadIdentityPools`;
  const name = pulumi.interpolate`//iam.googleapis.com/${pools}/${POOL}/providers/${provider.workloadIdentityPoolProviderId}`;
  return {
    audience: pulumi.interpolate`https:${name}`,
    principal: pulumi.interpolate`principal://iam.googleapis.com/${pools}/${pool.workloadIdentityPoolId}/subject/system:serviceaccount:${args.namespace}:coordinator`,
    configuration: pulumi.jsonStringify({
      type: "external_account",
      audience: name,
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
      token_url: "https://sts.googleapis.com/v1/token",
      credential_source: { file: "/var/run/secrets/google/token" },
    }),
  };
}

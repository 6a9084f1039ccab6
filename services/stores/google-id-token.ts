import { GoogleAuth, Impersonated } from "google-auth-library";

/** Makes a token that Google has signed, for an audience fixed beforehand. */
export type IdToken = () => Promise<string>;

/**
 * Tokens of a service account in whose name this process may ask for them: `iam.serviceAccounts.getOpenIdToken` on it,
 * as `roles/iam.serviceAccountOpenIdTokenCreator` grants. A workload of GKE has no such token of its own: its identity
 * is federated, and AWS trusts service accounts.
 *
 * Source: https://docs.cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateIdToken
 */
export function serviceAccountIdToken(options: { serviceAccount: string; audience: string }): IdToken {
  const auth = new GoogleAuth({ scopes: ["https://www.googleapis.com/auth/cloud-platform"] });
  return async () => {
    const account = new Impersonated({
      sourceClient: await auth.getClient(),
      targetPrincipal: options.serviceAccount,
      targetScopes: [],
    });
    return account.fetchIdToken(options.audience, { includeEmail: false });
  };
}

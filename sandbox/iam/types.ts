/** An IAM policy as Google's APIs give it. https://docs.cloud.google.com/iam/docs/reference/rest/v1/Policy */
export interface Policy {
  version: 1;
  etag: string;
  bindings: { role: string; members: string[] }[];
}

/** Decides as Cloud IAM does: allowed only when a binding on the resource grants a role that holds the permission. */
export interface Authorizer {
  /**
   * @param principal an IAM member string: `serviceAccount:…`, `principal://…`, `user:…`
   * @param permission e.g. `storage.objects.get`
   * @param resource full resource name, e.g. `//storage.googleapis.com/projects/_/buckets/media`
   */
  allows(principal: string, permission: string, resource: string): boolean;
  /** What is granted on the resource itself, not what it inherits from its project. */
  policy(resource: string): Policy;
  /** Whether a service account of that e-mail address exists and is enabled. */
  serviceAccountExists(email: string): boolean;
}

/** Bearer tokens of the sandbox: opaque outside, a principal and an expiry inside. */
export interface Tokens {
  issue(principal: string, ttlSeconds: number): string;
  /** The principal, or undefined for a token that is not ours or has expired. */
  verify(token: string): string | undefined;
}

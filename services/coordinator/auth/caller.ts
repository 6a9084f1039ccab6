import type { JobRecord } from "../../protocol/index.ts";

/** A pod of Kubernetes. Its UID is its own for good, in every cluster. */
export type Pod = NonNullable<NonNullable<JobRecord["worker"]>["pod"]>;

/** Who made a request, as far as that was proven. */
export interface Caller {
  /** `system:serviceaccount:NAMESPACE:NAME`, the e-mail address of a Google account, or `anonymous`. */
  readonly subject: string;
  /** The pod that the token is bound to; a worker has one wherever callers are proven at all. */
  readonly pod?: Pod;
}

/** The three kinds of callers that prove who they are; what a lease allows is proven by its own token. */
export const roles = ["worker", "scaler", "client"] as const;
export type Role = (typeof roles)[number];

/**
 * Tells who sent a bearer token, if that may act in the role.
 *
 * @param token undefined when the request carried none
 * @param onReview called before somebody is asked about a token that was never found to be good; throws to prevent that
 * @throws Problem 401 for no token or one that is not (or no longer) good, 403 for somebody else's, 503 when nobody can tell
 */
export type Authenticate = (role: Role, token: string | undefined, onReview?: () => void) => Promise<Caller>;

/** Lets everybody do everything: for a coordinator that only trusted processes reach. */
export const trustEverybody: Authenticate = () => Promise.resolve({ subject: "anonymous" });

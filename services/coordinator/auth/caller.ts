import type { JobRecord } from "../../protocol/index.ts";

/** A Kubernetes pod. Its UID is unique across clusters and time. */
export type Pod = NonNullable<NonNullable<JobRecord["worker"]>["pod"]>;

/** The authenticated caller of a request. */
export interface Caller {
  /** `system:serviceaccount:NAMESPACE:NAME`, the e-mail address of a Google account, or `anonymous`. */
  readonly subject: string;
  /** The pod that the token is bound to; set for workers unless authentication is off. */
  readonly pod?: Pod;
}

/** The roles of authenticated callers. Calls of a lease are authenticated by the lease token. */
export const roles = ["worker", "scaler", "client"] as const;
export type Role = (typeof roles)[number];

/**
 * Authenticates a bearer token for a role.
 *
 * @param token undefined when the request carried none
 * @param onReview called before somebody is asked about a token that was never found to be good; throws to prevent that
 * @param address of the sender: those of several take turns where many tokens have to be asked about
 * @throws Problem 401 for no token or one that is not (or no longer) good, 403 for somebody else's, 503 when nobody can tell
 */
export type Authenticate = (
  role: Role,
  token: string | undefined,
  onReview?: () => void,
  address?: string,
) => Promise<Caller>;

/** Allows everything to everyone: for a coordinator that only trusted processes reach. */
export const trustEverybody: Authenticate = () => Promise.resolve({ subject: "anonymous" });

/** Authentication and authorization of callers. */
export { type AuthParts, authenticateBy } from "./authenticate.ts";
export { type Authenticate, type Caller, type Pod, type Role, trustEverybody } from "./caller.ts";
export { type AuthConfig, authConfig, authProblems, type KubernetesAuth } from "./config.ts";
export { googleTokens, type ReviewGoogleToken } from "./google-token.ts";
export { type ReviewToken, tokenReviews } from "./token-review.ts";

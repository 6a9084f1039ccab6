/** A local Secret Manager: versions, states and access checks, over Google's REST paths. */
export { openSecrets, type Secrets } from "./secrets.ts";
export { secretsServer } from "./server.ts";

/** A local Cloud IAM: policies, bearer tokens, and signatures in a service account's name. */
export { openAccountKeys, type AccountKeys } from "./account-keys.ts";
export { bindingSchema, type Binding } from "./binding.ts";
export { credentialsServer } from "./credentials-server.ts";
export type { CustomRole } from "./custom-roles.ts";
export { openIam, parseServiceAccount, type Iam, type ServiceAccount } from "./iam.ts";
export { signedTokens } from "./tokens.ts";
export type { Authorizer, Policy, Tokens } from "./types.ts";

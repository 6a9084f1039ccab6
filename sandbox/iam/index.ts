/** A local Cloud IAM: who may do what, and the bearer tokens that say who asks. */
export {
  bindingSchema,
  openIam,
  parseServiceAccount,
  type Binding,
  type Iam,
  type ServiceAccount,
} from "./iam.ts";
export { signedTokens } from "./tokens.ts";
export type { Authorizer, Tokens } from "./types.ts";

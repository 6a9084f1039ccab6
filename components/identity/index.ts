export { BrokerIdentity, type BrokerIdentityArgs } from "./broker-identity.ts";
export type {
  BrokerIdentityResources,
  HmacKeyResources,
  SignerResources,
} from "./broker-identity-resources.ts";
export { namedMember } from "./grants.ts";
export { HmacKeyState, MAX_HMAC_KEYS, type BrokerHmacKey } from "./hmac-keys.ts";
export { SignerKind } from "./signer-kind.ts";
export { kubernetesPrincipal, type KubernetesPrincipalArgs } from "./principal.ts";
export { projectNumberOf, pubsubServiceAgent, type ProjectReference } from "./project.ts";
export type { StoredSecretResources } from "./stored-secret.ts";

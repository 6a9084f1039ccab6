export { KeyProtectionLevel, type EncryptionArgs } from "./encryption-args.ts";
export { customerSuppliedKeyProblems, type CustomerSuppliedKeyUse } from "./customer-supplied-keys.ts";
export type { EncryptionResources } from "./encryption-resources.ts";
export { Encryption } from "./encryption.ts";
export { keyRingLocation } from "./key-ring-location.ts";
export { EncryptedService } from "./services.ts";

export { KeyProtectionLevel } from "./arguments.ts";
export { customerSuppliedKeyProblems, type CustomerSuppliedKeyUse } from "./customer-supplied-keys.ts";
export { Encryption, type EncryptionArgs } from "./encryption.ts";
export { keyRingLocation } from "./key-ring-location.ts";
export { EncryptedService } from "./services.ts";

import type * as gcp from "@pulumi/gcp";

/** What an {@link Encryption} made. */
export interface EncryptionResources {
  /** The key ring; undefined if `existingKeyRing` or `existingKeyName` names one. */
  readonly keyRing: gcp.kms.KeyRing | undefined;
  /** The key; undefined if `existingKeyName` names one. */
  readonly key: gcp.kms.CryptoKey | undefined;
  /** The right to use the key, by the service that has it, as `services` names it. */
  readonly grants: Readonly<Record<string, gcp.kms.CryptoKeyIAMMember>>;
  /** The services' own accounts, by service; of those alone whose account is made by declaring it. */
  readonly serviceIdentities: Readonly<Record<string, gcp.projects.ServiceIdentity>>;
}

import type * as pulumi from "@pulumi/pulumi";
import type { Placement } from "../placement/index.ts";
import type { EncryptedService } from "./services.ts";

/** Where the key material is. Source: https://docs.cloud.google.com/kms/docs/protection-levels */
export const KeyProtectionLevel = {
  /** In software. */
  SOFTWARE: "SOFTWARE",
  /** In hardware security modules (Cloud HSM), which most but not all locations have. */
  HSM: "HSM",
} as const;
export type KeyProtectionLevel = (typeof KeyProtectionLevel)[keyof typeof KeyProtectionLevel];

/** Arguments of {@link Encryption}. */
export interface EncryptionArgs {
  /** Placement of the bucket: it decides where the key has to be (`keyRingLocation`). */
  readonly placement: Placement;
  /** Project id: of the key and of the services that use it. */
  readonly projectId: string;
  /** Project number; when given, a preview looks nothing up. @default looked up */
  readonly projectNumber?: pulumi.Input<string>;
  /**
   * Services that will use the key. Taking one away takes its grant away, without which its data cannot be read; that
   * is why the grants are protected.
   * @default storage and pubsub
   */
  readonly services?: EncryptedService[];
  /**
   * E-mail address with which Cloud Logging uses keys, where `logging` is among the services: `kmsServiceAccountId` of
   * `gcloud logging settings describe`. No rule makes it from the project number. @default looked up
   */
  readonly loggingServiceAccount?: pulumi.Input<string>;
  /**
   * Location of the key ring, for keys that no bucket uses: a log bucket's region, `global` for topics alone.
   * @default the one that the bucket needs
   */
  readonly location?: string;
  /**
   * Name of the key ring, 1 to 63 letters, digits, `_` and `-`. Key rings can never be deleted, so a name can be used
   * once only. @default the component's name with a random suffix, which does not collide when a stack is made again
   */
  readonly keyRingName?: string;
  /** The key ring of that name is there already: it is used, and not managed. @default false */
  readonly existingKeyRing?: boolean;
  /**
   * Name of the key, 1 to 63 letters, digits, `_` and `-`. Keys can never be deleted either.
   * @default the component's name with a random suffix
   */
  readonly keyName?: string;
  /**
   * Full name of a key that is there already, `projects/P/locations/L/keyRings/R/cryptoKeys/K`: only the grants on it are
   * made. @default a new key
   */
  readonly existingKeyName?: string;
  /**
   * Days after which Cloud KMS makes a new version of the key, 1 to 36500. What is encrypted already stays with its
   * version, and readable. Source: https://docs.cloud.google.com/kms/docs/key-rotation
   * @default 90
   */
  readonly rotationPeriodDays?: number;
  /** Where the key material is; a change replaces the key, which its protection refuses. @default SOFTWARE */
  readonly protectionLevel?: KeyProtectionLevel;
  /**
   * Days for which a destroyed version of the key can be restored, 1 to 120; a change replaces the key, which its
   * protection refuses. Source: https://docs.cloud.google.com/kms/docs/create-key#soft_delete
   * @default 30
   */
  readonly destroyScheduledDurationDays?: number;
  /** Labels of the key; key rings have none. @default none */
  readonly labels?: Record<string, pulumi.Input<string>>;
  /**
   * Lets `pulumi destroy` destroy the key's versions, and with them all that is encrypted by it; for development only.
   * Key and key ring themselves stay in the project for ever. @default false
   */
  readonly disposable?: boolean;
}

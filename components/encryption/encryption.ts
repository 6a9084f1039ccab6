import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type { Placement } from "../placement/index.ts";
import { problems, shown } from "../validation/index.ts";
import {
  DESTROY_SCHEDULED_DAYS,
  encryptionProblems,
  existingKey,
  KeyProtectionLevel,
  locationOf,
  ROTATION_DAYS,
} from "./arguments.ts";
import { serviceAgent } from "./service-agents.ts";
import { DEFAULT_SERVICES, type EncryptedService } from "./services.ts";

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

const DAY_SECONDS = 86_400;
const ROLE = "roles/cloudkms.cryptoKeyEncrypterDecrypter";

/**
 * A customer-managed encryption key (CMEK) for a platform: key ring, key, rotation, and the grants with which Google's
 * services use it. Pass {@link kmsKeyName} on: whoever takes it waits for the grants, without which Google refuses to
 * make a bucket or a topic with that key.
 *
 * @example
 * const { kmsKeyName } = new Encryption("media", { placement, projectId, projectNumber });
 * new MediaBucket("media", { placement, accessPattern, kmsKeyName });
 */
export class Encryption extends pulumi.ComponentResource {
  /** Full name of the key. Known only when every grant on it is made. */
  readonly kmsKeyName: pulumi.Output<string>;
  /** `projects/P/locations/L/keyRings/R`. */
  readonly keyRingId: pulumi.Output<string>;
  /** Location of key ring and key, as Cloud KMS spells it: `nam4`, `us`, `us-central1`. */
  readonly location: pulumi.Output<string>;

  /** @throws InvalidArguments naming every wrong argument */
  constructor(name: string, args: EncryptionArgs, opts?: pulumi.ComponentResourceOptions) {
    const found = problems();
    found.addAll(encryptionProblems(name, args));
    found.throwIfAny(`Encryption ${shown(name)}`);
    super("mpegflow-gcs:index:Encryption", name, args, opts);

    const kept = args.disposable !== true;
    const guarded = { parent: this, protect: opts?.protect ?? kept };
    const existing = existingKey(args);
    const { keyId, keyRingId } = existing
      ? { keyId: pulumi.output(existing.name), keyRingId: pulumi.output(existing.keyRingId) }
      : newKey(name, args, kept, guarded);

    const grants = (args.services ?? DEFAULT_SERVICES).map((service) => {
      const { member, after } = serviceAgent(service, args, name, this);
      return new gcp.kms.CryptoKeyIAMMember(
        `${name}-${service}`,
        { cryptoKeyId: keyId, role: ROLE, member },
        { ...guarded, dependsOn: after },
      );
    });

    this.kmsKeyName = pulumi.all([keyId, pulumi.all(grants.map(({ id }) => id))]).apply(([id]) => id);
    this.keyRingId = keyRingId;
    this.location = pulumi.output(locationOf(args));
    this.registerOutputs({
      kmsKeyName: this.kmsKeyName,
      keyRingId: this.keyRingId,
      location: this.location,
    });
  }
}

interface Key {
  readonly keyId: pulumi.Output<string>;
  readonly keyRingId: pulumi.Output<string>;
}

function newKey(
  name: string,
  args: EncryptionArgs,
  kept: boolean,
  guarded: pulumi.CustomResourceOptions,
): Key {
  const location = locationOf(args);
  const { projectId, keyRingName, keyName } = args;
  const keyRingId =
    args.existingKeyRing === true && keyRingName !== undefined
      ? pulumi.output(`projects/${projectId}/locations/${location}/keyRings/${keyRingName}`)
      : new gcp.kms.KeyRing(
          name,
          { location, project: projectId, ...(keyRingName !== undefined && { name: keyRingName }) },
          guarded,
        ).id;
  const key = new gcp.kms.CryptoKey(
    name,
    {
      keyRing: keyRingId,
      ...(keyName !== undefined && { name: keyName }),
      purpose: "ENCRYPT_DECRYPT",
      rotationPeriod: seconds(args.rotationPeriodDays ?? ROTATION_DAYS.default),
      destroyScheduledDuration: seconds(args.destroyScheduledDurationDays ?? DESTROY_SCHEDULED_DAYS.default),
      versionTemplate: {
        algorithm: "GOOGLE_SYMMETRIC_ENCRYPTION",
        protectionLevel: args.protectionLevel ?? KeyProtectionLevel.SOFTWARE,
      },
      ...(args.labels && { labels: args.labels }),
      deletionPolicy: kept ? "PREVENT" : "DELETE",
    },
    guarded,
  );
  return { keyId: key.id, keyRingId };
}

const seconds = (days: number): string => `${days * DAY_SECONDS}s`;

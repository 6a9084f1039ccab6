import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { problems, shown, requireArguments } from "../validation/index.ts";
import { KeyProtectionLevel, type EncryptionArgs } from "./encryption-args.ts";
import {
  DESTROY_SCHEDULED_DAYS,
  encryptionProblems,
  existingKey,
  locationOf,
  ROTATION_DAYS,
} from "./encryption-checks.ts";
import { serviceAgent } from "./service-agents.ts";
import { DEFAULT_SERVICES } from "./services.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

const DAY_SECONDS = 86_400;
const ROLE = "roles/cloudkms.cryptoKeyEncrypterDecrypter";

/**
 * A customer-managed encryption key (CMEK) for a platform: key ring, key, rotation, and the grants that let Google's
 * services use it. Resources that take {@link kmsKeyName} wait for the grants, without which Google refuses to create a
 * bucket or a topic with that key.
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
    requireArguments(`Encryption ${shown(name)}`, args, { placement: "object", projectId: "value" });
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
          { location, project: projectId, ...withoutUndefined({ name: keyRingName }) },
          guarded,
        ).id;
  const key = new gcp.kms.CryptoKey(
    name,
    {
      keyRing: keyRingId,
      ...withoutUndefined({ name: keyName }),
      purpose: "ENCRYPT_DECRYPT",
      rotationPeriod: seconds(args.rotationPeriodDays ?? ROTATION_DAYS.default),
      destroyScheduledDuration: seconds(args.destroyScheduledDurationDays ?? DESTROY_SCHEDULED_DAYS.default),
      versionTemplate: {
        algorithm: "GOOGLE_SYMMETRIC_ENCRYPTION",
        protectionLevel: args.protectionLevel ?? KeyProtectionLevel.SOFTWARE,
      },
      ...withoutUndefined({ labels: args.labels }),
      deletionPolicy: kept ? "PREVENT" : "DELETE",
    },
    guarded,
  );
  return { keyId: key.id, keyRingId };
}

const seconds = (days: number): string => `${days * DAY_SECONDS}s`;

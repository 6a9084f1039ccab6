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
import type { EncryptionResources } from "./encryption-resources.ts";
import { serviceAgent } from "./service-agents.ts";
import { madeResources } from "../properties/made-resources.ts";
import { DEFAULT_SERVICES } from "./services.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

const DAY_SECONDS = 86_400;
const ROLE = "roles/cloudkms.cryptoKeyEncrypterDecrypter";

const made = madeResources<EncryptionResources>();

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

  /** The resources that it made, for programs in TypeScript. */
  get resources(): EncryptionResources {
    return made.of(this);
  }

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
    const { keyId, keyRingId, keyRing, key } = existing
      ? {
          keyId: pulumi.output(existing.name),
          keyRingId: pulumi.output(existing.keyRingId),
          keyRing: undefined,
          key: undefined,
        }
      : newKey(name, args, kept, guarded);

    const services = (args.services ?? DEFAULT_SERVICES).map((service) => {
      const { member, identity } = serviceAgent(service, args, name, this);
      const grant = new gcp.kms.CryptoKeyIAMMember(
        `${name}-${service}`,
        { cryptoKeyId: keyId, role: ROLE, member },
        { ...guarded, dependsOn: identity ? [identity] : [] },
      );
      return { service, grant, identity };
    });
    made.keep(this, {
      keyRing,
      key,
      grants: Object.fromEntries(services.map(({ service, grant }) => [service, grant])),
      serviceIdentities: Object.fromEntries(
        services.flatMap(({ service, identity }) => (identity ? [[service, identity]] : [])),
      ),
    });

    this.kmsKeyName = pulumi
      .all([keyId, pulumi.all(services.map(({ grant }) => grant.id))])
      .apply(([id]) => id);
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
  readonly keyRing: gcp.kms.KeyRing | undefined;
  readonly key: gcp.kms.CryptoKey;
}

function newKey(
  name: string,
  args: EncryptionArgs,
  kept: boolean,
  guarded: pulumi.CustomResourceOptions,
): Key {
  const { keyRing, keyRingId } = ringOf(name, args, guarded);
  const key = new gcp.kms.CryptoKey(
    name,
    {
      keyRing: keyRingId,
      ...withoutUndefined({ name: args.keyName }),
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
  return { keyId: key.id, keyRingId, keyRing, key };
}

function ringOf(
  name: string,
  args: EncryptionArgs,
  guarded: pulumi.CustomResourceOptions,
): Pick<Key, "keyRing" | "keyRingId"> {
  const location = locationOf(args);
  const { projectId, keyRingName } = args;
  if (args.existingKeyRing === true && keyRingName !== undefined) {
    const path = `projects/${projectId}/locations/${location}/keyRings/${keyRingName}`;
    return { keyRing: undefined, keyRingId: pulumi.output(path) };
  }
  const keyRing = new gcp.kms.KeyRing(
    name,
    { location, project: projectId, ...withoutUndefined({ name: keyRingName }) },
    guarded,
  );
  return { keyRing, keyRingId: keyRing.id };
}

const seconds = (days: number): string => `${days * DAY_SECONDS}s`;

import { keyRingLocation } from "../../../components/encryption/key-ring-location.ts";
import { permissionCovers, rolePermissions } from "../../iam/roles.ts";
import type { Cloud } from "../cloud.ts";
import { Refusal } from "../refusal.ts";
import { listOf, objectOf, textOf, type Value } from "../values.ts";
import { cryptoKeyId, findCryptoKey } from "./kms.ts";

/** The services whose use of keys is checked. */
type KeyUser = "storage" | "pubsub";

const agents: Readonly<Record<KeyUser, string>> = {
  storage: "gs-project-accounts",
  pubsub: "gcp-sa-pubsub",
};

/**
 * Refuses, as Google does, a key that is not there, that has no version to encrypt with, or that the service's agent
 * may not use. Cloud Storage's words are Google's; see
 * https://github.com/hashicorp/terraform-provider-google/issues/10310.
 */
export async function requireKey(kmsKeyName: Value | undefined, user: KeyUser, cloud: Cloud): Promise<void> {
  const given = textOf(kmsKeyName);
  if (given === undefined) return;
  const id = cryptoKeyId(given, cloud.projectId);
  const key = await findCryptoKey(cloud, id);
  if (key === undefined) throw new Refusal(`Cloud KMS key ${id} not found`);
  const agent = `service-${cloud.projectNumber}@${agents[user]}.iam.gserviceaccount.com`;
  if (!(await mayEncrypt(agent, id, cloud))) {
    throw new Refusal(
      user === "storage"
        ? "Permission denied on Cloud KMS key. Please ensure that your Cloud Storage service account has been authorized " +
            `to use this key. (${agent} on ${id})`
        : `Cloud Pub/Sub may not use the key ${id}: grant the role Cloud KMS CryptoKey Encrypter/Decrypter on it to ${agent}`,
    );
  }
  const [primary] = listOf(key["primaries"]).map(objectOf);
  if (primary?.["state"] !== "ENABLED") {
    throw new Refusal(
      `Cloud KMS key ${id} has no enabled primary version: it was destroyed, or never had one`,
    );
  }
}

/** Refuses a key that is not where the bucket is. The words are Google's: googleapis/google-cloud-go#1787. */
export function requireKeyLocation(kmsKeyName: Value | undefined, bucketLocation: Value | undefined): void {
  const [, keyLocation] = /\/locations\/([^/]+)\//.exec(textOf(kmsKeyName) ?? "") ?? [];
  const location = textOf(bucketLocation);
  if (keyLocation === undefined || location === undefined) return;
  if (keyLocation !== keyRingLocation({ location })) {
    throw new Refusal(
      `Cloud KMS region '${keyLocation}' not available for use with GCS region '${location.toUpperCase()}'.`,
    );
  }
}

const useToEncrypt = "cloudkms.cryptoKeyVersions.useToEncrypt";

/** Predefined roles on the key, on its key ring, and on the project count. */
async function mayEncrypt(agent: string, keyId: string, cloud: Cloud): Promise<boolean> {
  const bindings = await cloud.control({ method: "GET", path: ["iam", "bindings"] });
  const resources = [
    `//cloudkms.googleapis.com/${keyId}`,
    `//cloudkms.googleapis.com/${keyId.replace(/\/cryptoKeys\/.*$/, "")}`,
    `//cloudresourcemanager.googleapis.com/projects/${cloud.projectId}`,
  ];
  return Object.values(bindings)
    .map(objectOf)
    .some(
      ({ resource, member, role }) =>
        resources.includes(textOf(resource) ?? "") &&
        member === `serviceAccount:${agent}` &&
        (rolePermissions[textOf(role) ?? ""] ?? []).some((granted) =>
          permissionCovers(granted, useToEncrypt),
        ),
    );
}

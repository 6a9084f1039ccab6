import { projectId, projectNumber } from "../local-cloud.ts";
import type { Example } from "./example.ts";

const ring = `projects/${projectId}/locations/nam4/keyRings/media`;
const agent = `service-${projectNumber}@gcp-sa-pubsub.iam.gserviceaccount.com`;
const member = `serviceAccount:${agent}`;
const role = "roles/cloudkms.cryptoKeyEncrypterDecrypter";

/** In the order of their dependencies. */
export const kmsExamples: Example[] = [
  {
    type: "gcp:kms/keyRing:KeyRing",
    inputs: { name: "media", location: "nam4" },
    id: ring,
    importIds: [`${projectId}/nam4/media`, "nam4/media"],
    remains: { name: "own-copy", location: "nam4" },
    outputs: { project: projectId },
  },
  {
    type: "gcp:kms/cryptoKey:CryptoKey",
    inputs: {
      name: "objects",
      keyRing: ring,
      rotationPeriod: "7776000s",
      destroyScheduledDuration: "2592000s",
      versionTemplate: { algorithm: "GOOGLE_SYMMETRIC_ENCRYPTION", protectionLevel: "HSM" },
      labels: { team: "video" },
    },
    update: { rotationPeriod: "86400s", labels: { team: "playout" } },
    id: `${ring}/cryptoKeys/objects`,
    importIds: [`${ring}/objects`],
    remains: { name: "own-copy", primaries: [] },
    outputs: {
      purpose: "ENCRYPT_DECRYPT",
      importOnly: false,
      primaries: [{ name: `${ring}/cryptoKeys/objects/cryptoKeyVersions/1`, state: "ENABLED" }],
    },
  },
  {
    type: "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
    inputs: { cryptoKeyId: `${ring}/cryptoKeys/objects`, role, member },
    id: `${ring}/cryptoKeys/objects/${role}/${member}`,
    importIds: [
      `${ring}/cryptoKeys/objects ${role} ${member}`,
      `${projectId}/nam4/media/objects ${role} ${member}`,
      `nam4/media/objects ${role} ${member}`,
    ],
    outputs: { cryptoKeyId: `${ring}/cryptoKeys/objects` },
  },
  {
    type: "gcp:projects/serviceIdentity:ServiceIdentity",
    inputs: { service: "pubsub.googleapis.com" },
    id: `projects/${projectId}/services/pubsub.googleapis.com`,
    stateOnly: true,
    outputs: { email: agent, member, project: projectId },
  },
];

import {
  EncryptedService,
  Encryption,
  multiRegion,
  PlacementKind,
  predefined,
  type EncryptionArgs,
} from "../../../components/index.ts";
import type { Refusal } from "./refusal.ts";

const good = { placement: predefined("NAM4"), projectId: "my-project", projectNumber: "123456789012" };
const EXISTING = "projects/keys/locations/nam4/keyRings/shared/cryptoKeys/media";
const SERVICES =
  "one or more of storage, pubsub, logging, bigquery, secretmanager, artifactregistry, container";

const encryption = (when: string, args: Partial<EncryptionArgs>, ...says: string[]): Refusal => ({
  when,
  make: () => new Encryption("media", { ...good, ...args }),
  subject: 'Encryption "media"',
  says,
});

export const encryptionRefusals: Refusal[] = [
  encryption(
    "no service",
    { services: [] },
    `services: given []; allowed: ${SERVICES}. Fix: name the services that will use the key`,
  ),
  encryption(
    "a service that it does not know",
    { services: ["storage", "gke" as EncryptedService] },
    `services[1]: given "gke"; allowed: ${SERVICES}. Fix: use a name of this list`,
  ),
  encryption(
    "a service twice",
    { services: [EncryptedService.PubSub, EncryptedService.PubSub] },
    'services: given "pubsub" more than once; allowed: each service once. Fix: remove the repetition',
  ),
  encryption(
    "rotation more often than daily",
    { rotationPeriodDays: 0.5 },
    "rotationPeriodDays: given 0.5; allowed: a whole number from 1 to 36500. Fix: use a number in that range",
  ),
  encryption(
    "rotation less often than every 100 years",
    { rotationPeriodDays: 36_501 },
    "rotationPeriodDays: given 36501; allowed: a whole number from 1 to 36500. Fix: use a number in that range",
  ),
  encryption(
    "a longer time to restore than Cloud KMS has",
    { destroyScheduledDurationDays: 121 },
    "destroyScheduledDurationDays: given 121; allowed: a whole number from 1 to 120. Fix: use a number in that range",
  ),
  encryption(
    "a protection level that it does not make",
    { protectionLevel: "EXTERNAL" as "HSM" },
    'protectionLevel: given "EXTERNAL"; allowed: SOFTWARE or HSM. Fix: use one of these; a key that an external manager holds is adopted by existingKeyName',
  ),
  encryption(
    "names that Cloud KMS does not have, both at once",
    { keyRingName: "my ring", keyName: "" },
    'keyRingName: given "my ring"; allowed: 1 to 63 letters, digits, _ and -. Fix: use another name, or leave it out to have one made from the component\'s name',
    'keyName: given ""; allowed: 1 to 63 letters, digits, _ and -. Fix: use another name, or leave it out to have one made from the component\'s name',
  ),
  {
    when: "a name of its own that no key can have",
    make: () => new Encryption("media.eu", good),
    subject: 'Encryption "media.eu"',
    says: [
      'name: given "media.eu"; allowed: 1 to 55 letters, digits, _ and -. Reason: names of key ring and key are made of it and 8 more characters. Fix: give the component another name, or set keyRingName and keyName',
    ],
  },
  encryption(
    "an existing key ring without its name",
    { existingKeyRing: true },
    "keyRingName: given nothing together with existingKeyRing; allowed: the name of a key ring that is there. Fix: name it, or leave existingKeyRing out to have a new one",
  ),
  encryption(
    "a key elsewhere than the bucket",
    { placement: multiRegion("EU"), location: "eur4" },
    "location: given a key in eur4 for a bucket in EU; allowed: europe. Reason: Cloud Storage accepts only keys in the bucket's location, or in the corresponding KMS location. Fix: use a key there, or leave storage out of services",
  ),
  encryption(
    "an existing key elsewhere than the bucket",
    { existingKeyName: "projects/keys/locations/global/keyRings/shared/cryptoKeys/media" },
    "existingKeyName: given a key in global for a bucket in NAM4; allowed: nam4. Reason: Cloud Storage accepts only keys in the bucket's location, or in the corresponding KMS location. Fix: use a key there, or leave storage out of services",
  ),
  encryption(
    "a key in a dual-region for secrets",
    { services: [EncryptedService.SecretManager] },
    "location: given a key in nam4 for secretmanager; allowed: a region, or global. Reason: Secret Manager takes a key from each replica's region, or from global. Fix: leave secretmanager out of services here, and make another Encryption for each replica's region",
  ),
  encryption(
    "an existing key by something else than its name",
    { existingKeyName: `${EXISTING}/cryptoKeyVersions/1` },
    `existingKeyName: given "${EXISTING}/cryptoKeyVersions/1"; allowed: projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY. Fix: use the name that \`gcloud kms keys list\` shows, without a version`,
  ),
  encryption(
    "settings of a new key for an existing one",
    { existingKeyName: EXISTING, rotationPeriodDays: 30, labels: { team: "video" } },
    "rotationPeriodDays: given a value together with existingKeyName; allowed: nothing with an existing key. Reason: an existing key is used unchanged; the component only adds grants on it. Fix: leave one of the two out",
    "labels: given a value together with existingKeyName; allowed: nothing with an existing key. Reason: an existing key is used unchanged; the component only adds grants on it. Fix: leave one of the two out",
  ),
  encryption(
    "Cloud Logging's account where logging uses no key",
    { loggingServiceAccount: "service-7@gcp-sa-logging.iam.gserviceaccount.com" },
    "loggingServiceAccount: given an address without logging among services; allowed: nothing, or logging among services. Fix: add logging to services, or leave the address out",
  ),
  encryption(
    "Cloud Logging's account as an IAM member",
    {
      services: [EncryptedService.Logging],
      loggingServiceAccount: "serviceAccount:service-7@gcp-sa-logging.iam.gserviceaccount.com",
    },
    'loggingServiceAccount: given "serviceAccount:service-7@gcp-sa-logging.iam.gserviceaccount.com"; allowed: the e-mail address of a service account. Fix: use kmsServiceAccountId of `gcloud logging settings describe --project PROJECT_ID`',
  ),
  encryption(
    "a project's number in place of its id, and the other way round",
    { projectId: "123456789012", projectNumber: "my-project" },
    'projectId: given "123456789012"; allowed: a project id: 6 to 30 characters of a-z, 0-9 and -, starting with a letter. Fix: use the id, as `gcloud projects list` shows it, neither the name nor the number',
    'projectNumber: given "my-project"; allowed: a project number: digits only. Fix: use the number that `gcloud projects describe PROJECT_ID` shows',
  ),
  encryption(
    "a placement that Google does not offer, of which no location follows",
    {
      placement: {
        kind: PlacementKind.DualRegion,
        location: "NAM4",
        dataLocations: ["US-EAST1", "US-WEST1"],
        regions: [],
      },
    },
    'placement.dataLocations: given ["US-EAST1","US-WEST1"]; allowed: none with location NAM4. Reason: NAM4 already stands for us-central1 and us-east1, and data locations must not be combined with it. Fix: leave dataLocations out, or use one of the codes that take them (ASIA, AU, CA, DE, EU, IN, IT, US)',
  ),
];

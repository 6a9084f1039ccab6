import {
  BrokerIdentity,
  Coordinator,
  SignerKind,
  type BrokerIdentityArgs,
  type CoordinatorArgs,
} from "../../../components/index.ts";
import type { Refusal } from "./refusal.ts";

const good: BrokerIdentityArgs = {
  projectId: "my-project",
  bucket: "media",
  regions: ["us-central1", "us-east1"],
  coordinatorPrincipals: ["principal://coordinator"],
};
const { Hmac } = SignerKind;
const keyIn = (region: string) => `projects/k/locations/${region}/keyRings/r/cryptoKeys/secrets`;

const broker = (when: string, args: Partial<BrokerIdentityArgs>, ...says: string[]): Refusal => ({
  when,
  make: () => new BrokerIdentity("broker", { ...good, ...args }),
  subject: 'BrokerIdentity "broker"',
  says,
});

export const brokerIdentityRefusals: Refusal[] = [
  broker(
    "a kind of signer that does not exist",
    { signer: "RSA" as typeof Hmac },
    'signer: given "RSA"; allowed: "SIGN_BLOB" or "HMAC". Fix: use "SIGN_BLOB", which stores no key',
  ),
  broker(
    "a key that signs, while none does",
    { activeKey: "a" },
    'activeKey: given "a"; allowed: nothing. Reason: signer is SIGN_BLOB, and no HMAC key signs. Fix: leave it out, or set signer: "HMAC"',
  ),
  broker(
    "a role for signBlob, which nobody calls",
    { signer: Hmac, signerRole: "projects/my-project/roles/signer" },
    'signerRole: given "projects/my-project/roles/signer"; allowed: nothing. Reason: with signer HMAC, signBlob is not used. Fix: leave it out, or set signer: "SIGN_BLOB"',
  ),
  broker(
    "a role by its id alone",
    { signerRole: "signer" },
    'signerRole: given "signer"; allowed: the full name of a role, projects/P/roles/R, organizations/O/roles/R or roles/R. Fix: name a role that holds iam.serviceAccounts.signBlob, or leave signerRole out',
  ),
  broker(
    "an unknown or inactive key that should sign, among keys that could",
    { signer: Hmac, hmacKeys: [{ name: "a", state: "INACTIVE" }, { name: "b" }], activeKey: "a" },
    'activeKey: given "a"; allowed: "b". Reason: URLs signed by an INACTIVE or missing key are refused. Fix: name an ACTIVE key, or make this one ACTIVE',
  ),
  broker(
    "HMAC without any key",
    { signer: Hmac, hmacKeys: [] },
    'hmacKeys: given 0 keys; allowed: 1 to 10 keys. Reason: a service account has at most 10 HMAC keys, and the coordinator signs with one. Fix: declare one: [{ name: "a" }]',
  ),
  broker(
    "keys of which none may sign",
    { signer: Hmac, hmacKeys: [{ name: "a", state: "INACTIVE" }] },
    "activeKey: given nothing; allowed: the name of an ACTIVE key, and none is ACTIVE. Reason: URLs signed by an INACTIVE or missing key are refused. Fix: make one key ACTIVE",
  ),
  broker(
    "two keys of one name",
    { signer: Hmac, hmacKeys: [{ name: "a" }, { name: "a" }] },
    'hmacKeys: given "a" more than once; allowed: each name once. Fix: give each key its own name',
  ),
  broker(
    "a name that cannot be part of a resource's, of a key that is on its way out",
    { hmacKeys: [{ name: "2026/11", state: "INACTIVE" }] },
    'hmacKeys[0].name: given "2026/11"; allowed: 1 to 20 characters of a-z, 0-9 and -, not starting or ending with -. Fix: use a short name that says nothing of state or date, such as "a" and "b"',
  ),
  broker(
    "a deleted state, which is reached by leaving the key out",
    { signer: Hmac, hmacKeys: [{ name: "a" }, { name: "b", state: "DELETED" as "INACTIVE" }] },
    'hmacKeys[1].state: given "DELETED"; allowed: ACTIVE or INACTIVE. Fix: to delete a key make it INACTIVE first, then leave it out',
  ),
  broker(
    "an account's id that Google would refuse",
    { signerAccountId: "ab" },
    'signerAccountId: given "ab"; allowed: 6 to 30 characters of a-z, 0-9 and -, starting with a letter, not ending with -. Fix: set signerAccountId, or give the component a shorter name',
  ),
  broker(
    "a second account's id without a second account",
    { readSignerAccountId: "my-reader" },
    'readSignerAccountId: given "my-reader"; allowed: nothing. Reason: separateSigners is false. Fix: leave it out, or set separateSigners',
  ),
  broker(
    "two signers in one account",
    { separateSigners: true, signerAccountId: "signer", readSignerAccountId: "signer" },
    'readSignerAccountId: given "signer"; allowed: another id than signerAccountId. Reason: separate signers are two accounts. Fix: give each its own id, or leave separateSigners out',
  ),
  broker(
    "no region for the secrets",
    { regions: [] },
    "regions: given []; allowed: at least one region. Fix: pass the regions of the bucket's placement",
  ),
  broker(
    "regions as Cloud Storage spells them, and one twice",
    { regions: ["US-CENTRAL1", "us-east1", "us-east1"] },
    'regions[0]: given "US-CENTRAL1"; allowed: regions in lower case, each once. Fix: pass the regions of the bucket\'s placement',
    'regions[2]: given "us-east1"; allowed: regions in lower case, each once. Fix: pass the regions of the bucket\'s placement',
  ),
  broker(
    "a key for one replica of two",
    { kmsKeyNames: { "us-central1": keyIn("us-central1") } },
    'kmsKeyNames["us-east1"]: given nothing; allowed: a key in us-east1. Reason: a secret\'s replicas are encrypted each by a key in its own region, all of them or none. Fix: give the full name of a key of us-east1, or leave kmsKeyNames out',
  ),
  broker(
    "the bucket's multi-region key for a replica",
    { kmsKeyNames: { "us-central1": keyIn("us"), "us-east1": keyIn("us-east1") } },
    'kmsKeyNames["us-central1"]: given "projects/k/locations/us/keyRings/r/cryptoKeys/secrets"; allowed: projects/P/locations/us-central1/keyRings/R/cryptoKeys/K. Reason: Secret Manager takes a key in the replica\'s own location only. Fix: use the full name of a key of us-central1',
  ),
  broker(
    "a key of a region without a replica",
    { regions: ["us-east1"], kmsKeyNames: { "us-east1": keyIn("us-east1"), "us-west1": keyIn("us-west1") } },
    'kmsKeyNames["us-west1"]: given a key; allowed: "us-east1". Reason: no secret is kept in that region. Fix: leave it out, or correct the region',
  ),
  broker(
    "nobody who could sign",
    { coordinatorPrincipals: [] },
    "coordinatorPrincipals: given []; allowed: at least one IAM member. Reason: without one, no coordinator can sign. Fix: pass what kubernetesPrincipal returns for the coordinators' service account",
  ),
  broker(
    "everybody as a coordinator",
    { coordinatorPrincipals: ["allAuthenticatedUsers"] },
    'coordinatorPrincipals[0]: given "allAuthenticatedUsers"; allowed: principal://…, principalSet://…, serviceAccount:…, user:… or group:…. Reason: everyone could sign URLs for all objects in the bucket. Fix: use what kubernetesPrincipal returns for the coordinators\' service account',
  ),
  broker(
    "a Kubernetes service account where its principal belongs",
    { coordinatorPrincipals: ["mpegflow/coordinator"] },
    'coordinatorPrincipals[0]: given "mpegflow/coordinator"; allowed: principal://…, principalSet://…, serviceAccount:…, user:… or group:…. Fix: use what kubernetesPrincipal returns for the coordinators\' service account',
  ),
];

const coordinator = (when: string, args: Partial<CoordinatorArgs>, ...says: string[]): Refusal => ({
  when,
  make: () =>
    new Coordinator("central", {
      region: "us-central1",
      namespace: "mpegflow",
      image: "registry/coordinator:1",
      projectId: "my-project",
      bucket: "media",
      jobsTopic: "jobs",
      jobsSubscription: "jobs",
      jobEventsTopic: "job-events",
      leaseSecretVersion: "projects/my-project/secrets/lease/versions/latest",
      ...args,
    }),
  subject: 'Coordinator "central"',
  says,
});
const signerEmail = "signer@my-project.iam.gserviceaccount.com";
const signerSecretVersion = "projects/my-project/secrets/signer/versions/latest";

export const coordinatorSignerRefusals: Refusal[] = [
  coordinator(
    "no account to sign in the name of",
    {},
    'signerEmail: given nothing; allowed: the signerEmail of the BrokerIdentity. Reason: signer is SIGN_BLOB. Fix: pass it, or set signer: "HMAC"',
  ),
  coordinator(
    "HMAC without a key's secret",
    { signer: Hmac },
    'signerSecretVersion: given nothing; allowed: the signerSecretVersion of the BrokerIdentity. Reason: signer is HMAC. Fix: pass it, or set signer: "SIGN_BLOB"',
  ),
  coordinator(
    "an account and a key's secret, which leaves open what is meant",
    { signerEmail, signerSecretVersion },
    'signerSecretVersion: given a value; allowed: nothing. Reason: signer is SIGN_BLOB. Fix: leave it out, or set signer: "HMAC"',
  ),
  coordinator(
    "more signatures a second than the project has",
    { signerEmail, signBlobPerSecond: 1001 },
    "signBlobPerSecond: given 1001; allowed: a whole number from 1 to 1000. Fix: use a number in that range",
  ),
  coordinator(
    "a kind of signer that does not exist",
    { signer: "hmac" as typeof Hmac, signerSecretVersion },
    'signer: given "hmac"; allowed: "SIGN_BLOB" or "HMAC". Fix: use the signer of the BrokerIdentity',
  ),
];

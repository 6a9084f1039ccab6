import {
  Coordinator,
  EncoderPool,
  type CoordinatorArgs,
  type EncoderPoolArgs,
} from "../../../components/index.ts";
import { coordinatorArgs } from "../workloads/coordinator-world.ts";
import type { Refusal } from "./refusal.ts";
import { CA } from "../workloads/authority.ts";

const coordinator = (when: string, args: Partial<CoordinatorArgs>, ...says: string[]): Refusal => ({
  when,
  make: () => new Coordinator("central", { ...coordinatorArgs, ...args }),
  subject: 'Coordinator "central"',
  says,
});

const NAME = "allowed: 1 to 63 characters of a-z, 0-9 and -. Fix: write the name as Kubernetes has it";
const RANGE =
  "allowed: a range of IPv4 addresses in CIDR notation: 199.36.153.4/30. Fix: write address and length of the prefix";
const HOST =
  'allowed: a host\'s full name in lower case, *. in front for any one label. Fix: write it as in "storage.googleapis.com"';
const BLOCK =
  "allowed: a part of the private addresses: 10.20.0.0/24. " +
  "Reason: it lets out to everything in the network and in those that it is connected to. Fix: name the host's own address or subnet";
const NO_HOST =
  "allowed: addresses of hosts: none of 0.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16 and 224.0.0.0/3. " +
  "Reason: metadata servers, which give out credentials, and the node itself are there. Fix: name the hosts' own ranges";
const wide = (bits: number, fix: string): string =>
  `allowed: a range of /8 or smaller. Reason: a prefix of ${bits} bits lets out to hosts that are nobody's in particular. Fix: name the hosts' own ranges${fix}`;
const EVERY = ", or set publicEgress, or egress.publicAddresses of a platform";
const NO_RANGE =
  "given no range; allowed: one range or more. Reason: Kubernetes takes a rule without a destination for one to every address. " +
  "Fix: name a range, or leave the list out";
const PREFIX =
  "allowed: FOLDER/ of the coordinator's bucket, / for all of it, or gs://BUCKET/FOLDER/, s3://…, r2://…. " +
  'Reason: a prefix that does not end in / would take in its neighbours. Fix: write it as in "ingest/"';
const STRANGER = "Reason: a rule gives nobody the right to call: it limits those who have it.";
const FOREIGN = "Fix: leave it out, or choose another kind";

const CPU =
  'allowed: a Kubernetes quantity of CPU of 1m or more, in steps of 1m. Fix: use a quantity such as "4" or "500m"';
const BYTES =
  'allowed: a Kubernetes quantity of bytes of 1Mi or more. Fix: use a quantity such as "512Mi" or "8Gi"';

export const coordinatorRefusals: Refusal[] = [
  coordinator(
    "amounts of nothing, and of thousandths of a byte",
    { resources: { cpu: "0", memory: "512m" } },
    `resources.cpu: given "0"; ${CPU}`,
    `resources.memory: given "512m"; ${BYTES}`,
  ),
  coordinator(
    "clients that could be nobody",
    {
      clients: {
        serviceAccounts: [{ namespace: "CMS", name: "publisher" }],
        emails: ["editor"],
        ranges: ["10.0.0.0/33"],
      },
    },
    `clients.serviceAccounts[0].namespace: given "CMS"; ${NAME}`,
    'clients.emails[0]: given "editor"; allowed: the e-mail address of a Google account. Fix: write the whole address',
    `clients.ranges[0]: given "10.0.0.0/33"; ${RANGE}`,
  ),
  coordinator(
    "rules for nobody, for strangers, and of prefixes that take in their neighbours",
    {
      clients: {
        serviceAccounts: [{ namespace: "cms", name: "publisher" }],
        access: [
          { inputs: [], outputs: ["out"] },
          {
            serviceAccounts: [{ namespace: "cms", name: "reader" }],
            emails: ["editor@example.com"],
            inputs: ["https://media/in/"],
            outputs: ["gs://media", "/out/"],
          },
        ],
      },
    },
    "clients.access[0]: given a rule for nobody; allowed: a rule with serviceAccounts or emails. Fix: name the clients that it is for",
    'clients.access[0].inputs: given no prefix; allowed: one prefix or more. Fix: name one, such as "ingest/"',
    `clients.access[0].outputs[0]: given "out"; ${PREFIX}`,
    `clients.access[1].serviceAccounts[0]: given "cms/reader"; allowed: one of clients.serviceAccounts. ${STRANGER} Fix: add it to clients.serviceAccounts too, or correct it`,
    `clients.access[1].emails[0]: given "editor@example.com"; allowed: one of clients.emails. ${STRANGER} Fix: add it to clients.emails too, or correct it`,
    `clients.access[1].inputs[0]: given "https://media/in/"; ${PREFIX}`,
    `clients.access[1].outputs[0]: given "gs://media"; ${PREFIX}`,
    `clients.access[1].outputs[1]: given "/out/"; ${PREFIX}`,
  ),
  coordinator(
    "pools of encoders and ranges of addresses that cannot be",
    { encoderPools: ["Spot"], googleRanges: ["storage.googleapis.com"], apiServerRange: "10.0.0.1" },
    `encoderPools[0]: given "Spot"; ${NAME}`,
    `apiServerRange: given "10.0.0.1"; ${RANGE}`,
    `googleRanges[0]: given "storage.googleapis.com"; ${RANGE}`,
  ),
  coordinator(
    "ranges and names to let it out to that name nobody",
    {
      googleRanges: ["0.0.0.0/0", "169.254.169.254/32", "10.0.0.0/8", "199.36.153.9/30"],
      googleHosts: ["*.com", "metadata.google.internal"],
      apiServerRange: "0.0.0.0/0",
    },
    `apiServerRange: given "0.0.0.0/0"; ${wide(0, "")}`,
    `googleRanges[0]: given "0.0.0.0/0"; ${wide(0, ", or set publicEgress")}`,
    `googleRanges[1]: given "169.254.169.254/32"; ${NO_HOST}`,
    `googleRanges[2]: given "10.0.0.0/8"; ${BLOCK}`,
    'googleRanges[3]: given "199.36.153.9/30"; allowed: a range with no bits behind its prefix: 10.0.0.0/20. Fix: write "199.36.153.8/30"',
    `googleHosts[0]: given "*.com"; ${HOST}`,
    'googleHosts[1]: given "metadata.google.internal"; allowed: any other host. ' +
      "Reason: metadata servers, which give out credentials, have that name. Fix: leave it out",
  ),
  coordinator(
    "variables that it sets itself, or that are no variables",
    {
      secretVariables: [
        { variable: "MPEGFLOW_LEASE_SECRET", secretName: "lease", key: "secret" },
        { variable: "store-key", secretName: "store", key: "key" },
      ],
      variables: { MPEGFLOW_EXTRA: "1" },
    },
    'secretVariables[0].variable: given "MPEGFLOW_LEASE_SECRET"; allowed: a variable that nothing else sets. Fix: use the component\'s argument for it',
    'secretVariables[1].variable: given "store-key"; allowed: A-Z, 0-9 and _, starting with a letter. Fix: write the variable\'s name',
  ),
];

const IN_CLUSTER =
  "allowed: nothing where the coordinator is a Service of the cluster. " +
  "Reason: its pods are known by their labels, and their addresses change. Fix: leave it out";
const OWN_NAME =
  "Reason: jobs ask for a profile by the name inside it. Fix: write a profile as docs/encoding.md describes it, under its own name";

const pool = (when: string, args: Partial<EncoderPoolArgs>, ...says: string[]): Refusal => ({
  when,
  make: () =>
    new EncoderPool("encoders", {
      region: "us-central1",
      namespace: "mpegflow-encoders",
      image: "registry/worker:1",
      coordinatorUrl: "https://coordinator.mpegflow.svc.cluster.local",
      coordinatorCa: CA,
      ...args,
    }),
  subject: 'EncoderPool "encoders"',
  says,
});

export const encoderPoolRefusals: Refusal[] = [
  pool(
    "amounts that are none, and CPU in smaller steps than Kubernetes takes",
    { resources: { cpu: "0.0001", memory: "0" }, scratch: "lots" },
    `resources.cpu: given "0.0001"; ${CPU}`,
    `resources.memory: given "0"; ${BYTES}`,
    `scratch: given "lots"; ${BYTES}`,
  ),
  pool(
    "a size where the queue decides, and a kind's arguments with another",
    { replicas: 3, scaling: { kind: "SCALED_JOB", cooldownSeconds: 60 } },
    `replicas: given a value; allowed: nothing. Reason: scaling.kind is SCALED_JOB. ${FOREIGN}`,
    `scaling.cooldownSeconds: given a value; allowed: nothing. Reason: scaling.kind is SCALED_JOB. ${FOREIGN}`,
  ),
  pool(
    "limits of a pool that nothing scales",
    { scaling: { kind: "FIXED", maxReplicas: 5 } },
    `scaling.maxReplicas: given a value; allowed: nothing. Reason: scaling.kind is FIXED. ${FOREIGN}`,
  ),
  pool(
    "more encoders at least than at most, looked for all the time",
    { scaling: { kind: "SCALED_OBJECT", minReplicas: 5, maxReplicas: 2, pollingSeconds: 0 } },
    "scaling.pollingSeconds: given 0; allowed: a whole number from 1 to 3600. Fix: use a number in that range",
    "scaling.minReplicas: given 5; allowed: at most maxReplicas, 2. Fix: lower it, or raise maxReplicas",
  ),
  pool(
    "a kind of scaling that does not exist",
    { scaling: { kind: "CRON" as "FIXED" } },
    'scaling.kind: given "CRON"; allowed: FIXED, SCALED_OBJECT, SCALED_JOB. Fix: use one of these',
  ),
  pool(
    "more grace than a Spot node gives",
    { placement: { spot: true }, terminationGraceSeconds: 600 },
    "terminationGraceSeconds: given 600; allowed: a whole number from 1 to 15. " +
      "Reason: a Spot node keeps 15 seconds of its notice for system pods, whatever a pod asks for. " +
      "Fix: use a number in that range, or raise spotNoticeSeconds of the placement and of the node pool",
  ),
  pool(
    "a way to read inputs that does not exist, and more than a bucket's whole rates",
    { input: "PIPE" as "STREAM", paceShare: 2 },
    'input: given "PIPE"; allowed: AUTO, STREAM, DOWNLOAD. Fix: use one of these',
    "paceShare: given 2; allowed: a number from 0.0001 to 1. Fix: use 1 over the number of workers: 0.01 for 100 of them",
  ),
  pool(
    "a way to isolate ffmpeg that does not exist",
    { isolation: "OFF" as "AUTO" },
    'isolation: given "OFF"; allowed: REQUIRED, AUTO. Fix: use one of these',
  ),
  pool(
    "isolation where gVisor stands in its way",
    { isolation: "REQUIRED", placement: { gvisor: true } },
    "isolation: given REQUIRED on nodes with gVisor; allowed: AUTO there. Reason: gVisor has no Landlock, so no worker would start. Fix: leave it out, or leave placement.gvisor out",
  ),
  pool(
    "no part of a bucket's rates",
    { paceShare: 0 },
    "paceShare: given 0; allowed: a number from 0.0001 to 1. Fix: use 1 over the number of workers: 0.01 for 100 of them",
  ),
  pool(
    "a part of a bucket's rates that is no number",
    { paceShare: Number.NaN },
    "paceShare: given NaN; allowed: a number from 0.0001 to 1. Fix: use 1 over the number of workers: 0.01 for 100 of them",
  ),
  pool(
    "a pool of nodes twice, the notice of nodes that stay, and half a GPU",
    { placement: { nodePools: ["spot", "spot"], spotNoticeSeconds: 60, gpus: 0.5 } },
    'placement.nodePools[1]: given "spot"; allowed: each pool once. Fix: remove the repeated pool',
    "placement.spotNoticeSeconds: given 60; allowed: nothing. Reason: the nodes are not Spot. Fix: leave it out, or set spot: true",
    "placement.gpus: given 0.5; allowed: a whole number from 1 to 8. Fix: use a number in that range",
  ),
  pool(
    "storage by an address for a name, and by ranges that name nobody",
    {
      storageHosts: ["https://storage.googleapis.com"],
      storageRanges: ["0.0.0.0/0", "128.0.0.0/1", "192.168.0.0/16"],
      coordinatorRanges: ["127.0.0.1/32"],
    },
    `coordinatorRanges: given a value; ${IN_CLUSTER}`,
    `storageRanges[0]: given "0.0.0.0/0"; ${wide(0, EVERY)}`,
    `storageRanges[1]: given "128.0.0.0/1"; ${wide(1, EVERY)}`,
    `storageRanges[2]: given "192.168.0.0/16"; ${BLOCK}`,
    `storageHosts[0]: given "https://storage.googleapis.com"; ${HOST}`,
    `coordinatorRanges[0]: given "127.0.0.1/32"; ${NO_HOST}`,
  ),
  pool(
    "no range at all, which would stand for every address",
    { storageRanges: [] },
    `storageRanges: ${NO_RANGE}`,
  ),
  pool(
    "a coordinator elsewhere at every address",
    { coordinatorUrl: "https://coordinator.example.com" },
    "coordinatorRanges: given nothing, for a coordinator at coordinator.example.com; " +
      "allowed: ranges of the coordinator's addresses, where it is no Service of the cluster. " +
      "Reason: encoders are let out to named addresses alone. " +
      'Fix: name them, such as ["203.0.113.10/32"], or set coordinatorByName where the cluster has policies by domain name',
  ),
  pool(
    "a coordinator elsewhere by its name and by ranges",
    {
      coordinatorUrl: "https://coordinator.example.com",
      coordinatorByName: true,
      coordinatorRanges: ["203.0.113.10/32"],
    },
    "coordinatorByName: given true, with coordinatorRanges; allowed: one of the two. " +
      "Reason: policies add up: the ranges would let out to what the name keeps in. Fix: leave one of them out",
  ),
  pool(
    "the name of a coordinator that has none",
    { coordinatorUrl: "https://203.0.113.10", coordinatorByName: true },
    "coordinatorByName: given true, for an address; allowed: true where coordinatorUrl has a host's name. " +
      "Fix: leave it out, or use the coordinator's name",
  ),
  pool(
    "a metadata server for a coordinator",
    { coordinatorUrl: "https://169.254.169.254" },
    `coordinatorUrl: given "169.254.169.254"; ${NO_HOST}`,
  ),
  pool(
    "a name for a coordinator in the cluster, whose pods are known by labels",
    { coordinatorByName: true },
    `coordinatorByName: given a value; ${IN_CLUSTER}`,
  ),
  pool(
    "no profiles at all",
    { profiles: {} },
    "profiles: given no profile; allowed: one profile or more. Fix: add a profile, or leave profiles out",
  ),
  pool(
    "profiles under other names than their own, without one, and too long",
    {
      profiles: {
        "News Fast": "name: news-fast\n",
        slow: "name: slower\n",
        nameless: "video: {}\n",
        long: `name: long\n${"#".repeat(262_144)}\n`,
      },
    },
    'profiles.News Fast: given "News Fast"; allowed: 1 to 63 characters of a-z, 0-9 and -, starting with a letter or digit. Fix: rename the profile',
    `profiles.slow: given a profile with the name "slower"; allowed: YAML with the line name: slow. ${OWN_NAME}`,
    `profiles.nameless: given a text that names no profile; allowed: YAML with the line name: nameless. ${OWN_NAME}`,
    "profiles.long: given 262156 bytes; allowed: at most 262144 bytes. Fix: write a shorter profile",
  ),
  pool(
    "more profiles than a ConfigMap holds",
    {
      profiles: Object.fromEntries(
        ["a", "b", "c", "d", "e"].map((name) => [name, `name: ${name}\n${"#".repeat(250_000)}\n`]),
      ),
    },
    "profiles: given 1250050 bytes; allowed: 1048576 bytes in all. Reason: a ConfigMap holds no more. Fix: leave some of them out",
  ),
  pool(
    "a queue that KEDA cannot find: the coordinator is no Service of the cluster",
    {
      coordinatorUrl: "https://coordinator.example.com",
      coordinatorRanges: ["203.0.113.10/32"],
      scaling: { kind: "SCALED_JOB" },
    },
    'coordinatorUrl: given "https://coordinator.example.com"; ' +
      "allowed: https://SERVICE.NAMESPACE.svc or https://SERVICE.NAMESPACE.svc.DOMAIN where KEDA scales the pool. " +
      "Reason: KEDA asks every pod of the coordinator's Service, and finds them by the Service's name. " +
      "Fix: use Coordinator.url of the same cluster, or a pool of fixed size",
  ),
  pool(
    "a coordinator at no address, and no storage host at all",
    { coordinatorUrl: "coordinator", storageHosts: [] },
    'coordinatorUrl: given "coordinator"; allowed: https://HOST[:PORT]. Fix: use Coordinator.url',
    'storageHosts: given no host; allowed: one host or more. Fix: name the host: "storage.googleapis.com"',
  ),
  pool(
    "a coordinator in clear",
    { coordinatorUrl: "http://coordinator.mpegflow.svc.cluster.local" },
    'coordinatorUrl: given "http://coordinator.mpegflow.svc.cluster.local"; allowed: https://HOST[:PORT]. ' +
      "Reason: workers' tokens, signed URLs and customer-supplied keys would cross the network in clear. " +
      "Fix: use Coordinator.url, or set plaintextCoordinator where something else encrypts it",
  ),
  pool(
    "an authority that is no certificate",
    { coordinatorCa: "-----BEGIN PRIVATE KEY-----" },
    "coordinatorCa: given a text that is no certificate; allowed: certificates in PEM, and nothing else. " +
      "Fix: pass the text from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----",
  ),
  {
    when: "a coordinator of the cluster's own without its authority",
    make: () =>
      new EncoderPool("encoders", {
        region: "us-central1",
        namespace: "mpegflow-encoders",
        image: "registry/worker:1",
        coordinatorUrl: "https://coordinator.mpegflow.svc",
      }),
    subject: 'EncoderPool "encoders"',
    says: [
      "coordinatorCa: given nothing; allowed: the certificate of the coordinator's authority, in PEM. " +
        "Reason: no public authority vouches for a name of the cluster's own. Fix: pass Coordinator.caCertificate",
    ],
  },
];

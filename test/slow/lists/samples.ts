import * as gcp from "@pulumi/gcp";
import {
  AuditTrail,
  BrokerIdentity,
  CdnDelivery,
  Coordinator,
  EncoderCluster,
  EncoderPool,
  Encryption,
  JobMessaging,
  Keda,
  MediaBucket,
  MpegFlowPlatform,
  Network,
  predefined,
  type AuditTrailArgs,
  type BrokerIdentityArgs,
  type CdnDeliveryArgs,
  type CoordinatorArgs,
  type EncoderClusterArgs,
  type EncoderPoolArgs,
  type EncryptionArgs,
  type JobMessagingArgs,
  type KedaArgs,
  type MediaBucketArgs,
  type MpegFlowPlatformArgs,
  type NetworkArgs,
} from "../../../components/index.ts";
import {
  ArchiveMigration,
  S3AccessRole,
  S3Bucket,
  type ArchiveMigrationArgs,
  type S3AccessRoleArgs,
  type S3BucketArgs,
} from "../../../components/migration/index.ts";
import { coordinatorArgs } from "../../unit/workloads/coordinator-world.ts";
import { CA } from "../../unit/workloads/authority.ts";

/** A component with arguments in which every list that is tried has several elements. */
export interface Sample {
  readonly args: object;
  /** Makes it of arguments like these. */
  readonly make: (args: object) => unknown;
}

/** Only the order and the number of elements of `args` are changed, so that what comes back is of its type. */
const sample = <Args extends object>(make: (args: Args) => unknown, args: Args): Sample => ({
  args,
  make: (changed) => make(changed as Args),
});

const project = { projectId: "my-project", projectNumber: "123456789012" };
const regions = ["us-central1", "us-east1"];
const principal = (namespace: string): string =>
  `principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/my-project.svc.id.goog/subject/ns/${namespace}/sa/coordinator`;
const coordinatorPrincipals = [
  principal("zeta"),
  principal("alpha"),
  "serviceAccount:coordinator@my-project.iam.gserviceaccount.com",
];
const pools = [
  { name: "spot", machineType: "c3d-standard-16", maxNodes: 20 },
  { name: "long", machineType: "c3d-standard-30", maxNodes: 4, spot: false },
  { name: "gpu", machineType: "g2-standard-8", maxNodes: 2, gpu: { type: "nvidia-l4" } },
];
const imageRepositories = [
  { location: "us", repository: "mpegflow" },
  { location: "europe", repository: "mpegflow" },
  { location: "us", repository: "mirror", projectId: "other-project" },
];
const webhooks = ["orders", "billing", "archive"].map((name) => ({
  name,
  endpoint: `https://${name}.example.com/mpegflow`,
}));
const hmacKeys = [{ name: "b" }, { name: "a" }, { name: "c" }];
const clients = {
  serviceAccounts: [
    { namespace: "cms", name: "publisher" },
    { namespace: "cms", name: "archivist" },
    { namespace: "broadcast", name: "ingest" },
    { namespace: "ads", name: "publisher" },
  ],
  emails: ["zoe@example.com", "anna@example.com", "max@example.com"],
  ranges: ["203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24"],
  access: [
    {
      serviceAccounts: [
        { namespace: "cms", name: "publisher" },
        { namespace: "broadcast", name: "ingest" },
      ],
      emails: ["zoe@example.com", "anna@example.com"],
      inputs: ["mezzanines/", "incoming/", "gs://other/inputs/"],
      outputs: ["outputs/", "encoded/"],
      keySecrets: ["zoe", "anna", "max"].map((name) => `projects/my-project/secrets/${name}`),
    },
    { serviceAccounts: [{ namespace: "cms", name: "archivist" }], inputs: ["/"], outputs: ["archive/"] },
  ],
};
const jobPrefixes = {
  inputPrefixes: ["mezzanines/", "incoming/", "gs://other/inputs/"],
  outputPrefixes: ["outputs/", "encoded/", "archive/"],
};
const suffixes = [".mxf", ".mov", ".mp4"];
const temporaryPrefixes = ["tmp/", "proxies/", "drafts/"].map((prefix, place) => ({
  prefix,
  expireAfterDays: 7 + place,
}));
const cors = [
  {
    origins: ["https://studio.example.com", "https://play.example.com", "https://app.example.com"],
    methods: ["PUT", "GET", "HEAD"],
    responseHeaders: ["ETag", "Content-Range", "Content-Type"],
  },
  { origins: ["https://admin.example.com"], methods: ["GET"] },
];
const iamMembers = ["writers", "readers", "auditors"].map((name) => ({
  name,
  role: "roles/storage.objectViewer",
  member: `group:${name}@example.com`,
}));
const archive = {
  steps: [
    { to: "NEARLINE" as const, afterDays: 30, prefixes: ["outputs/", "mezzanines/", "masters/"] },
    { to: "COLDLINE" as const, afterDays: 90, prefixes: ["masters/", "mezzanines/"] },
    { to: "ARCHIVE" as const, afterDays: 365, prefixes: ["masters/"] },
  ],
};
const audit = {
  exemptedMembers: ["user:zoe@example.com", "group:staff@example.com", "user:anna@example.com"],
  exclusions: ["tests", "health", "backups"].map((name) => ({ name, filter: `labels.kind="${name}"` })),
  alerts: {
    notificationChannels: ["3", "1", "2"].map((id) => `projects/my-project/notificationChannels/${id}`),
    trustedRanges: ["203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24"],
  },
};
const delivery = {
  domains: ["media.example.com", "a-b.example.com", "a.b-example.com"],
  servedPrefixes: ["outputs/", "encoded/", "archive/"],
  responseHeaders: ["X-Content-Type-Options: nosniff", "Cross-Origin-Resource-Policy: cross-origin", "A: b"],
  caching: { queryParameters: ["v", "quality", "lang"] },
  signedRequests: { keys: [{ name: "b" }, { name: "a" }, { name: "c" }] },
};

export const SAMPLES: Readonly<Record<string, Sample>> = {
  AuditTrail: sample<AuditTrailArgs>((args) => new AuditTrail("trail", args), {
    projectId: "my-project",
    placement: predefined("NAM4"),
    bucketNames: ["studio-outputs", "studio-masters", "studio-archive"],
    signerEmails: ["signer", "reader", "former"].map((id) => `${id}@my-project.iam.gserviceaccount.com`),
    signerSecrets: ["signer", "reader", "former"].map(
      (id) => `projects/my-project/secrets/${id}/versions/latest`,
    ),
    coordinatorPrincipals,
    ...audit,
  }),
  BrokerIdentity: sample<BrokerIdentityArgs>((args) => new BrokerIdentity("broker", args), {
    ...project,
    bucket: "media",
    regions,
    coordinatorPrincipals,
    separateSigners: true,
    hmacKeys,
  }),
  CdnDelivery: sample<CdnDeliveryArgs>((args) => new CdnDelivery("vod", args), {
    ...project,
    bucket: "media",
    regions,
    coordinatorPrincipals,
    ...delivery,
  }),
  Coordinator: sample<CoordinatorArgs>((args) => new Coordinator("central", args), {
    tls: { authorities: ["b", "a"], names: ["coordinator.example.com", "10.0.0.4", "broker.example.com"] },
    ...coordinatorArgs,
    encoderPools: ["spot", "long", "gpu"],
    googleRanges: ["199.36.153.8/30", "199.36.153.4/30", "34.126.0.0/18"],
    googleHosts: ["storage.googleapis.com", "*.r2.cloudflarestorage.com", "*.amazonaws.com"],
    secretVariables: ["MPEGFLOW_S3_SECRET_ACCESS_KEY", "MPEGFLOW_S3_ACCESS_KEY_ID", "API_KEY"].map(
      (variable) => ({ variable, secretName: "store", key: variable }),
    ),
    clients,
    ...jobPrefixes,
    uploads: { subscription: "uploads", prefix: "incoming/", outputPrefix: "encoded/", suffixes },
  }),
  EncoderCluster: sample<EncoderClusterArgs>((args) => new EncoderCluster("encoders", args), {
    projectId: "my-project",
    region: "us-central1",
    network: "projects/my-project/global/networks/encoders",
    subnet: {
      subnetwork: "projects/my-project/regions/us-central1/subnetworks/encoders",
      podRangeName: "pods",
      serviceRangeName: "services",
      controlPlaneRange: "10.0.32.0/28",
    },
    nodeTag: "encoders-nodes",
    encoderPools: pools.map((pool) => ({ ...pool, zones: ["us-central1-c", "us-central1-a"] })),
    imageRepositories,
  }),
  EncoderPool: sample<EncoderPoolArgs>((args) => new EncoderPool("encoders", args), {
    region: "us-central1",
    namespace: "mpegflow-encoders",
    image: "registry/worker:1",
    coordinatorUrl: "https://coordinator.mpegflow.svc.cluster.local",
    coordinatorCa: CA,
    storageRanges: ["199.36.153.8/30", "199.36.153.4/30", "34.126.0.0/18"],
    placement: {
      nodePools: ["spot", "long", "gpu"],
      tolerations: [{ key: "team", value: "video" }, { key: "dedicated" }, { key: "batch", value: "yes" }],
    },
  }),
  "EncoderPool by names of hosts": sample<EncoderPoolArgs>((args) => new EncoderPool("encoders", args), {
    region: "us-central1",
    namespace: "mpegflow-encoders",
    image: "registry/worker:1",
    coordinatorUrl: "https://coordinator.example.com",
    coordinatorRanges: ["203.0.113.10/32", "198.51.100.0/24", "192.0.2.8/29"],
    storageHosts: ["storage.googleapis.com", "*.r2.cloudflarestorage.com", "*.amazonaws.com"],
  }),
  Encryption: sample<EncryptionArgs>((args) => new Encryption("media", args), {
    ...project,
    placement: predefined("NAM4"),
    services: ["storage", "pubsub", "artifactregistry"],
  }),
  JobMessaging: sample<JobMessagingArgs>((args) => new JobMessaging("jobs", args), {
    ...project,
    regions,
    coordinatorPrincipals,
    webhooks,
    uploads: { bucket: "media", prefix: "incoming/", outputPrefix: "encoded/", suffixes },
  }),
  Keda: sample<KedaArgs>((args) => new Keda("keda", args), {
    watchedNamespaces: ["mpegflow", "mpegflow-encoders", "broadcast"],
    tokensFor: ["poller", "metrics", "audit"].map((name) => ({ namespace: "mpegflow", name })),
  }),
  MediaBucket: sample<MediaBucketArgs>((args) => new MediaBucket("media", args), {
    ...project,
    placement: predefined("NAM4"),
    accessPattern: "ActiveActive",
    temporaryPrefixes,
    cors,
    iamMembers,
    archive,
    notifications: ["uploads", "outputs", "archive"].map((name) => ({
      name,
      topic: `projects/my-project/topics/${name}`,
      eventTypes: ["OBJECT_FINALIZE", "OBJECT_DELETE", "OBJECT_ARCHIVE"],
    })),
    ipFilter: {
      publicIpCidrRanges: ["203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24"],
      networks: ["studio", "encoders", "archive"].map((network) => ({
        network: `projects/my-project/global/networks/${network}`,
        allowedIpCidrRanges: ["10.2.0.0/16", "10.1.0.0/16", "10.0.0.0/16"],
      })),
    },
  }),
  MpegFlowPlatform: sample<MpegFlowPlatformArgs>(
    (args) =>
      new MpegFlowPlatform("mpegflow", args, {
        providers: [new gcp.Provider("google", { project: "my-project" })],
      }),
    {
      ...project,
      placement: predefined("NAM4"),
      clusters: regions.map((region) => ({ region })),
      images: { coordinator: "registry/coordinator:1", worker: "registry/worker:1" },
      ownClusters: {
        encoderPools: pools,
        imageRepositories,
        network: {
          ranges: regions.map((region, place) => ({ region, nodeRange: `10.${place}.0.0/20` })),
        },
      },
      egress: {
        ranges: ["52.216.0.0/15", "10.20.0.0/24", "3.5.0.0/19"],
        hosts: ["partner.s3.us-east-1.amazonaws.com", "*.r2.cloudflarestorage.com", "a.example.com"],
      },
      signer: "HMAC",
      hmacKeys,
      webhooks,
      temporaryPrefixes,
      cors,
      iamMembers,
      archive,
      clients,
      ...jobPrefixes,
      audit,
      delivery,
      uploads: { prefix: "incoming/", outputPrefix: "encoded/", suffixes },
    },
  ),
  "MpegFlowPlatform of clusters with default ranges": sample<MpegFlowPlatformArgs>(
    (args) => new MpegFlowPlatform("mpegflow", args),
    {
      ...project,
      placement: predefined("NAM4"),
      clusters: regions.map((region) => ({ region })),
      images: { coordinator: "registry/coordinator:1", worker: "registry/worker:1" },
      ownClusters: { mode: "AUTOPILOT" },
    },
  ),
  Network: sample<NetworkArgs>((args) => new Network("encoders", args), {
    projectId: "my-project",
    regions: ["us-east1", "us-central1", "us-west1"].map((region, block) => ({ region, block })),
    cloudNat: true,
  }),
  ArchiveMigration: sample<ArchiveMigrationArgs>((args) => new ArchiveMigration("migration", args), {
    ...project,
    transferSubjectId: "100000000123456789012",
    source: {
      bucketName: "studio-archive",
      kmsKeyArns: ["c", "a", "b"].map((id) => `arn:aws:kms:us-east-1:123456789012:key/${id}`),
    },
    sink: { bucketName: "studio-media" },
    waves: [
      { name: "recent", prefixes: ["2026/", "2025/", "2024/"] },
      { name: "old", prefixes: ["2023/"] },
      { name: "rest", excludePrefixes: ["tmp/", "2026/", "2025/", "2024/", "2023/"] },
    ],
    schedule: { startDate: "2027-01-15" },
    follow: {
      replaceBucketNotifications: true,
      awsAccountId: "123456789012",
      prefixes: ["2027/", "2026/", "live/"],
    },
  }),
  S3AccessRole: sample<S3AccessRoleArgs>((args) => new S3AccessRole("archive", args), {
    bucketName: "studio-archive",
    access: "read",
    subjectId: "100000000123456789012",
    audience: "studio-archive",
    prefixes: ["2026/", "2025/", "2024/"],
    kmsKeyArns: ["c", "a", "b"].map((id) => `arn:aws:kms:us-east-1:123456789012:key/${id}`),
  }),
  S3Bucket: sample<S3BucketArgs>((args) => new S3Bucket("archive", args), {
    existingBucketName: "studio-archive",
    manage: ["versioning", "encryption", "public-access"],
  }),
};

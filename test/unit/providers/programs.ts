import {
  AccessPattern,
  AutoclassTerminal,
  AuditTrail,
  CdnCacheMode,
  CdnDelivery,
  ClusterMode,
  DeliveryAccess,
  Encryption,
  HistoryFormat,
  JobMessaging,
  MediaBucket,
  Network,
  NotificationEvent,
  SignerKind,
  dualRegion,
  multiRegion,
  region,
  type MediaBucketArgs,
} from "../../../components/index.ts";
import { Images } from "../../../components/images/index.ts";
import { ArchiveMigration } from "../../../components/migration/index.ts";
import { platform, platformOfOwnClusters } from "../platform/world.ts";

const project = { projectId: "my-project", projectNumber: "123456789012" };
const REGIONS = ["us-central1", "us-east1"];
const key = (location: string) => `projects/my-project/locations/${location}/keyRings/r/cryptoKeys/k`;

const bucket = (name: string, args: Partial<MediaBucketArgs> = {}) =>
  new MediaBucket(name, {
    placement: region("us-central1"),
    accessPattern: AccessPattern.SingleWriter,
    ...args,
  });

/** Every optional argument that reaches a field which the provider keeps when it is left out, given and left out. */
export const programs: Readonly<Record<string, () => unknown>> = {
  "buckets of every placement": () => [
    bucket("one"),
    bucket("two", { placement: dualRegion("us-central1", "us-west1"), bucketName: "two" }),
    bucket("three", { placement: multiRegion("EU"), projectId: "my-project", disposable: true }),
  ],
  "buckets with settings": () => [
    bucket("versions", { versioning: true, accessLogs: { bucketName: "logs", objectNamePrefix: "v/" } }),
    bucket("folders", { hierarchicalNamespace: true, autoclass: {}, accessLogs: { bucketName: "logs" } }),
    bucket("logged", { bucketName: "logged", accessLogs: { bucketName: "logs" } }),
    bucket("noisy", {
      projectNumber: "123456789012",
      autoclass: { terminalStorageClass: AutoclassTerminal.Archive },
      notifications: [
        {
          name: "all",
          topic: "projects/my-project/topics/arrivals",
          eventTypes: [NotificationEvent.Finalize],
        },
      ],
      iamMembers: [{ name: "readers", role: "roles/storage.objectViewer", member: "group:g@example.com" }],
    }),
  ],
  "a platform on clusters that are there": () =>
    platform(REGIONS, {
      encryption: {
        secrets: {},
        auditLogBucket: { loggingServiceAccount: "cmek-p1@gcp-sa-logging.iam.gserviceaccount.com" },
      },
      audit: {
        destinations: { logBucket: {}, archiveBucket: {}, bigQuery: {} },
        alerts: { notificationChannels: ["projects/my-project/notificationChannels/1"] },
      },
      delivery: { domains: ["media.example.com"] },
      uploads: { prefix: "incoming/", outputPrefix: "encoded/" },
      webhooks: [{ name: "orders", endpoint: "https://hooks.example.com/mpegflow" }],
    }),
  "a platform that is disposable": () =>
    platform(["us-central1"], {
      disposable: true,
      signer: SignerKind.Hmac,
      hmacKeys: [{ name: "a" }, { name: "b" }],
    }),
  "a platform of its own clusters": () =>
    platformOfOwnClusters(
      {
        encoderPools: [
          { name: "spot", machineType: "c3d-standard-16", maxNodes: 20 },
          {
            name: "noticed",
            machineType: "c3d-standard-16",
            maxNodes: 20,
            spotNoticeSeconds: 60,
          },
          { name: "long", machineType: "c3d-standard-30", maxNodes: 4, spot: false },
          { name: "gpu", machineType: "g2-standard-8", maxNodes: 2, gpu: { type: "nvidia-l4" } },
        ],
        backup: { schedule: "0 3 * * *" },
        imageRepositories: [{ location: "us", repository: "mpegflow" }],
      },
      REGIONS,
    ),
  "a platform of one cluster of its own": () =>
    platformOfOwnClusters(
      {
        encoderPools: [
          { name: "zone", machineType: "c3d-standard-16", maxNodes: 2, zones: ["us-central1-a"] },
        ],
      },
      ["us-central1"],
    ),
  "a platform of its own Autopilot cluster": () =>
    platformOfOwnClusters({ mode: ClusterMode.Autopilot }, ["us-central1"]),
  "messages with their history": () => [
    new JobMessaging("plain", { ...project, regions: REGIONS, coordinatorPrincipals: [] }),
    ...[HistoryFormat.Text, HistoryFormat.Avro].map(
      (format) =>
        new JobMessaging(format, {
          ...project,
          regions: REGIONS,
          coordinatorPrincipals: [],
          kmsKeyName: key("us"),
          history: {
            storage: { bucket: "history", format },
            bigQuery: {
              location: "US",
              ...(format === HistoryFormat.Text && { deleteAfterDays: 30 }),
            },
          },
        }),
    ),
  ],
  "a trail without choices": () =>
    new AuditTrail("trail", {
      projectId: "my-project",
      placement: region("us-central1"),
      bucketNames: ["media"],
      signerEmails: ["signer@my-project.iam.gserviceaccount.com"],
    }),
  "delivery to everyone": () =>
    new CdnDelivery("open", {
      ...project,
      bucket: "media",
      domains: ["open.example.com"],
      access: DeliveryAccess.Everyone,
      servedPrefixes: ["outputs/"],
      caching: { cacheMode: CdnCacheMode.CACHE_ALL_STATIC },
      ipv6: true,
      disposable: true,
    }),
  "a key and a network": () => [
    new Encryption("key", { ...project, placement: region("us-central1") }),
    new Network("net", { projectId: "my-project", regions: [{ region: "us-central1" }], cloudNat: true }),
  ],
  "a migration": () =>
    new ArchiveMigration("migration", {
      ...project,
      transferSubjectId: "100000000123456789012",
      source: { bucketName: "studio-archive" },
      sink: { bucketName: "studio-media" },
      waves: [{ name: "all" }],
      schedule: { startDate: "2027-01-15" },
      follow: { replaceBucketNotifications: true },
    }),
  images: () => new Images("images", { ...project, location: "us", source: ".", tag: "1.0.0", mirror: true }),
};

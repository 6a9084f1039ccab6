import type { StackKind } from "../../../stacks/settings.ts";
import { CA } from "../../unit/workloads/authority.ts";

/** A key's value as it stands in `Pulumi.<stack>.yaml`; nothing where it is left out. */
export type Value = string | number | boolean | object | undefined;
export type Choices = Readonly<Record<string, readonly Value[]>>;

const KEY = "projects/my-project/locations/us/keyRings/r/cryptoKeys/k";
const FULL_BACKUP = { schedule: "0 3 * * *", retainDays: 30 };
const WINDOW = {
  startTime: "2026-01-03T02:00:00Z",
  endTime: "2026-01-03T08:00:00Z",
  recurrence: "FREQ=WEEKLY;BYDAY=SA,SU",
};
const POOL = { name: "spot", machineType: "c3d-standard-16", maxNodes: 4 };

const COMMON: Choices = {
  name: [undefined, "m1", "a-name-of-16-chr"],
  projectId: ["my-project", "a-project-id-of-thirty-letters"],
  projectNumber: ["123456789012", undefined],
  labels: [undefined, { team: "video" }],
  disposable: [undefined, true],
};

const STORAGE: Choices = {
  placement: ["NAM4", "us-central1+us-west1", "EUR4", "us-central1"],
  firstRegion: [undefined, "the last region"],
  bucketName: [undefined, "my-project-media"],
  archive: [
    undefined,
    [
      { to: "NEARLINE", afterDays: 30, prefixes: ["mezzanines/"] },
      { to: "COLDLINE", afterDays: 90, countedFrom: "CustomTime" },
      { to: "ARCHIVE", afterDays: 365, countedFrom: "CreationTime" },
    ],
    [{ to: "COLDLINE", afterDays: 1 }],
  ],
  autoclass: [undefined, {}, { terminalStorageClass: "ARCHIVE" }, { terminalStorageClass: "NEARLINE" }],
  softDeleteRetentionSeconds: [undefined, 0, 604_800, 7_776_000],
  versioning: [undefined, true, false],
  temporaryPrefixes: [undefined, [{ prefix: "scratch/", expireAfterDays: 2 }]],
  objectRetention: [undefined, true, false],
  cors: [
    undefined,
    [{ origins: ["https://studio.example.com"], methods: ["GET", "PUT"] }],
    [{ origins: ["*"], methods: ["GET"], responseHeaders: ["Content-Type"], maxAgeSeconds: 3600 }],
  ],
  ipFilter: [
    undefined,
    { publicIpCidrRanges: ["203.0.113.0/24"], allowServiceAgents: true, enabled: false },
    {
      networks: [
        {
          network: "projects/my-project/global/networks/media",
          allowedIpCidrRanges: ["10.0.0.0/20"],
        },
      ],
      allowCrossOrganizationNetworks: true,
      enabled: true,
    },
    { publicIpCidrRanges: ["203.0.113.0/24"] },
  ],
  accessLogs: [
    undefined,
    { bucketName: "my-project-logs" },
    { bucketName: "logs-1", objectNamePrefix: "media" },
  ],
  iamMembers: [
    undefined,
    [{ name: "readers", role: "roles/storage.objectViewer", member: "group:playout@example.com" }],
    [
      {
        name: "other-worker",
        role: "roles/storage.objectViewer",
        member:
          "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/my-project.svc.id.goog/subject/ns/other/sa/worker",
      },
    ],
    [
      {
        name: "editors",
        role: "roles/storage.objectUser",
        member: "serviceAccount:edit@my-project.iam.gserviceaccount.com",
        condition: {
          title: "below mezzanines",
          expression: 'resource.name.startsWith("projects/_/buckets/media/objects/mezzanines/")',
          description: "editing",
        },
      },
      {
        name: "viewers",
        role: "roles/storage.objectViewer",
        member: "user:someone@example.com",
        condition: { title: "until July", expression: 'request.time < timestamp("2027-07-01T00:00:00Z")' },
      },
    ],
  ],
};

const CLUSTERS: Choices = {
  // The regions of the placement: both, or the first. The program takes contexts where it does not make the clusters.
  clusters: ["both", "first"],
  ownClusters: [
    undefined,
    { encoderPools: [POOL] },
    { mode: "AUTOPILOT", network: { cloudNat: true } },
    {
      mode: "STANDARD",
      encoderPools: [
        {
          ...POOL,
          spot: true,
          spotNoticeSeconds: 120,
          minNodes: 0,
          diskSizeGb: 200,
          localSsdCount: 2,
        },
        {
          name: "gpu",
          machineType: "g2-standard-16",
          spot: false,
          maxNodes: 2,
          diskSizeGb: 200,
          gpu: { type: "nvidia-l4", count: 1 },
        },
        {
          name: "l4",
          machineType: "g2-standard-16",
          maxNodes: 2,
          diskSizeGb: 200,
          gpu: { type: "nvidia-l4" },
        },
      ],
      systemPool: { machineType: "e2-standard-4", minNodesPerZone: 1, maxNodesPerZone: 2 },
      releaseChannel: "STABLE",
      binaryAuthorization: true,
      maintenanceWindow: WINDOW,
      reachableFromOutside: true,
      imageRepositories: [
        { location: "us", repository: "mpegflow" },
        { location: "us", repository: "ghcr", projectId: "other-project" },
      ],
      backup: FULL_BACKUP,
      network: { googleApis: "PRIVATE", cloudNat: true, flowLogSampling: 0.5 },
    },
    {
      encoderPools: [{ ...POOL, gvisor: true }],
      releaseChannel: "RAPID",
      systemPool: {},
      backup: { schedule: "0 3 * * *" },
      network: {
        googleApis: "RESTRICTED",
        cloudNat: true,
        ranges: [
          {
            region: "the first region",
            nodeRange: "10.10.0.0/20",
            podRange: "10.16.0.0/14",
            serviceRange: "10.12.0.0/20",
            controlPlaneRange: "172.20.0.0/28",
          },
        ],
      },
    },
    {
      mode: "AUTOPILOT",
      releaseChannel: "REGULAR",
      network: { cloudNat: true, ranges: [{ region: "the first region", block: 5 }] },
    },
    { encoderPools: [{ ...POOL, zones: ["the first region's"] }], releaseChannel: "EXTENDED", network: {} },
  ],
  egress: [
    undefined,
    { ranges: ["52.216.0.0/15", "10.20.0.0/24"], hosts: ["partner-masters.s3.us-east-1.amazonaws.com"] },
    { publicAddresses: true },
  ],
  keda: [
    undefined,
    { installed: true, namespace: "scaling" },
    {
      imageRegistry: "us-docker.pkg.dev/my-project/ghcr",
      chartRepository: "https://charts.example.com",
      chartVersion: "2.20.2",
      replicas: 2,
      apiServerRange: "172.16.0.0/28",
    },
  ],
  scaling: [
    undefined,
    { kind: "FIXED" },
    { kind: "SCALED_OBJECT", minReplicas: 1, maxReplicas: 8, pollingSeconds: 10, cooldownSeconds: 60 },
    { kind: "SCALED_JOB", maxReplicas: 8, deadlineSeconds: 7200, idleSeconds: 30, paused: true },
    { kind: "SCALED_JOB" },
  ],
  workerPlacement: [
    undefined,
    { spot: true, spotNoticeSeconds: 120 },
    { gpus: 1, nodeSelector: { disk: "fast" }, tolerations: [{ key: "media" }] },
    { arm: true, tolerations: [{ key: "media", value: "yes", effect: "NoSchedule" }] },
    { gvisor: true },
    { nodePools: ["spot"] },
  ],
  clients: [
    undefined,
    {},
    { serviceAccounts: [{ namespace: "cms", name: "publisher" }], ranges: ["10.0.0.0/8"] },
    {
      serviceAccounts: [
        { namespace: "cms", name: "other" },
        { namespace: "cms", name: "third" },
      ],
      emails: ["cms@my-project.iam.gserviceaccount.com", "other@example.com"],
      access: [
        {
          serviceAccounts: [{ namespace: "cms", name: "other" }],
          emails: ["other@example.com"],
          inputs: ["ingest/"],
          outputs: ["encoded/"],
        },
        {
          emails: ["cms@my-project.iam.gserviceaccount.com"],
          inputs: ["a/"],
          outputs: ["b/"],
          keySecrets: ["projects/my-project/secrets/cms"],
        },
        { serviceAccounts: [{ namespace: "cms", name: "third" }], inputs: ["c/"], outputs: ["d/"] },
      ],
    },
  ],
  // What clients' rules name lies within.
  inputPrefixes: [undefined, ["/"], ["ingest/", "incoming/", "a/", "c/", "mezzanines/"]],
  outputPrefixes: [undefined, ["/"], ["encoded/", "b/", "d/", "outputs/"]],
};

const ENCODING: Choices = {
  images: [
    { coordinator: "registry/coordinator:1", worker: "registry/worker:1" },
    {
      coordinator: `registry/coordinator@sha256:${"a".repeat(64)}`,
      worker: `registry/worker@sha256:${"b".repeat(64)}`,
    },
    undefined,
  ],
  buildImages: [
    undefined,
    { location: "us", tag: "3f1c2aa" },
    { location: "us-central1", tag: "1", arm: true, keepVersions: 10, deleteAfterDays: 30, mirror: true },
  ],
  imagesByDigest: [undefined, true],
  coordinatorReplicas: [undefined, 1, 100],
  workerReplicas: [undefined, 0, 1000],
  worker: [
    undefined,
    { cpu: "8", memory: "8Gi", scratch: "50Gi", input: "STREAM", paceShare: 0.01, isolation: "AUTO" },
    { cpu: "500m", memory: "1Gi", input: "DOWNLOAD", scratchStorageClass: "fast" },
    { cpu: "2", memory: "2Gi", input: "AUTO", isolation: "REQUIRED" },
    { cpu: "4", memory: "4Gi" },
  ],
  profiles: [undefined, "a profile"],
  leaseSeconds: [undefined, 10, 600],
  urlTtlSeconds: [undefined, 60, 43_200],
  maxAttempts: [undefined, 1, 100],
  coordinatorTls: [
    undefined,
    { authorities: ["b", "a"], names: ["coordinator.example.com"], plaintext: true },
    { certManager: { name: "internal", caCertificate: CA } },
    { certManager: { name: "internal", kind: "Issuer", caCertificate: CA } },
    { certManager: { name: "public", kind: "ClusterIssuer", caCertificate: CA }, names: ["10.0.0.4"] },
  ],
  backlog: [undefined, 1, 1000],
  signer: [undefined, "SIGN_BLOB", "HMAC"],
  separateSigners: [undefined, true],
  hmacKeys: [
    undefined,
    [{ name: "a" }],
    [
      { name: "a", state: "INACTIVE" },
      { name: "b", state: "ACTIVE" },
    ],
  ],
  activeHmacKey: [undefined, "b"],
};

const SERVICES: Choices = {
  webhooks: [
    undefined,
    [{ name: "orders", endpoint: "https://hooks.example.com/mpegflow" }],
    [
      {
        name: "a-webhook-whose-name-is-40-characters-xx",
        endpoint: "https://hooks.example.com/other",
        audience: "orders",
        filter: 'attributes.type = "failed"',
        maxDeliveryAttempts: 100,
        answerSeconds: 600,
        wrapper: true,
      },
    ],
  ],
  history: [
    undefined,
    { bigQuery: { location: "US" } },
    {
      bigQuery: { location: "us-central1", datasetId: "jobs", deleteAfterDays: 90, kmsKeyName: KEY },
      storage: { bucket: "my-project-events" },
    },
    {
      storage: {
        bucket: "my-project-events",
        prefix: "jobs/",
        suffix: ".json",
        maxDurationSeconds: 60,
        maxBytes: 1_000_000,
        format: "text",
      },
    },
    { storage: { bucket: "my-project-events", format: "avro" } },
  ],
  uploads: [
    undefined,
    { prefix: "incoming/", outputPrefix: "encoded/" },
    {
      prefix: "in/",
      outputPrefix: "out/",
      suffixes: [".mp4"],
      profile: "hls-1080p",
      maxDeliveryAttempts: 100,
    },
  ],
  encryption: [
    undefined,
    {},
    { rotationPeriodDays: 30, protectionLevel: "HSM", keyRingName: "ring", keyName: "key", secrets: {} },
    { protectionLevel: "SOFTWARE", auditLogBucket: {} },
    { existingKeyName: "of the bucket's location", secrets: { existingKeyNames: "one a region" } },
    {
      auditLogBucket: { loggingServiceAccount: "cmek-p1@gcp-sa-logging.iam.gserviceaccount.com" },
    },
  ],
  audit: [
    undefined,
    {},
    {
      manageDataAccessLogs: true,
      exemptedMembers: ["user:someone@example.com"],
      destinations: { logBucket: {} },
    },
    {
      destinations: {
        logBucket: {
          location: "us-central1",
          analytics: true,
          retentionDays: 400,
          locked: true,
          confirmLock: "trail",
        },
        archiveBucket: { bucketName: "my-audit", retentionDays: 365, locked: true, confirmLock: "trail" },
        bigQuery: { datasetId: "audit", location: "US", retentionDays: 400 },
      },
      alerts: { notificationChannels: ["projects/my-project/notificationChannels/1"] },
    },
    {
      destinations: {
        archiveBucket: { kmsKeyName: "of the bucket's location" },
        bigQuery: { kmsKeyName: "of the first region" },
      },
    },
    {
      destinations: {
        logBucket: { location: "us-central1", kmsKeyName: KEY.replace("/us/", "/us-central1/") },
      },
      alerts: {
        notificationChannels: ["projects/my-project/notificationChannels/1"],
        windowSeconds: 300,
        signatures: 1000,
        deniedRequests: 10,
        trustedRanges: ["203.0.113.0/24"],
        untrustedRequests: 1,
        notificationIntervalSeconds: 3600,
        runbookUrl: "https://runbooks.example.com/audit",
      },
    },
    { destinations: { archiveBucket: {}, bigQuery: {} } },
  ],
  delivery: [
    undefined,
    { domains: ["media.example.com"] },
    {
      domains: ["media.example.com"],
      access: "SignedRequests",
      caching: { preset: "Live" },
      signedRequests: {},
    },
    {
      domains: ["media.example.com", "cdn.example.com"],
      signedRequests: { keys: [{ name: "a" }, { name: "b" }], activeKey: "b" },
      servedPrefixes: ["encoded/"],
      caching: {
        preset: "OnDemand",
        playlistSeconds: 0,
        segmentSeconds: 31_622_400,
        missingSeconds: 1_800,
        staleSeconds: 0,
      },
      ipv6: true,
    },
    {
      domains: ["media.example.com"],
      access: "Everyone",
      servedPrefixes: ["public/"],
      caching: {
        preset: "Live",
        playlistSeconds: 31_622_400,
        segmentSeconds: 0,
        missingSeconds: 0,
        staleSeconds: 604_800,
      },
    },
    { domains: ["media.example.com"], access: "Everyone", servedPrefixes: ["public/"], caching: {} },
  ],
};

const schedule = { startDate: "2027-01-15" };
const ARCHIVE: Choices = {
  retention: [
    undefined,
    { retentionPeriodSeconds: 31_536_000 },
    { retentionPeriodSeconds: 31_536_000, locked: true, confirmLock: "the stack's name" },
  ],
  defaultEventBasedHold: [undefined, true, false],
  migration: [
    undefined,
    { source: { bucketName: "old" }, waves: [{ name: "all" }], schedule },
    {
      transferSubjectId: "100000000123456789012",
      source: {
        bucketName: "old",
        region: "eu-central-1",
        kmsKeyArns: ["arn:aws:kms:eu-central-1:123456789012:key/1b2c3d4e-1111-2222-3333-444455556666"],
      },
      sink: { path: "old/", storageClass: "ARCHIVE", keepModificationTime: true },
      waves: [
        { name: "masters", enabled: true, prefixes: ["masters/"] },
        {
          name: "others",
          enabled: true,
          excludePrefixes: ["masters/"],
          schedule: { ...schedule, startTime: "03:00", repeatEverySeconds: 86_400, endDate: "2027-06-30" },
        },
      ],
      wavesAtATime: 2,
      schedule: { ...schedule, startTime: "22:30", repeatEverySeconds: 86_400, endDate: "2027-06-30" },
      follow: {
        enabled: true,
        prefixes: ["incoming/"],
        endsAt: "2027-06-30T00:00:00Z",
        replaceBucketNotifications: true,
        awsAccountId: "123456789012",
      },
      overwrite: "DIFFERENT",
      deleteFromSource: "old",
      notificationTopic: "projects/my-project/topics/transfers",
      logging: "everything",
      tags: { team: "video" },
    },
    {
      source: { bucketName: "old", path: "a/", roleArn: "arn:aws:iam::123456789012:role/reader" },
      sink: { storageClass: "STANDARD" },

      waves: [{ name: "listed", manifest: "gs://lists/one.csv" }],
      schedule,
      overwrite: "NEVER",
      logging: "nothing",
      follow: { replaceBucketNotifications: true },
    },
    {
      source: { bucketName: "old" },
      sink: { storageClass: "NEARLINE" },
      waves: [{ name: "all" }],
      schedule,
      overwrite: "ALWAYS",
      logging: "failures",
    },
    { source: { bucketName: "old" }, sink: { path: "from-s3/" }, waves: [{ name: "all" }], schedule },
    { source: { bucketName: "old" }, sink: { storageClass: "COLDLINE" }, waves: [{ name: "all", schedule }] },
  ],
};

/** What each key may be: every combination of two is tried. */
export const CHOICES: Readonly<Record<StackKind, Choices>> = {
  platform: { kind: [undefined, "platform"], ...COMMON, ...STORAGE, ...CLUSTERS, ...ENCODING, ...SERVICES },
  archive: {
    kind: ["archive"],
    ...COMMON,
    ...STORAGE,
    placement: [...(STORAGE["placement"] ?? []), "US"],
    ...ARCHIVE,
  },
};

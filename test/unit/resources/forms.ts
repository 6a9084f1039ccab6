import type * as pulumi from "@pulumi/pulumi";
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
} from "../../../components/index.ts";
import { Images } from "../../../components/images/index.ts";
import { ArchiveMigration, S3AccessRole, S3Bucket } from "../../../components/migration/index.ts";
import { SAMPLES } from "../../slow/lists/samples.ts";
import { clusters } from "../platform/world.ts";
import { CA } from "../workloads/authority.ts";
import { coordinatorArgs } from "../workloads/coordinator-world.ts";
import type { Form } from "./exposed.ts";

const project = { projectId: "my-project", projectNumber: "123456789012" };
const regions = ["us-central1", "us-east1"];
const coordinatorPrincipals = ["zeta", "alpha"].map(
  (name) => `serviceAccount:${name}@my-project.iam.gserviceaccount.com`,
);
const images = { coordinator: "registry/coordinator:1", worker: "registry/worker:1" };
const pool = {
  region: "us-central1",
  namespace: "mpegflow-encoders",
  image: "registry/worker:1",
  coordinatorUrl: "https://coordinator.mpegflow.svc",
  coordinatorCa: CA,
};
const cluster = {
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
};

const form = (what: string, make: () => pulumi.ComponentResource): Form => ({ what, make });

/** The form of another test, whose lists have several elements each. */
const sample = (name: string): Form =>
  form("lists of several elements", () => {
    const found = SAMPLES[name];
    if (found === undefined) throw new Error(`there is no sample of ${name}`);
    return found.make(found.args) as pulumi.ComponentResource;
  });

/** By component, forms of its arguments that together make everything that it can make, and leave out what it can. */
export const FORMS: Readonly<Record<string, readonly Form[]>> = {
  MediaBucket: [
    sample("MediaBucket"),
    form(
      "nothing but a bucket",
      () => new MediaBucket("media", { placement: predefined("NAM4"), accessPattern: "SingleWriter" }),
    ),
    form(
      "notifications to one topic",
      () =>
        new MediaBucket("media", {
          placement: predefined("NAM4"),
          accessPattern: "SingleWriter",
          notifications: ["new", "gone"].map((name) => ({ name, topic: "projects/my-project/topics/all" })),
        }),
    ),
  ],
  BrokerIdentity: [
    sample("BrokerIdentity"),
    form(
      "one signer with keys, one of them INACTIVE",
      () =>
        new BrokerIdentity("broker", {
          ...project,
          bucket: "media",
          regions,
          coordinatorPrincipals,
          signer: "HMAC",
          hmacKeys: [{ name: "b" }, { name: "a", state: "INACTIVE" }],
        }),
    ),
    form(
      "two signers with keys",
      () =>
        new BrokerIdentity("broker", {
          ...project,
          bucket: "media",
          regions,
          coordinatorPrincipals,
          signer: "HMAC",
          separateSigners: true,
        }),
    ),
    form(
      "a role of others",
      () =>
        new BrokerIdentity("broker", {
          ...project,
          bucket: "media",
          regions,
          coordinatorPrincipals,
          signerRole: "projects/my-project/roles/signer",
        }),
    ),
  ],
  JobMessaging: [
    sample("JobMessaging"),
    form(
      "nothing that can be left out",
      () => new JobMessaging("jobs", { ...project, regions, coordinatorPrincipals }),
    ),
    form(
      "both histories, and a webhook with an account of others",
      () =>
        new JobMessaging("jobs", {
          ...project,
          regions,
          coordinatorPrincipals,
          history: { bigQuery: { location: "US" }, storage: { bucket: "history" } },
          webhooks: [
            {
              name: "orders",
              endpoint: "https://orders.example.com/mpegflow",
              serviceAccountEmail: "push@my-project.iam.gserviceaccount.com",
            },
          ],
        }),
    ),
  ],
  Encryption: [
    sample("Encryption"),
    form(
      "a key in a ring of others",
      () =>
        new Encryption("media", {
          ...project,
          placement: predefined("NAM4"),
          existingKeyRing: true,
          keyRingName: "shared",
        }),
    ),
    form(
      "a key of others",
      () =>
        new Encryption("media", {
          ...project,
          placement: predefined("NAM4"),
          existingKeyName: "projects/my-project/locations/nam4/keyRings/r/cryptoKeys/k",
        }),
    ),
  ],
  AuditTrail: [
    sample("AuditTrail"),
    form(
      "every destination, and no Data Access logs",
      () =>
        new AuditTrail("trail", {
          projectId: "my-project",
          placement: predefined("NAM4"),
          bucketNames: ["media"],
          signerEmails: ["signer@my-project.iam.gserviceaccount.com"],
          manageDataAccessLogs: false,
          destinations: { logBucket: {}, archiveBucket: {}, bigQuery: {} },
        }),
    ),
    form(
      "a log bucket with an id, in another project",
      () =>
        new AuditTrail("trail", {
          projectId: "my-project",
          placement: predefined("NAM4"),
          bucketNames: ["media"],
          signerEmails: ["signer@my-project.iam.gserviceaccount.com"],
          destinations: { logBucket: { projectId: "other-project", bucketId: "trail" } },
        }),
    ),
  ],
  CdnDelivery: [
    sample("CdnDelivery"),
    form(
      "everyone, by IPv6 too, with a map of certificates",
      () =>
        new CdnDelivery("vod", {
          ...project,
          bucket: "media",
          domains: ["media.example.com"],
          access: "Everyone",
          servedPrefixes: ["outputs/"],
          ipv6: true,
          certificateMap: "//certificatemanager.googleapis.com/projects/p/locations/global/certificateMaps/m",
        }),
    ),
    form(
      "many served prefixes",
      () =>
        new CdnDelivery("vod", {
          ...project,
          bucket: "media",
          regions,
          coordinatorPrincipals,
          domains: ["media.example.com"],
          servedPrefixes: Array.from({ length: 30 }, (_, index) => `outputs/${index}/`),
        }),
    ),
  ],
  Images: [false, true].map((mirror) =>
    form(
      mirror ? "a mirror" : "two images",
      () => new Images("images", { projectId: "my-project", location: "us", source: ".", tag: "1", mirror }),
    ),
  ),
  S3Bucket: [
    sample("S3Bucket"),
    form("a new bucket", () => new S3Bucket("archive", { versioning: true })),
    form(
      "an existing bucket, left as it is",
      () => new S3Bucket("archive", { existingBucketName: "studio-archive" }),
    ),
  ],
  S3AccessRole: [
    sample("S3AccessRole"),
    form(
      "no more than it needs",
      () =>
        new S3AccessRole("archive", {
          bucketName: "studio-archive",
          access: "read",
          subjectId: "100000000123456789012",
          audience: "studio-archive",
        }),
    ),
  ],
  ArchiveMigration: [
    sample("ArchiveMigration"),
    form(
      "a role of others, manifests and notifications",
      () =>
        new ArchiveMigration("migration", {
          ...project,
          transferSubjectId: "100000000123456789012",
          source: {
            bucketName: "studio-archive",
            roleArn: "arn:aws:iam::123456789012:role/transfer",
          },
          sink: { bucketName: "studio-media" },
          waves: [
            { name: "listed", manifest: "gs://manifests/first.csv" },
            { name: "rest", manifest: "gs://studio-media/rest.csv" },
          ],
          schedule: { startDate: "2027-01-15" },
          notificationTopic: "projects/my-project/topics/transfers",
        }),
    ),
  ],
  Network: [
    sample("Network"),
    form(
      "no way to the internet",
      () =>
        new Network("encoders", {
          projectId: "my-project",
          regions: [{ region: "us-central1", block: 0 }],
        }),
    ),
  ],
  EncoderCluster: [
    sample("EncoderCluster"),
    form("Autopilot", () => new EncoderCluster("encoders", { ...cluster, mode: "AUTOPILOT" })),
    form(
      "backups",
      () =>
        new EncoderCluster("encoders", {
          ...cluster,
          encoderPools: [{ name: "spot", machineType: "c3d-standard-16", maxNodes: 20 }],
          backup: { region: "us-east1", schedule: "0 3 * * *" },
        }),
    ),
  ],
  Keda: [sample("Keda"), form("a namespace of others", () => new Keda("keda", { namespace: "scaling" }))],
  Coordinator: [
    sample("Coordinator"),
    form(
      "a certificate of cert-manager, and metrics",
      () =>
        new Coordinator("central", {
          ...coordinatorArgs,
          tls: { certManager: { name: "issuer", caCertificate: CA } },
          managedPrometheus: true,
        }),
    ),
  ],
  EncoderPool: [
    sample("EncoderPool"),
    sample("EncoderPool by names of hosts"),
    form("profiles", () => new EncoderPool("encoders", { ...pool, profiles: { house: "name: house\n" } })),
    ...(["SCALED_OBJECT", "SCALED_JOB"] as const).map((kind) =>
      form(kind, () => new EncoderPool("encoders", { ...pool, scaling: { kind, maxReplicas: 8 } })),
    ),
    form(
      "a coordinator by its name",
      () =>
        new EncoderPool("encoders", {
          region: pool.region,
          namespace: pool.namespace,
          image: pool.image,
          coordinatorUrl: "https://coordinator.example.com",
          coordinatorByName: true,
        }),
    ),
    form(
      "a coordinator that a mesh speaks for",
      () =>
        new EncoderPool("encoders", {
          region: pool.region,
          namespace: pool.namespace,
          image: pool.image,
          coordinatorUrl: "http://coordinator.mpegflow.svc",
          plaintextCoordinator: true,
          scaling: { kind: "SCALED_OBJECT", maxReplicas: 8 },
        }),
    ),
  ],
  MpegFlowPlatform: [
    sample("MpegFlowPlatform"),
    form(
      "given clusters, and nothing that can be left out",
      () =>
        new MpegFlowPlatform("mpegflow", {
          ...project,
          placement: predefined("NAM4"),
          clusters: clusters(...regions),
          images,
        }),
    ),
    form(
      "every key, and KEDA",
      () =>
        new MpegFlowPlatform("mpegflow", {
          ...project,
          placement: predefined("NAM4"),
          clusters: clusters(...regions),
          images,
          encryption: { secrets: {}, auditLogBucket: {} },
          audit: {},
          encoders: { scaling: { kind: "SCALED_JOB", maxReplicas: 8 } },
        }),
    ),
  ],
};

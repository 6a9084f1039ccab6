import * as gcp from "@pulumi/gcp";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ArchiveMigration, S3AccessRole, S3Bucket } from "../../components/migration/index.ts";
import { Images } from "../../components/images/index.ts";
import * as components from "../../components/index.ts";
import { InvalidArguments } from "../../components/validation/index.ts";
import { NAME_RULES, RANDOM_SUFFIX, type NameKind } from "../../components/validation/names.ts";
import { recordPulumi, type RecordedResource } from "../../testing/index.ts";

const project = { projectId: "my-project", projectNumber: "123456789012" };
const regions = ["us-central1", "us-east1"];
const placement = components.predefined("NAM4");
const coordinatorPrincipals = ["principal://coordinator"];
const provider = () => new kubernetes.Provider("cluster", {});

/** Every component, with a name of the test's and as much as it can make. */
const MAKE: Readonly<Record<string, (name: string) => unknown>> = {
  MediaBucket: (name) =>
    new components.MediaBucket(name, { ...project, placement, accessPattern: "ActiveActive" }),
  AuditTrail: (name) =>
    new components.AuditTrail(name, {
      ...project,
      placement,
      bucketNames: ["media"],
      signerEmails: ["signer@my-project.iam.gserviceaccount.com"],
      destinations: { logBucket: {}, archiveBucket: {}, bigQuery: {} },
      alerts: { notificationChannels: ["projects/my-project/notificationChannels/1"] },
    }),
  BrokerIdentity: (name) =>
    new components.BrokerIdentity(name, {
      ...project,
      bucket: "media",
      regions,
      coordinatorPrincipals,
      signer: "HMAC",
      separateSigners: true,
    }),
  CdnDelivery: (name) =>
    new components.CdnDelivery(name, {
      ...project,
      bucket: "media",
      domains: ["media.example.com"],
      regions,
      ipv6: true,
    }),
  // Theirs are Kubernetes' names, which do not come from the component's: kubernetesName has a check of its own.
  Coordinator: () => undefined,
  EncoderPool: () => undefined,
  EncoderCluster: (name) =>
    new components.EncoderCluster(name, {
      ...project,
      region: "us-central1",
      network: "projects/my-project/global/networks/encoders",
      subnet: {
        subnetwork: "projects/my-project/regions/us-central1/subnetworks/encoders",
        podRangeName: "pods",
        serviceRangeName: "services",
        controlPlaneRange: "10.0.32.0/28",
      },
      nodeTag: "encoders-nodes",
      encoderPools: [{ name: "spot", machineType: "c3d-standard-16", maxNodes: 20 }],
    }),
  Encryption: (name) => new components.Encryption(name, { ...project, placement }),
  JobMessaging: (name) => new components.JobMessaging(name, { ...project, regions, coordinatorPrincipals }),
  Keda: (name) => new components.Keda(name, {}, { providers: [provider()] }),
  MpegFlowPlatform: (name) =>
    new components.MpegFlowPlatform(
      name,
      {
        ...project,
        placement,
        clusters: regions.map((region) => ({ region })),
        ownClusters: { encoderPools: [{ name: "spot", machineType: "c3d-standard-16", maxNodes: 20 }] },
        images: { coordinator: "registry/coordinator:1", worker: "registry/worker:1" },
        encryption: { secrets: {}, auditLogBucket: {} },
        audit: { destinations: { logBucket: {}, archiveBucket: {}, bigQuery: {} } },
        delivery: { domains: ["media.example.com"] },
        history: { bigQuery: { location: "US" } },
        uploads: { prefix: "incoming/", outputPrefix: "encoded/" },
      },
      { providers: [new gcp.Provider("google", { project: "my-project" })] },
    ),
  Network: (name) =>
    new components.Network(name, {
      ...project,
      regions: regions.map((region, block) => ({ region, block })),
    }),
  Images: (name) => new Images(name, { ...project, location: "us", source: ".", tag: "1.0.0" }),
  S3Bucket: (name) => new S3Bucket(name, { bucketName: "studio-archive" }),
  S3AccessRole: (name) =>
    new S3AccessRole(name, {
      bucketName: "studio-archive",
      access: "read",
      subjectId: "100000000123456789012",
      audience: "studio-archive",
    }),
  ArchiveMigration: (name) =>
    new ArchiveMigration(name, {
      ...project,
      transferSubjectId: "100000000123456789012",
      source: { bucketName: "studio-archive" },
      sink: { bucketName: "studio-media" },
      waves: [{ name: "all" }],
      schedule: { startDate: "2027-01-15" },
      follow: { replaceBucketNotifications: true },
    }),
};

/** Which rule the names of each type are held to; a type that is missing here fails the test. Nothing: it has no name. */
const KINDS: Readonly<Record<string, NameKind | undefined>> = {
  "gcp:storage/bucket:Bucket": "bucket",
  "gcp:serviceaccount/account:Account": "account",
  "gcp:secretmanager/secret:Secret": "secret",
  "gcp:pubsub/topic:Topic": "messaging",
  "gcp:pubsub/subscription:Subscription": "messaging",
  "gcp:pubsub/schema:Schema": "messaging",
  "gcp:container/cluster:Cluster": "cluster",
  "gcp:container/nodePool:NodePool": "cluster",
  "gcp:projects/iAMCustomRole:IAMCustomRole": "role",
  "gcp:kms/keyRing:KeyRing": "key",
  "gcp:kms/cryptoKey:CryptoKey": "key",
  "gcp:bigquery/dataset:Dataset": "dataset",
  "gcp:bigquery/table:Table": "dataset",
  "gcp:logging/projectSink:ProjectSink": "log",
  "gcp:logging/projectBucketConfig:ProjectBucketConfig": "log",
  "gcp:logging/metric:Metric": "log",
  "gcp:artifactregistry/repository:Repository": "repository",
  "aws:iam/role:Role": "awsRole",
  "aws:sqs/queue:Queue": "queue",
  ...Object.fromEntries(
    [
      ...["backendBucket:BackendBucket", "firewall:Firewall", "globalAddress:GlobalAddress"],
      ...["globalForwardingRule:GlobalForwardingRule", "network:Network", "route:Route"],
      ...["sSLPolicy:SSLPolicy", "subnetwork:Subnetwork", "targetHttpProxy:TargetHttpProxy"],
      ...["targetHttpsProxy:TargetHttpsProxy", "uRLMap:URLMap"],
    ].map((type) => [`gcp:compute/${type}`, "compute"] as const),
  ),
  "gcp:dns/managedZone:ManagedZone": "compute",
  ...Object.fromEntries(
    [
      ...["certificate:Certificate", "certificateMap:CertificateMap"],
      ...["certificateMapEntry:CertificateMapEntry", "dnsAuthorization:DnsAuthorization"],
    ].map((type) => [`gcp:certificatemanager/${type}`, "compute"] as const),
  ),
};

/** Types whose names are free text, made by the service, or those of something else. */
const WITHOUT_NAME =
  /^(?:random:|tls:|pulumi:|kubernetes:|docker-build:|aws:s3|gcp:(?:monitoring|storage\/(?:notification|hmacKey|transferJob)|dns\/recordSet|compute\/backendBucketSignedUrlKey|secretmanager\/secretVersion|gkebackup))|:(?:[A-Za-z]*(?:IAM|Iam)(?:Member|AuditConfig)|ServiceIdentity|RolePolicy|QueuePolicy)$/;
const NAME_KEYS = [
  "accountId",
  "secretId",
  "bucketId",
  "datasetId",
  "tableId",
  "roleId",
  "repositoryId",
  "name",
];

/** What Google would see: the name that is given, or the one that Pulumi makes up. */
function visibleName({ type, name, inputs }: RecordedResource): string {
  const given = NAME_KEYS.map((key) => inputs[key]).find((value) => typeof value === "string");
  if (given !== undefined) return given;
  const made = `${name}-${"0".repeat(RANDOM_SUFFIX - 1)}`;
  return type === "gcp:storage/bucket:Bucket" ? made.toLowerCase() : made;
}

/** Names that a service would refuse, of a component that was not refused. */
async function refusedByService(component: string, name: string): Promise<string[]> {
  const recorder = await recordPulumi({
    id: ({ type, name: own, inputs }) => {
      const { location, keyRing } = inputs as { location?: string; keyRing?: string };
      if (type === "gcp:kms/keyRing:KeyRing")
        return `projects/my-project/locations/${location ?? ""}/keyRings/${own}`;
      return type === "gcp:kms/cryptoKey:CryptoKey" ? `${keyRing ?? ""}/cryptoKeys/${own}` : undefined;
    },
    outputs: ({ type, name: own }) => {
      if (type.endsWith(":DnsAuthorization"))
        return { dnsResourceRecords: [{ name: "_acme", type: "CNAME", data: "authorize." }] };
      if (type === "gcp:serviceaccount/account:Account") return { email: `${own}@my-project.iam` };
      if (type === "random:index/randomBytes:RandomBytes") return { base64: "c2VjcmV0" };
      if (type === "random:index/randomId:RandomId") return { hex: "0a1b2c" };
      if (type === "gcp:projects/serviceIdentity:ServiceIdentity")
        return { member: "serviceAccount:a@b", email: "a@b" };
      if (type === "gcp:storage/hmacKey:HmacKey") return { accessId: "GOOG", secret: "secret" };
      return type === "gcp:container/cluster:Cluster"
        ? { controlPlaneEndpointsConfig: { dnsEndpointConfig: { endpoint: own } } }
        : {};
    },
    call: () => ({ number: "123456789012", emailAddress: "logging@my-project.iam.gserviceaccount.com" }),
  });
  try {
    MAKE[component]?.(name);
  } catch (error) {
    if (!(error instanceof InvalidArguments)) throw error;
    // What is refused is refused before anything is made.
    const made = recorder.resources.filter(({ type }) => !type.startsWith("pulumi:providers"));
    return made.map(({ type, name: own }) => `${type} ${own} was made before the refusal`);
  } finally {
    await recorder.settled();
  }
  return recorder.resources
    .filter(({ custom, type }) => custom && !WITHOUT_NAME.test(type))
    .flatMap((resource) => {
      const kind = KINDS[resource.type];
      if (kind === undefined) return [`${resource.type} has no rule`];
      const { pattern, shortest, longest } = NAME_RULES[kind];
      const visible = visibleName(resource);
      const good = pattern.test(visible) && visible.length >= shortest && visible.length <= longest;
      return good ? [] : [`${resource.type} ${visible} (${visible.length} characters)`];
    });
}

test("every component is tried", () => {
  const exported = Object.entries({
    ...components,
    ArchiveMigration,
    S3AccessRole,
    S3Bucket,
    Images,
  }).flatMap(([name, value]) =>
    typeof value === "function" && value.prototype instanceof pulumi.ComponentResource ? [name] : [],
  );
  expect(Object.keys(MAKE).toSorted()).toEqual(exported.toSorted());
});

describe.each(Object.keys(MAKE))("a %s", (component) => {
  test.each([
    "media",
    "m",
    "a".repeat(24),
    "a".repeat(40),
    "a".repeat(48),
    "a".repeat(56),
    "a".repeat(70),
    "Media_Files",
    "media-",
    "google-media",
  ])(
    "of the name %s is refused before anything is made, or every service takes the names of its parts",
    async (name) => {
      expect(await refusedByService(component, name)).toEqual([]);
    },
  );
});

test("a bucket's name of any length and form is refused, or taken by Cloud Storage", async () => {
  await fc.assert(
    fc.asyncProperty(fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_.-]{0,80}$/), async (name) => {
      expect(await refusedByService("MediaBucket", name)).toEqual([]);
    }),
    { numRuns: 50 },
  );
});

test("names of certificates are told apart, and fit, whatever the domains are", async () => {
  const long = `${"media-".repeat(9)}x.example.com`;
  const domains = ["a-b.example.com", "a.b-example.com", "ab.example.com", long];
  const recorder = await recordPulumi({
    outputs: ({ type }) => (type.endsWith(":DnsAuthorization") ? { dnsResourceRecords: [] } : {}),
  });
  new components.CdnDelivery("vod", {
    ...project,
    bucket: "media",
    access: "Everyone",
    servedPrefixes: ["public/"],
    domains,
  });
  await recorder.settled();
  const ofDomain = (domain: string) =>
    recorder
      .ofType("gcp:certificatemanager/certificate:Certificate")
      .find(({ inputs }) => JSON.stringify(inputs["managed"]).includes(`"${domain}"`));
  expect(domains.map((domain) => ofDomain(domain)?.name)).toEqual([
    "vod-a--b-example-com",
    "vod-a-b--example-com",
    "vod-ab-example-com",
    expect.stringMatching(/^vod-[0-9a-f]{8}$/),
  ]);
  // Of old, the second of two alike took a digest, and the first its name without doubled dashes.
  expect(ofDomain("a.b-example.com")?.aliases).toEqual([
    expect.stringMatching(/^vod-[0-9a-f]{8}$/),
    "vod-a-b-example-com",
  ]);
});

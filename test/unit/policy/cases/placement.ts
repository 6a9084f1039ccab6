import { outputOf, UNKNOWN } from "../../../../testing/index.ts";
import {
  any,
  bucket,
  bucketGrant,
  cluster,
  deployment,
  principal,
  secret,
  service,
  topic,
  type Case,
} from "./case.ts";

const ACTIVE = { "mpegflow-access-pattern": "active-active" };
const SINGLE = { "mpegflow-access-pattern": "single-writer" };

const services = ["us-central1", "europe-west4"].map((location) =>
  service(`api-${location}`, {
    location,
    template: { serviceAccount: "api@p.iam.gserviceaccount.com" },
  }),
);
const writes = bucketGrant("api-writes", {
  bucket: "masters",
  role: "roles/storage.objectUser",
  member: "serviceAccount:api@p.iam.gserviceaccount.com",
});
const twoRegions = (given: string, where: string, kind: string): string =>
  `Bucket "${given}" must be a dual-region with rpo ASYNC_TURBO, because programs in europe-west4 and us-central1 write to it. Its location ${where} is ${kind}.`;

const [here, there] = ["us-central1", "us-east1"].map((location) => cluster(`c-${location}`, { location }));
const coordinators = [here, there].flatMap((one) =>
  one === undefined
    ? []
    : [
        deployment(
          `coordinator-${one.name}`,
          { account: "coordinator" },
          { dependencies: [`${one.type}::${one.name}`] },
        ),
      ],
);

export const placement: readonly Case[] = [
  {
    policy: "active-active-requires-dual-region",
    title: "a multi-region labelled active-active",
    resources: [bucket("media", { location: "US", rpo: undefined, labels: ACTIVE })],
    found: [
      'Bucket "media" must be a dual-region with rpo ASYNC_TURBO, because it is declared active-active (label mpegflow-access-pattern). Its location "US" is a multi-region.',
    ],
  },
  {
    policy: "active-active-requires-dual-region",
    title: "a dual-region labelled active-active",
    resources: [bucket("media", { labels: ACTIVE })],
    found: [],
  },
  {
    policy: "two-region-writers-require-dual-region",
    title: "a region that services of Cloud Run in two regions may write to, labelled single-writer",
    resources: [
      bucket("masters", { location: "us-central1", rpo: undefined, labels: SINGLE }),
      ...services,
      writes,
    ],
    found: [twoRegions("masters", '"US-CENTRAL1"', "a single region")],
  },
  {
    policy: "two-region-writers-require-dual-region",
    title: "a dual-region with turbo replication under the same services",
    resources: [bucket("masters"), ...services, writes],
    found: [],
  },
  {
    policy: "two-region-writers-require-dual-region",
    title: "a region that they may read only",
    resources: [
      bucket("masters", { location: "us-central1", rpo: undefined }),
      ...services,
      { ...writes, props: { ...writes.props, role: "roles/storage.objectViewer" } },
    ],
    found: [],
  },
  {
    policy: "two-region-writers-require-dual-region",
    title: "a region that pods on clusters in two regions may write to, before its name is known",
    resources: [
      ...[here, there].flatMap((one) => one ?? []),
      ...coordinators,
      bucket("masters", { name: UNKNOWN.string, location: "us-central1", rpo: undefined }),
      bucketGrant("pods-write", {
        bucket: outputOf("gcp:storage/bucket:Bucket::masters"),
        role: "roles/storage.objectAdmin",
        member: principal("media", "coordinator"),
      }),
    ],
    found: [
      'Bucket "masters" must be a dual-region with rpo ASYNC_TURBO, because programs in us-central1 and us-east1 write to it. Its location "US-CENTRAL1" is a single region.',
    ],
  },
  ...(
    [
      [
        "a reserved pair",
        { location: "US", customPlacementConfig: { dataLocations: ["US-CENTRAL1", "US-EAST1"] } },
      ],
      ["one data location", { location: "EU", customPlacementConfig: { dataLocations: ["EUROPE-WEST1"] } }],
      ["turbo replication on a region", { location: "us-central1" }],
      ["an unknown location", { location: "mars", rpo: undefined }],
    ] as const
  ).map(([title, props], index): Case => ({
    policy: "bucket-placement-is-valid",
    title,
    resources: [bucket("media", props)],
    found: [
      [
        'Bucket "media" has customPlacementConfig.dataLocations ["US-CENTRAL1","US-EAST1"] with location US: Google offers this pair as the predefined dual-region NAM4 only; allowed: location NAM4 for this pair, or one of the two with us-east4, us-east5, us-south1, us-west1, us-west2, us-west3, us-west4.',
        'Bucket "media" has customPlacementConfig.dataLocations ["EUROPE-WEST1"] with location EU: the number of data locations given was 1; allowed: exactly two different regions of EU: europe-central2, europe-north1, europe-southwest1, europe-west1, europe-west3, europe-west4, europe-west8, europe-west9, europe-west10, europe-west12.',
        'Bucket "media" has rpo "ASYNC_TURBO" with location US-CENTRAL1: a single region does not replicate; allowed: nothing on a region.',
        'Bucket "media" has location "mars"; allowed: a predefined dual-region',
      ][index] ?? "",
    ],
  })),
  {
    policy: "bucket-placement-is-valid",
    title: "a configurable dual-region, a multi-region, and a bucket that says nothing",
    resources: [
      bucket("pair", {
        location: "us",
        customPlacementConfig: { dataLocations: ["us-central1", "us-west1"] },
      }),
      bucket("multi", { location: "EU", rpo: "DEFAULT" }),
      any("google-native:storage/v1:Bucket")("plain"),
    ],
    found: [],
  },
  {
    policy: "bucket-placement-is-valid",
    title: "a location that is not known yet",
    resources: [bucket("media", { location: UNKNOWN.string })],
    found: [],
    undecided: true,
  },
  {
    policy: "clusters-run-in-bucket-regions",
    title: "a cluster elsewhere",
    resources: [bucket(), cluster("encoders", { location: "us-west1-a" })],
    found: [
      'Cluster "encoders" runs in us-west1, where no bucket of this stack is; they are in us-central1 and us-east1.',
    ],
  },
  {
    policy: "clusters-run-in-bucket-regions",
    title: "clusters in both of the bucket's regions, one by its zone",
    resources: [
      bucket(),
      cluster("one", { location: "us-central1" }),
      cluster("other", { location: "us-east1-b" }),
    ],
    found: [],
  },
  {
    policy: "clusters-run-in-bucket-regions",
    title: "a cluster beside a multi-region, which has no regions to be in",
    resources: [
      bucket("media", { location: "US", rpo: undefined }),
      cluster("encoders", { location: "us-west1" }),
    ],
    found: [],
  },
  {
    policy: "clusters-run-in-bucket-regions",
    title:
      "a cluster beside a bucket in another region that nothing on it uses, such as one for state or logs",
    resources: [
      bucket("state", { location: "europe-west1", rpo: undefined }),
      cluster("encoders", { location: "us-west1" }),
    ],
    found: [],
  },
  {
    policy: "clusters-run-in-bucket-regions",
    title: "a cluster whose pods read a bucket in another region, beside a media bucket in its own",
    resources: [
      bucket("media", { labels: ACTIVE }),
      bucket("masters", { location: "europe-west1", rpo: undefined }),
      ...[here].flatMap((one) => one ?? []),
      ...coordinators.slice(0, 1),
      bucketGrant("reads", {
        bucket: "masters",
        role: "roles/storage.objectViewer",
        member: principal("media", "coordinator"),
      }),
    ],
    found: [
      'Cluster "c-us-central1" runs in us-central1, where no bucket of this stack is that its programs use; they are in europe-west1.',
    ],
  },
  {
    policy: "data-stays-where-allowed",
    title: "data outside Europe",
    config: { allowedLocations: ["europe-*", "EU"] },
    resources: [
      bucket("media"),
      topic("jobs", { messageStoragePolicy: { allowedPersistenceRegions: ["europe-west1", "us-east1"] } }),
      topic("events"),
      secret("lease", { replication: { userManaged: { replicas: [{ location: "us-central1" }] } } }),
      any("gcp:secretmanager/regionalSecret:RegionalSecret")("regional", { location: "us-east1" }),
      cluster("encoders", { location: "us-central1-a" }),
    ],
    found: [
      'Bucket "media" is in NAM4; allowed: europe-*, EU.',
      'Topic "jobs" is in us-east1; allowed: europe-*, EU.',
      'Topic "events" does not say where it is; allowed: europe-*, EU.',
      'Secret "lease" is in us-central1; allowed: europe-*, EU.',
      'RegionalSecret "regional" is in us-east1; allowed: europe-*, EU.',
      'Cluster "encoders" is in us-central1; allowed: europe-*, EU.',
    ],
  },
  {
    policy: "data-stays-where-allowed",
    title: "data in Europe, a dual-region by its regions",
    config: { allowedLocations: ["europe-*", "EU"] },
    resources: [
      bucket("media", { location: "eur4" }),
      bucket("multi", { location: "EU", rpo: undefined }),
      topic("jobs", { messageStoragePolicy: { allowedPersistenceRegions: ["europe-west1"] } }),
      cluster("encoders", { location: "europe-west4-a" }),
    ],
    found: [],
  },
  {
    policy: "data-stays-where-allowed",
    title: "anything, while nothing is configured",
    resources: [bucket("media"), topic("events")],
    found: [],
  },
];

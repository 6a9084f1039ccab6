import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readConfig, type RawConfig } from "../../../stacks/config.ts";
import { platformArguments, stackBucketArguments } from "../../../stacks/platform-arguments.ts";

const DIGEST = "0".repeat(64);

/** The smallest configuration that is complete, as the engine hands it over. */
const complete = {
  projectId: "my-project",
  placement: "NAM4",
  clusters: JSON.stringify([
    { region: "us-central1", context: "central" },
    { region: "us-east1", context: "east" },
  ]),
  images: JSON.stringify({ coordinator: "registry/coordinator:1", worker: "registry/worker:1" }),
};

function raw(own: Record<string, string>, more: Partial<RawConfig> = {}): RawConfig {
  const values = Object.fromEntries(
    Object.entries(own).map(([key, value]) => [`mpegflow-gcs:${key}`, value]),
  );
  return { project: "mpegflow-gcs", stack: "prod", values, ...more };
}

const read = (own: Record<string, string>) => readConfig(raw({ ...complete, ...own }));

function refusal(config: RawConfig): string {
  try {
    readConfig(config);
  } catch (error) {
    expect(pulumi.RunError.isInstance(error)).toBe(true);
    return (error as Error).message;
  }
  return "accepted";
}

/** The only problem's line. */
function problem(own: Record<string, string>): string {
  const [headline, line, ...others] = refusal(raw({ ...complete, ...own })).split("\n");
  expect(headline).toBe("Configuration of stack prod: 1 problem.");
  expect(others).toEqual([]);
  return line?.slice(4) ?? "";
}

describe("a stack's configuration", () => {
  test("needs a project, a placement, clusters and images; the rest has defaults", () => {
    expect(read({})).toEqual({
      kind: "platform",
      name: "mpegflow",
      projectId: "my-project",
      placement: { kind: "DualRegion", location: "NAM4", regions: ["us-central1", "us-east1"] },
      clusters: [
        { region: "us-central1", context: "central" },
        { region: "us-east1", context: "east" },
      ],
      images: { coordinator: "registry/coordinator:1", worker: "registry/worker:1" },
      imagesByDigest: false,
      separateSigners: false,
      disposable: false,
    });
  });

  test("reads numbers, booleans, lists and objects from the engine's text", () => {
    const config = read({
      projectNumber: "123456789012",
      disposable: "true",
      leaseSeconds: "15",
      workerReplicas: "0",
      worker: '{"cpu":"500m","memory":"1.5Gi","input":"STREAM","paceShare":0.01,"isolation":"AUTO"}',
      hmacKeys: '[{"name":"a","state":"INACTIVE"},{"name":"b"}]',
      activeHmacKey: "b",
      archive: '[{"to":"NEARLINE","afterDays":30,"prefixes":["mezzanines/"]}]',
      labels: '{"team":"video"}',
    });
    expect(config).toMatchObject({
      projectNumber: "123456789012",
      disposable: true,
      leaseSeconds: 15,
      workerReplicas: 0,
      worker: { cpu: "500m", memory: "1.5Gi", input: "STREAM", paceShare: 0.01, isolation: "AUTO" },
      hmacKeys: [
        { name: "a", state: "INACTIVE" },
        { name: "b", state: "ACTIVE" },
      ],
      archive: [{ to: "NEARLINE", afterDays: 30, prefixes: ["mezzanines/"] }],
      labels: { team: "video" },
    });
  });

  test("passes on to encoders what it says of a worker, and no more", () => {
    const encodersOf = (worker: string) => {
      const config = read({ worker });
      return config.kind === "platform" ? platformArguments(config).encoders : undefined;
    };
    const resources = { cpu: "1", memory: "1Gi" };
    expect(encodersOf('{"cpu":"1","memory":"1Gi"}')).toEqual({ resources });
    expect(encodersOf('{"cpu":"1","memory":"1Gi","input":"DOWNLOAD","paceShare":1}')).toEqual({
      resources,
      input: "DOWNLOAD",
      paceShare: 1,
    });
  });

  test("reads every form of placement, so that the platform can refuse those it cannot use", () => {
    expect(read({ placement: "US" }).placement.kind).toBe("MultiRegion");
    expect(read({ placement: "us-central1" }).placement.kind).toBe("Region");
    expect(read({ placement: "us-central1+us-west1" }).placement.kind).toBe("DualRegion");
  });

  test("puts the region first that firstRegion names, and refuses one that the placement has not", () => {
    const placement = "us-west1+us-central1";
    expect(read({ placement }).placement.regions).toEqual(["us-central1", "us-west1"]);
    expect(read({ placement, firstRegion: "us-west1" }).placement.regions).toEqual([
      "us-west1",
      "us-central1",
    ]);
    expect(problem({ firstRegion: "us-west1" })).toBe(
      'mpegflow-gcs:firstRegion: given "us-west1"; allowed: "us-central1" or "us-east1". ' +
        "Fix: name a region of the placement, or remove it: pulumi config rm --stack prod firstRegion",
    );
  });

  test("leaves other namespaces alone", () => {
    const values = { ...raw(complete).values, "gcp:project": "x", "pulumi:tags": "{}" };
    expect(readConfig({ project: "mpegflow-gcs", stack: "prod", values }).projectId).toBe("my-project");
  });

  test("is refused with images that are given and built", () => {
    const images = '{"coordinator":"registry/c:1","worker":"registry/w:1"}';
    expect(refusal(raw({ images, buildImages: '{"location":"us","tag":"1"}' }))).toContain(
      "mpegflow-gcs:buildImages: given buildImages and images; allowed: one of the two. " +
        "Reason: images that are built are not given. Fix: remove one of them: pulumi config rm --stack prod images",
    );
  });

  test("is refused with a time that lost its quotes, and its form, on its way through the engine", () => {
    const maintenanceWindow = {
      startTime: "2026-01-03 02:00:00 +0000 UTC",
      endTime: "2026-01-03T08:00:00Z",
      recurrence: "FREQ=DAILY",
    };
    expect(refusal(raw({ ownClusters: JSON.stringify({ maintenanceWindow }) }))).toContain(
      'mpegflow-gcs:ownClusters.maintenanceWindow.startTime: given "2026-01-03 02:00:00 +0000 UTC"; ' +
        'allowed: a time, in quotes: "2026-01-03T02:00:00Z".',
    );
  });

  test("is refused with every problem at once", () => {
    const message = refusal(
      raw({
        placement: "NAM5",
        clusters: "[]x",
        leaseSeconds: "5",
        disposable: "yes",
        leesSeconds: "60",
      }),
    );
    expect(message.split("\n").map((line) => line.split(":").slice(0, 2).join(":").trim())).toEqual([
      "Configuration of stack prod: 7 problems.",
      "- mpegflow-gcs:leesSeconds",
      "- mpegflow-gcs:projectId",
      "- mpegflow-gcs:disposable",
      "- mpegflow-gcs:placement",
      "- mpegflow-gcs:clusters",
      "- mpegflow-gcs:leaseSeconds",
      "- mpegflow-gcs:images",
    ]);
  });
});

describe("an archive's configuration", () => {
  const archive = { kind: "archive", projectId: "my-project", placement: "us-central1" };

  test("needs a project and a placement, and no clusters", () => {
    expect(readConfig(raw(archive))).toEqual({
      kind: "archive",
      name: "mpegflow",
      projectId: "my-project",
      placement: { kind: "Region", location: "US-CENTRAL1", regions: ["us-central1"] },
      disposable: false,
    });
  });

  test("is refused with keys that only a platform has", () => {
    expect(refusal(raw({ ...archive, clusters: complete.clusters })).split("\n")).toEqual([
      "Configuration of stack prod: 1 problem.",
      "  - mpegflow-gcs:clusters: given a key that a stack of this kind does not have; allowed: kind, name, projectId, " +
        "projectNumber, labels, disposable, placement, firstRegion, bucketName, archive, autoclass, softDeleteRetentionSeconds, " +
        "versioning, temporaryPrefixes, objectRetention, cors, ipFilter, accessLogs, iamMembers, retention, " +
        "defaultEventBasedHold, migration. Reason: mpegflow-gcs:kind is archive, and " +
        "clusters is for the kind platform. Fix: remove it: pulumi config rm --stack prod clusters",
    ]);
  });

  const migration = {
    source: { bucketName: "studio-archive" },
    waves: [{ name: "all", enabled: true }],
    schedule: { startDate: "2027-01-15" },
  };

  test("may move a bucket of S3 here", () => {
    expect(readConfig(raw({ ...archive, migration: JSON.stringify(migration) }))).toMatchObject({
      migration,
    });
  });

  test("may write a day without quotes, which YAML then takes for a time", () => {
    const schedule = { startDate: "2027-01-15 00:00:00 +0000 UTC", endDate: "2027-06-30 00:00:00 +0000 UTC" };
    const config = readConfig(raw({ ...archive, migration: JSON.stringify({ ...migration, schedule }) }));
    expect(config).toMatchObject({
      migration: { schedule: { startDate: "2027-01-15", endDate: "2027-06-30" } },
    });
  });

  test.each([
    [
      "an unknown part",
      { ...migration, wave: [] },
      "mpegflow-gcs:migration.wave: given a key that does not exist; allowed: waves. Fix: rename it to waves, or remove it",
    ],
    [
      "what the component refuses",
      { ...migration, waves: [{ name: "follow" }], source: { bucketName: "s3://studio-archive" } },
      'mpegflow-gcs:migration.waves[0].name: given "follow"; allowed: 1 to 32 characters of a-z, 0-9 and -, ' +
        "first and last a letter or digit, not follow. Reason: the wave's job is named after it, and follow is the job " +
        "that follows arrivals. Fix: rename the wave",
    ],
    [
      "a class that copies cannot have",
      { ...migration, sink: { storageClass: "GLACIER" } },
      'mpegflow-gcs:migration.sink.storageClass: given "GLACIER"; allowed: STANDARD, NEARLINE, COLDLINE, ARCHIVE. ' +
        "Fix: set it in Pulumi.prod.yaml, such as mpegflow-gcs:migration: { source: { bucketName: studio-archive }, " +
        "waves: [{ name: all, enabled: true }], schedule: { startDate: '2027-01-15' } }",
    ],
  ])("is refused with a migration of %s", (_, given, line) => {
    expect(refusal(raw({ ...archive, migration: JSON.stringify(given) }))).toContain(`\n  - ${line}`);
  });

  test.each(["migration", "retention", "defaultEventBasedHold"])(
    "has %s, which a platform has not",
    (key) => {
      expect(refusal(raw({ ...complete, [key]: "true" }))).toContain(
        `Reason: mpegflow-gcs:kind is platform, and ${key} is for the kind archive. Fix: remove it: pulumi config rm --stack prod ${key}`,
      );
    },
  );

  test("is no platform's: without the kind, clusters and images are missed", () => {
    const message = refusal(raw({ projectId: "my-project", placement: "us-central1" }));
    expect(message).toContain("mpegflow-gcs:clusters: given nothing");
    expect(message).toContain("mpegflow-gcs:images: given nothing");
  });

  test("of a kind that does not exist is refused, and checked as a platform's", () => {
    expect(problem({ kind: "archives" })).toBe(
      'mpegflow-gcs:kind: given "archives"; allowed: platform or archive. ' +
        "Fix: set it in Pulumi.prod.yaml, such as mpegflow-gcs:kind: archive",
    );
  });
});

describe("the bucket of a stack of any kind", () => {
  const storage = {
    autoclass: { terminalStorageClass: "ARCHIVE" },
    softDeleteRetentionSeconds: 1_209_600,
    versioning: true,
    temporaryPrefixes: [{ prefix: "scratch/", expireAfterDays: 2 }],
    objectRetention: true,
    cors: [{ origins: ["https://studio.example.com"], methods: ["GET"], maxAgeSeconds: 60 }],
    ipFilter: { publicIpCidrRanges: ["192.0.2.0/24"], allowServiceAgents: true },
    accessLogs: { bucketName: "my-project-logs" },
    iamMembers: [{ name: "readers", role: "roles/storage.objectViewer", member: "group:a@example.com" }],
  };
  const text = Object.fromEntries(
    Object.entries(storage).map(([key, value]) => [key, JSON.stringify(value)]),
  );

  test.each([
    ["platform", complete],
    ["archive", { kind: "archive", projectId: "my-project", placement: "us-central1" }],
  ])("is told the same: %s", (_, own) => {
    expect(stackBucketArguments(readConfig(raw({ ...own, ...text })))).toMatchObject(storage);
  });

  test.each(["1", "604799", "7776001", "-1", "x"])("refuses soft delete for %s seconds", (seconds) => {
    expect(problem({ softDeleteRetentionSeconds: seconds })).toContain(
      "allowed: 0 for off, or a whole number from 604800 (7 days) to 7776000 (90 days)",
    );
  });

  test("is told of an archive's retention and holds", () => {
    const own = { kind: "archive", projectId: "my-project", placement: "us-central1" };
    const config = readConfig(
      raw({ ...own, retention: '{"retentionPeriodSeconds":86400}', defaultEventBasedHold: "true" }),
    );
    expect(stackBucketArguments(config)).toMatchObject({
      retention: { retentionPeriodSeconds: 86_400 },
      defaultEventBasedHold: true,
    });
  });
});

describe("a refused key says what was given, what is allowed and what to do", () => {
  test("for a missing key", () => {
    const { placement, clusters, images } = complete;
    expect(refusal(raw({ placement, clusters, images })).split("\n")[1]).toBe(
      "  - mpegflow-gcs:projectId: given nothing; allowed: a project id: 6 to 30 characters of a-z, 0-9 and -, " +
        "starting with a letter. Fix: set it in Pulumi.prod.yaml, such as mpegflow-gcs:projectId: my-project",
    );
  });

  test("for an unknown key that is close to a known one", () => {
    expect(problem({ leesSeconds: "60" })).toBe(
      "mpegflow-gcs:leesSeconds: given a key that does not exist; allowed: leaseSeconds. " +
        "Fix: rename it to mpegflow-gcs:leaseSeconds, or remove it: pulumi config rm --stack prod leesSeconds",
    );
  });

  test("for an unknown key that is close to none", () => {
    expect(problem({ kubernetesVersion: "1.34" })).toMatch(
      /^mpegflow-gcs:kubernetesVersion: given a key that does not exist; allowed: kind, name, projectId, .*delivery\. Fix: remove it: pulumi config rm --stack prod kubernetesVersion$/,
    );
  });

  test.each(["5", "601", "60.5", "sixty", ""])("for the number %j", (leaseSeconds) => {
    expect(problem({ leaseSeconds })).toBe(
      `mpegflow-gcs:leaseSeconds: given ${JSON.stringify(leaseSeconds)}; allowed: a whole number from 10 to 600. ` +
        "Fix: set it in Pulumi.prod.yaml, such as mpegflow-gcs:leaseSeconds: 60",
    );
  });

  test("for a placement that Google does not offer", () => {
    expect(problem({ placement: "us-central1+europe-west1" })).toMatch(
      /^mpegflow-gcs:placement: given .*; allowed: .* Fix: /,
    );
  });

  test("for a part of an object", () => {
    expect(problem({ clusters: '[{"region":"US-EAST1","context":"east"}]' })).toBe(
      'mpegflow-gcs:clusters[0].region: given "US-EAST1"; allowed: a region in lower case, such as "us-central1". ' +
        "Fix: set it in Pulumi.prod.yaml, such as mpegflow-gcs:clusters: [{ region: us-central1, context: my-cluster }]",
    );
    expect(problem({ images: '{"coordinator":"c"}' })).toContain(
      "mpegflow-gcs:images.worker: given nothing; allowed: an image reference.",
    );
    expect(problem({ worker: '{"cpu":"1","memory":"1Gi","input":"stream"}' })).toContain(
      'mpegflow-gcs:worker.input: given "stream"; allowed: AUTO, STREAM, DOWNLOAD.',
    );
  });

  test("for an unknown part of an object", () => {
    expect(problem({ worker: '{"cpu":"1","memory":"1Gi","scrach":"1Gi"}' })).toBe(
      "mpegflow-gcs:worker.scrach: given a key that does not exist; allowed: scratch. " +
        "Fix: rename it to scratch, or remove it",
    );
  });

  test("for text where an object belongs", () => {
    expect(problem({ images: "registry/coordinator:1" })).toContain(
      'mpegflow-gcs:images: given "registry/coordinator:1"; allowed: an object with coordinator, worker.',
    );
    expect(problem({ images: '"text"' })).toContain("allowed: an object with coordinator, worker.");
  });

  test("for an image by tag where digests are required", () => {
    const images = JSON.stringify({ coordinator: `registry/c@sha256:${DIGEST}`, worker: "registry/w:1" });
    expect(problem({ imagesByDigest: "true", images })).toBe(
      'mpegflow-gcs:images.worker: given "registry/w:1"; allowed: an image by digest: ' +
        "REGISTRY/NAME@sha256:<64 hexadecimal digits>. Reason: imagesByDigest is true, and a tag can be moved to " +
        "another image after review. Fix: use the digest that pushing the image printed",
    );
  });

  test("without the value of a key that was set as a secret", () => {
    const config = raw(
      { ...complete, leaseSeconds: "hunter2" },
      { secretKeys: ["mpegflow-gcs:leaseSeconds"] },
    );
    expect(refusal(config)).toContain("mpegflow-gcs:leaseSeconds: given (secret);");
    expect(refusal(config)).not.toContain("hunter2");
  });
});

test("whatever the values, the answer is a configuration or a RunError that names a key", () => {
  const key = fc.constantFrom(
    "name",
    "projectId",
    "placement",
    "clusters",
    "images",
    "worker",
    "leaseSeconds",
    "archive",
    "hmacKeys",
    "labels",
    "disposable",
    "ipFilter",
    "cors",
    "migration",
    "kind",
    "unknown",
  );
  const value = fc.oneof(fc.string(), fc.json(), fc.constantFrom("true", "12", "[]", "{}", "null", "[null]"));
  fc.assert(
    fc.property(fc.dictionary(key, value), (own) => {
      const message = refusal(raw({ ...complete, ...own }));
      if (message !== "accepted") expect(message).toMatch(/\n {2}- mpegflow-gcs:\w+/);
    }),
  );
});

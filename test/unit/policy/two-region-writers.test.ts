import { describe, expect, test } from "vitest";
import { twoRegionWritersRequireDualRegion } from "../../../policy/placement/two-writers.ts";
import { UNKNOWN, type GivenResource } from "../../../testing/index.ts";
import { runOnStack } from "./run-policy.ts";

const BUCKET = "gcp:storage/bucket:Bucket";

function bucket(props: Record<string, unknown>): GivenResource {
  return { type: BUCKET, name: "media", props: { name: "media-1234567", ...props } };
}

function deployment(
  name: string,
  env: Record<string, string>,
  dependencies: readonly string[] = [],
): GivenResource {
  const variables = Object.entries({ HOME: "/", ...env }).map(([key, value]) => ({ name: key, value }));
  return {
    type: "kubernetes:apps/v1:Deployment",
    name,
    props: { spec: { template: { spec: { containers: [{ name: "main", env: variables }] } } } },
    dependencies,
  };
}

function coordinator(region: string, bucketName = "media-1234567", dependencies?: readonly string[]) {
  return deployment(
    `coordinator-${region}`,
    { MPEGFLOW_REGION: region, MPEGFLOW_BUCKET: bucketName },
    dependencies,
  );
}

function encoders(region: string) {
  return deployment(`encoders-${region}`, { MPEGFLOW_REGION: region });
}

const TWO_COORDINATORS = [coordinator("us-central1"), coordinator("us-east1")];

async function violationsOf(
  resources: readonly GivenResource[],
  config?: Readonly<Record<string, unknown>>,
): Promise<string[]> {
  const { violations } = await runOnStack(twoRegionWritersRequireDualRegion, resources, config);
  return violations.map(({ message }) => message);
}

describe("a bucket that coordinators in two regions write to", () => {
  test.each([
    ["a multi-region", { location: "US" }],
    [
      "a multi-region labelled single-writer",
      { location: "US", labels: { "mpegflow-access-pattern": "single-writer" } },
    ],
    ["a region", { location: "us-central1" }],
    ["a dual-region with default replication", { location: "NAM4", rpo: "DEFAULT" }],
  ])("is refused as %s", async (_, props) => {
    const [message, ...others] = await violationsOf([bucket(props), ...TWO_COORDINATORS]);
    expect(others).toEqual([]);
    expect(message).toContain("because programs in us-central1 and us-east1 write to it");
  });

  test("passes as a dual-region with turbo replication", async () => {
    expect(
      await violationsOf([bucket({ location: "NAM4", rpo: "ASYNC_TURBO" }), ...TWO_COORDINATORS]),
    ).toEqual([]);
  });

  test("is found by dependency while its name is not known", async () => {
    const writers = ["us-central1", "us-east1"].map((region) =>
      coordinator(region, UNKNOWN.string, [`${BUCKET}::media`]),
    );
    expect(
      await violationsOf([bucket({ location: "us-central1", name: UNKNOWN.string }), ...writers]),
    ).toHaveLength(1);
  });

  test("is left to the other rule when it is labelled active-active", async () => {
    const labels = { "mpegflow-access-pattern": "active-active" };
    expect(await violationsOf([bucket({ location: "US", labels }), ...TWO_COORDINATORS])).toEqual([]);
  });

  test("with replication that is not known yet makes no noise", async () => {
    const resources = [bucket({ location: "NAM4", rpo: UNKNOWN.string }), ...TWO_COORDINATORS];
    expect(await runOnStack(twoRegionWritersRequireDualRegion, resources)).toEqual({
      violations: [],
      notApplicable: ["Cannot tell before the update: the bucket's placement is not known yet."],
    });
  });

  test("is let off by exception", async () => {
    expect(
      await violationsOf([bucket({ location: "US" }), ...TWO_COORDINATORS], { exceptions: ["media"] }),
    ).toEqual([]);
  });
});

describe("a bucket that nothing is seen to write to, in a stack with writers in two regions", () => {
  const others = [encoders("us-central1"), encoders("us-east1"), coordinator("us-central1", "another")];

  test("is refused as a multi-region without a label, with a way out", async () => {
    const [message] = await violationsOf([bucket({ location: "US" }), ...others]);
    expect(message).toContain("this stack writes from us-central1 and us-east1");
    expect(message).toContain('set its label mpegflow-access-pattern to "single-writer"');
    expect(message).toContain('set location: "NAM4"');
  });

  test.each([
    [
      "a multi-region labelled single-writer",
      { location: "US", labels: { "mpegflow-access-pattern": "single-writer" } },
    ],
    ["a region", { location: "us-central1" }],
    ["a dual-region with default replication", { location: "EUR4", rpo: "DEFAULT" }],
  ])("passes as %s", async (_, props) => {
    expect(await violationsOf([bucket(props), ...others])).toEqual([]);
  });
});

describe("a stack that writes from one region", () => {
  test("may have any bucket", async () => {
    expect(
      await runOnStack(twoRegionWritersRequireDualRegion, [
        bucket({ location: "US" }),
        coordinator("us-central1"),
        encoders("us-central1"),
      ]),
    ).toEqual({ violations: [], notApplicable: ["nothing writes from two regions"] });
  });
});

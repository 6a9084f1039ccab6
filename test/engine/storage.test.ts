import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunResult, Stack } from "../../sandbox/engine/index.ts";
import { projectId, startTestCloud, type TestCloud } from "../unit/providers/local-cloud.ts";
import type { StorageSettings } from "./fixtures/storage/index.ts";
import { fixture, openTestEngine, previewDigest, stackExport, type TestEngine } from "./support.ts";

let engine: TestEngine;
let cloud: TestCloud;
let stack: Stack;
beforeAll(async () => {
  engine = await openTestEngine();
  cloud = await startTestCloud();
  stack = await engine.stack({ projectDirectory: fixture("storage"), name: "dev" });
  await stack.run(["config", "set", "gcp:project", projectId]);
  // Somebody's bucket, made by hand years ago.
  const settings = { name: "old-media", location: "NAM4", labels: { owner: "playout" } };
  await cloud.storage("POST", `/storage/v1/b?project=${projectId}`, JSON.stringify(settings));
  await cloud.storage("POST", "/upload/storage/v1/b/old-media/o?uploadType=media&name=master.mxf", "frames");
});
afterAll(async () => {
  await cloud.close();
  engine.dispose();
});

const environment = (settings: StorageSettings) => ({
  MPEGFLOW_SANDBOX_CLOUD: cloud.addressFile,
  STORAGE: JSON.stringify(settings),
});
const up = (settings: StorageSettings): Promise<RunResult> =>
  stack.run(["up", "--skip-preview"], { env: environment(settings) });
const output = ({ stdout, stderr }: RunResult): string => stdout + stderr;
const adopted: StorageSettings = { args: { adopt: { bucketName: "old-media" }, bucketName: "old-media" } };
const live = async (): Promise<unknown> => (await cloud.storage("GET", "/storage/v1/b/old-media")).json();

describe("The adoption of a bucket that exists", () => {
  test("is refused in another place, in the preview already, with where it is and what to do", async () => {
    const preview = await stack.run(["preview"], { env: environment({ ...adopted, location: "EU" }) });
    expect(preview.exitCode).not.toBe(0);
    expect(output(preview)).toContain('MediaBucket "media" cannot adopt "old-media": 1 problem.');
    expect(output(preview)).toContain("placement: given EU; allowed: NAM4, where the bucket is.");
  });

  test("is shown as an import and changes in place", async () => {
    const { exitCode, steps, stderr } = await previewDigest(stack, [], environment(adopted));
    expect(exitCode, stderr).toBe(0);
    const ofBucket = steps.filter(({ urn }) => urn.endsWith("Bucket::media") && urn.includes("gcp:storage"));
    expect(ofBucket.map(({ op }) => op)).toEqual(["import", "update"]);
  });

  describe("once done", () => {
    beforeAll(async () => {
      const done = await up(adopted);
      expect(done.exitCode, output(done)).toBe(0);
    });

    test("has given the bucket the component's settings, and left its data where it was", async () => {
      expect(await live()).toMatchObject({
        rpo: "ASYNC_TURBO",
        iamConfiguration: { publicAccessPrevention: "enforced", uniformBucketLevelAccess: { enabled: true } },
        labels: { "mpegflow-access-pattern": "single-writer" },
      });
      const object = await cloud.storage("GET", "/storage/v1/b/old-media/o/master.mxf?alt=media");
      expect(await object.text()).toBe("frames");
    });

    test("protects it", async () => {
      const { deployment } = await stackExport(stack);
      expect(deployment.resources.find(({ type }) => type === "gcp:storage/bucket:Bucket")).toMatchObject({
        id: "old-media",
        protect: true,
      });
    });

    test("shows no change, nor when bucketName takes the place of adopt", async () => {
      for (const settings of [adopted, { args: { bucketName: "old-media" } }]) {
        const { steps, stderr } = await previewDigest(stack, [], environment(settings));
        // The component's own record of its arguments is no resource of the cloud.
        const changes = steps.filter(({ op, urn }) => op !== "same" && !urn.endsWith("MediaBucket::media"));
        expect(
          changes.map(({ op, urn }) => `${op} ${urn}`),
          stderr,
        ).toEqual([]);
      }
    });

    test("refuses what would replace the bucket, in the preview already", async () => {
      const settings = { args: { bucketName: "old-media" }, location: "EU" };
      const preview = await stack.run(["preview"], { env: environment(settings) });
      expect(preview.exitCode).not.toBe(0);
      expect(output(preview)).toMatch(
        /unable to replace resource .*bucket:Bucket::media"\s+as it is currently marked for protection/,
      );
    });

    test("lets notifications go to a topic that Storage may publish to only then", async () => {
      const notified = await up({
        args: { bucketName: "old-media" },
        notifications: [{ name: "ingest", objectNamePrefix: "ingest/", eventTypes: ["OBJECT_FINALIZE"] }],
      });
      expect(notified.exitCode, output(notified)).toBe(0);
      const { deployment } = await stackExport(stack);
      const order = deployment.resources.map(({ type }) => type);
      expect(order).toContain("gcp:storage/notification:Notification");
      expect(order.indexOf("gcp:pubsub/topicIAMMember:TopicIAMMember")).toBeLessThan(
        order.indexOf("gcp:storage/notification:Notification"),
      );
    });
  });
});

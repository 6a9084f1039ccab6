import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectId } from "../unit/providers/local-cloud.ts";
import type { StorageSettings } from "./fixtures/storage/index.ts";
import { openProgram, output, type Program } from "./program.ts";
import { stackExport } from "./support.ts";

let program: Program<StorageSettings>;
beforeAll(async () => {
  program = await openProgram("storage");
  // Somebody's bucket, made by hand years ago.
  const settings = {
    name: "old-media",
    location: "NAM4",
    labels: { owner: "playout" },
    versioning: { enabled: true },
  };
  await program.cloud.storage("POST", `/storage/v1/b?project=${projectId}`, JSON.stringify(settings));
  await program.cloud.storage(
    "POST",
    "/upload/storage/v1/b/old-media/o?uploadType=media&name=master.mxf",
    "frames",
  );
});
afterAll(() => program.close());

const adopted: StorageSettings = { args: { adopt: { bucketName: "old-media" }, bucketName: "old-media" } };
const live = async (): Promise<unknown> =>
  (await program.cloud.storage("GET", "/storage/v1/b/old-media")).json();

describe("The adoption of a bucket that exists", () => {
  test("is refused in another place, in the preview already, with where it is and what to do", async () => {
    const preview = await program.run(["preview"], { ...adopted, location: "EU" });
    expect(preview.exitCode).not.toBe(0);
    expect(output(preview)).toContain('MediaBucket "media" cannot adopt "old-media": 1 problem.');
    expect(output(preview)).toContain("placement: given EU; allowed: NAM4, where the bucket is.");
  });

  test("is shown as an import and changes in place", async () => {
    const { exitCode, steps, stderr } = await program.preview(adopted);
    expect(exitCode, stderr).toBe(0);
    const ofBucket = steps.filter(({ urn }) => urn.endsWith("Bucket::media") && urn.includes("gcp:storage"));
    expect(ofBucket.map(({ op }) => op)).toEqual(["import", "update"]);
  });

  describe("once done", () => {
    beforeAll(async () => {
      const done = await program.up(adopted);
      expect(done.exitCode, output(done)).toBe(0);
    });

    test("has given the bucket the component's settings, and left its data where it was", async () => {
      expect(await live()).toMatchObject({
        rpo: "ASYNC_TURBO",
        iamConfiguration: { publicAccessPrevention: "enforced", uniformBucketLevelAccess: { enabled: true } },
        versioning: { enabled: false },
      });
      const object = await program.cloud.storage("GET", "/storage/v1/b/old-media/o/master.mxf?alt=media");
      expect(await object.text()).toBe("frames");
    });

    test("has left the labels that were made by hand, and the mark of what Pulumi made off", async () => {
      const { labels } = (await live()) as { labels: unknown };
      expect(labels).toEqual({ owner: "playout", "mpegflow-access-pattern": "single-writer" });
    });

    test("protects it", async () => {
      const { deployment } = await stackExport(program.stack);
      expect(deployment.resources.find(({ type }) => type === "gcp:storage/bucket:Bucket")).toMatchObject({
        id: "old-media",
        protect: true,
      });
    });

    test("shows no change, nor when bucketName takes the place of adopt", async () => {
      for (const settings of [adopted, { args: { bucketName: "old-media" } }]) {
        const { steps, stderr } = await program.preview(settings);
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
      const preview = await program.run(["preview"], settings);
      expect(preview.exitCode).not.toBe(0);
      expect(output(preview)).toMatch(
        /unable to replace resource .*bucket:Bucket::media"\s+as it is currently marked for protection/,
      );
    });

    test("lets notifications go to a topic that Storage may publish to only then", async () => {
      const notified = await program.up({
        args: { bucketName: "old-media" },
        notifications: [{ name: "ingest", objectNamePrefix: "ingest/", eventTypes: ["OBJECT_FINALIZE"] }],
      });
      expect(notified.exitCode, output(notified)).toBe(0);
      const { deployment } = await stackExport(program.stack);
      const order = deployment.resources.map(({ type }) => type);
      expect(order).toContain("gcp:storage/notification:Notification");
      expect(order.indexOf("gcp:pubsub/topicIAMMember:TopicIAMMember")).toBeLessThan(
        order.indexOf("gcp:storage/notification:Notification"),
      );
    });
  });
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunResult } from "../../sandbox/engine/index.ts";
import { projectId, projectNumber, readyStatus } from "../unit/providers/local-cloud.ts";
import { openProgram, output, type Program } from "../engine/program.ts";
import { previewDigest, stackExport, stackOutputs, type PreviewDigest } from "../engine/support.ts";

let program: Program<object>;
let update: RunResult;
beforeAll(async () => {
  program = await openProgram("cloud");
});
afterAll(() => program.close());

/** `replace gcp:storage/bucket:Bucket media` for each step that changes something. */
const changesOf = ({ steps }: PreviewDigest): string[] =>
  steps
    .filter(({ op }) => op !== "same" && op !== "read")
    .map(({ op, urn }) => `${op} ${urn.split("::").slice(2).join(" ").replace(/^.*\$/, "")}`)
    .sort();

describe("A preview of a new stack", () => {
  test("works where no cloud is running", async () => {
    // Without the lookup, which needs one: a stack in a real environment configures its project number.
    const { exitCode, stderr, diagnostics } = await previewDigest(program.stack, [], {
      SETTINGS: JSON.stringify({ lookup: false }),
    });
    expect({ exitCode, stderr, diagnostics }).toMatchObject({ exitCode: 0 });
  });

  test("creates everything, and nothing is created by it", async () => {
    const digest = await program.preview();
    expect(digest.changeSummary).toEqual({ create: 18 });
    expect((await program.cloud.storage("GET", "/storage/v1/b/cloud-media")).status).toBe(404);
  });
});

describe("An update", () => {
  beforeAll(async () => {
    update = await program.up();
  });

  test("succeeds", () => {
    expect(update.exitCode, output(update)).toBe(0);
  });

  test("gives outputs shaped like the real providers'", async () => {
    expect(await stackOutputs(program.stack)).toMatchObject({
      bucketUrl: "gs://cloud-media",
      generatedName: expect.stringMatching(/^generated-[0-9a-f]{7}$/) as string,
      projectNumber,
      versionName: `projects/${projectNumber}/secrets/cloud-signer/versions/1`,
      ready: 1,
      serviceName: "coordinator",
    });
  });

  test("holds secrets encrypted only", async () => {
    const { hmacSecret, leaseSecret } = await stackOutputs(program.stack);
    const state = JSON.stringify(await stackExport(program.stack));
    expect(hmacSecret).toHaveLength(40);
    for (const value of [hmacSecret, leaseSecret]) expect(state).not.toContain(value);
  });

  test("shows no change when it is repeated", async () => {
    const digest = await program.preview({}, ["--expect-no-changes"]);
    expect(changesOf(digest)).toEqual([]);
    expect(digest.exitCode).toBe(0);
  });

  test("shows no change after a refresh", async () => {
    const refreshed = await program.run(["refresh", "--skip-preview", "--expect-no-changes"]);
    expect(refreshed.exitCode, output(refreshed)).toBe(0);
  });
});

describe("A change", () => {
  test("of a label is an update in place", async () => {
    expect(changesOf(await program.preview({ team: "playout" }))).toEqual([
      "update gcp:pubsub/topic:Topic jobs",
      "update gcp:storage/bucket:Bucket media",
    ]);
  });

  test("of a bucket's location is shown as its replacement", async () => {
    const digest = await program.preview({ location: "EU" });
    const bucket = digest.steps.find(({ op, urn }) => op === "replace" && urn.endsWith("::media"));
    expect(bucket).toMatchObject({ replaceReasons: ["location"] });
    expect(changesOf(digest)).toEqual(expect.arrayContaining(["replace gcp:storage/bucket:Bucket media"]));
  });

  test("of a bucket's pair of regions is shown as its replacement", async () => {
    const digest = await program.preview({ first: "US-EAST1" });
    const bucket = digest.steps.find(({ op, urn }) => op === "replace" && urn.endsWith("::media"));
    expect(bucket).toMatchObject({ replaceReasons: ["customPlacementConfig"] });
  });

  test("of the cluster replaces everything in it, and nothing else", async () => {
    const digest = await program.preview({ cluster: "west" });
    const replaced = changesOf(digest).filter((change) => change.startsWith("replace "));
    expect(replaced).toEqual([
      "replace kubernetes:apps/v1:Deployment coordinator",
      "replace kubernetes:core/v1:Namespace media",
      "replace kubernetes:core/v1:Service coordinator",
      "replace pulumi:providers:kubernetes cluster",
    ]);
  });

  test("is made in place", async () => {
    const changed = await program.up({ team: "playout", replicas: 2 });
    expect(changed.exitCode, output(changed)).toBe(0);
    expect(await (await program.cloud.storage("GET", "/storage/v1/b/cloud-media")).json()).toMatchObject({
      labels: { team: "playout" },
      metageneration: "2",
    });
    expect(await stackOutputs(program.stack)).toMatchObject({ ready: 2 });
  });
});

describe("What changed behind the engine's back", () => {
  test("is found by a refresh and put right by an update", async () => {
    await program.cloud.storage(
      "PATCH",
      "/storage/v1/b/cloud-media",
      JSON.stringify({ labels: { team: "rogue" } }),
    );
    await program.cloud.control("DELETE", "/pubsub/subscriptions/cloud-jobs");
    expect((await program.run(["refresh", "--skip-preview"])).exitCode).toBe(0);
    expect(changesOf(await program.preview({ team: "playout", replicas: 2 }))).toEqual([
      "create gcp:pubsub/subscription:Subscription jobs",
      "create gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember signer",
      "update gcp:storage/bucket:Bucket media",
    ]);
    const repaired = await program.up();
    expect(repaired.exitCode, output(repaired)).toBe(0);
  });
});

describe("An existing bucket", () => {
  test("is adopted by an import, with all that it is, and its labels stay whoever set them", async () => {
    const bucket = { name: "existing-media", location: "NAM4", rpo: "ASYNC_TURBO" };
    const labels = { old: "yes" };
    await program.cloud.storage(
      "POST",
      `/storage/v1/b?project=${projectId}`,
      JSON.stringify({ ...bucket, labels }),
    );
    const imported = await program.run([
      "import",
      "gcp:storage/bucket:Bucket",
      "adopted",
      "existing-media",
      "--generate-code=false",
      "--protect=false",
    ]);
    expect(imported.exitCode, output(imported)).toBe(0);
    const { deployment } = await stackExport(program.stack);
    const adopted = deployment.resources.find(({ urn }) => urn.endsWith("::adopted"));
    expect(adopted).toMatchObject({
      id: "existing-media",
      inputs: bucket,
      outputs: { url: "gs://existing-media", project: projectId },
    });
    // As the stock provider has it: labels that nobody declared are no input.
    expect(adopted?.["inputs"]).toMatchObject({ labels: {} });
    expect(await (await program.cloud.storage("GET", "/storage/v1/b/existing-media")).json()).toMatchObject({
      labels,
    });
  });
});

describe("A failing effect", () => {
  test("is told in one sentence, without a stack trace", async () => {
    const failed = await program.up({ extraBucket: { location: "MARS" } });
    expect(failed.exitCode).not.toBe(0);
    expect(output(failed)).toContain('Invalid placement. location: given "MARS"');
    expect(output(failed)).not.toMatch(/\n\s+at /);
  });

  test("of a Deployment names the pod's own reason, and the next update goes on from there", async () => {
    program.cloud.statusOfDeployments((manifest) => ({
      ...readyStatus(manifest),
      availableReplicas: 0,
      pods: [{ name: "coordinator-x", ready: false, reason: "CrashLoopBackOff (last exit: code 1)" }],
    }));
    const failed = await program.up({ replicas: 3 });
    program.cloud.statusOfDeployments(readyStatus);
    expect(output(failed)).toContain(
      "Deployment media/coordinator is not ready: 0 of 3 pods ready after 5 s; pod coordinator-x: CrashLoopBackOff (last exit: code 1)",
    );
    expect(changesOf(await program.preview({ replicas: 3 }))).toContain(
      "update kubernetes:apps/v1:Deployment coordinator",
    );
    expect((await program.up({ replicas: 3 })).exitCode).toBe(0);
  });
});

describe("Deleting", () => {
  describe("what is to be kept, and a bucket that holds objects", () => {
    let refused: RunResult;
    beforeAll(async () => {
      const made = await program.up({
        extraTopic: { deletionPolicy: "PREVENT" },
        extraBucket: { location: "EU" },
      });
      expect(made.exitCode, output(made)).toBe(0);
      await program.cloud.storage(
        "POST",
        "/upload/storage/v1/b/cloud-extra/o?uploadType=media&name=clip.mp4",
        "clip",
      );
      refused = await program.run(["up", "--skip-preview", "--continue-on-error"]);
    });

    test("is refused", () => {
      expect(refused.exitCode).not.toBe(0);
      expect(output(refused)).toContain("its deletionPolicy is PREVENT");
      expect(output(refused)).toContain("it holds objects, and forceDestroy is not true");
    });

    test("is possible once an update allows it", async () => {
      const allowed = {
        extraTopic: { deletionPolicy: "DELETE" },
        extraBucket: { location: "EU", forceDestroy: true },
      };
      expect((await program.up(allowed)).exitCode).toBe(0);
      expect((await program.up()).exitCode).toBe(0);
      expect((await program.cloud.control("GET", "/pubsub/topics/cloud-extra")).status).toBe(404);
      expect((await program.cloud.storage("GET", "/storage/v1/b/cloud-extra")).status).toBe(404);
    });
  });

  test("of everything leaves nothing in the cloud", async () => {
    const destroyed = await program.run(["destroy", "--skip-preview"]);
    expect(destroyed.exitCode, output(destroyed)).toBe(0);
    const buckets = await (await program.cloud.storage("GET", `/storage/v1/b?project=${projectId}`)).json();
    expect(buckets).toMatchObject({ items: [] });
    const bindings = (await (await program.cloud.control("GET", "/iam/bindings")).json()) as object;
    expect(Object.keys(bindings)).toEqual(["deployer"]);
    const deployment = "/clusters/east/objects/apps%2Fv1/Deployment/media/coordinator";
    expect((await program.cloud.control("GET", deployment)).status).toBe(404);
  });
});

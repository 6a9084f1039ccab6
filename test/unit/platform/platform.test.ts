import { describe, expect, test } from "vitest";
import { MpegFlowPlatform, region, SignerKind } from "../../../components/index.ts";
import { clearTexts } from "../identity/clear-texts.ts";
import { valueOf } from "../pulumi-mocks.ts";
import { deploymentOf } from "../workloads/pods.ts";
import { COORDINATOR, HMAC_SECRET, LEASE_SECRET, made, record, clusters } from "./world.ts";

describe("MpegFlowPlatform in two regions", () => {
  test("is one bucket, one queue and one identity, and in each region a coordinator with its encoders", async () => {
    const { recorder } = await made();
    const parts = recorder.resources
      .filter(({ parent }) => parent === "mpegflow-gcs:index:MpegFlowPlatform::mpegflow")
      .map(({ type, name }) => `${type.split(":").at(-1) ?? ""} ${name}`);
    expect(parts.sort()).toEqual([
      "BrokerIdentity mpegflow-broker",
      "Coordinator mpegflow-us-central1-coordinator",
      "Coordinator mpegflow-us-east1-coordinator",
      "EncoderPool mpegflow-us-central1-encoders",
      "EncoderPool mpegflow-us-east1-encoders",
      "JobMessaging mpegflow",
      "MediaBucket mpegflow-media",
      "Namespace mpegflow-us-central1",
      "Namespace mpegflow-us-central1-encoders",
      "Namespace mpegflow-us-east1",
      "Namespace mpegflow-us-east1-encoders",
      "PriorityClass mpegflow-us-central1-coordinator",
      "PriorityClass mpegflow-us-central1-encoders",
      "PriorityClass mpegflow-us-east1-coordinator",
      "PriorityClass mpegflow-us-east1-encoders",
    ]);
  });

  test("starts every name with its own", async () => {
    const { recorder } = await made();
    const others = recorder.resources.filter(
      ({ type, name }) => !type.startsWith("pulumi:providers:") && !/^mpegflow(?:-|$)/.test(name),
    );
    expect(others).toEqual([]);
  });

  test("declares the bucket active-active", async () => {
    const { recorder } = await made();
    expect(recorder.only("mpegflow-gcs:index:MediaBucket").inputs["accessPattern"]).toBe("ActiveActive");
    expect(recorder.only("gcp:storage/bucket:Bucket").inputs).toMatchObject({
      location: "NAM4",
      rpo: "ASYNC_TURBO",
    });
  });

  test("puts messages and secrets in the bucket's two regions", async () => {
    const { recorder } = await made();
    expect(recorder.only("mpegflow-gcs:index:JobMessaging").inputs["regions"]).toEqual([
      "us-central1",
      "us-east1",
    ]);
    expect(recorder.only("mpegflow-gcs:index:BrokerIdentity").inputs["regions"]).toEqual([
      "us-central1",
      "us-east1",
    ]);
  });

  test("uses each cluster's provider for its Kubernetes resources, and the given one for Google's", async () => {
    const { recorder } = await made();
    const wrong = recorder.resources.filter(({ custom, type, name, provider }) => {
      if (!custom || type.startsWith("pulumi:providers:") || /^(?:random|tls):/.test(type)) return false;
      if (type.startsWith("gcp:")) return !provider.includes("pulumi:providers:gcp::google::");
      const regionOf = /^mpegflow-(us-[a-z]+\d)/.exec(name)?.[1] ?? "";
      return !provider.includes(`pulumi:providers:kubernetes::${regionOf}::`);
    });
    expect(wrong).toEqual([]);
  });

  test("signs without a key, each replica with its share of the project's quota, a roll-out included", async () => {
    const { recorder, platform } = await made(["us-central1", "us-east1"], {
      coordinatorReplicas: 9,
      separateSigners: true,
    });
    const { environment } = deploymentOf(
      recorder.only("kubernetes:apps/v1:Deployment", "mpegflow-us-east1-coordinator"),
    );
    expect(environment.get("MPEGFLOW_SIGNER")).toBe("signBlob");
    expect(environment.get("MPEGFLOW_SIGN_BLOB_PER_SECOND")).toBe("50");
    expect(environment.has("MPEGFLOW_READ_SIGNER_EMAIL")).toBe(true);
    expect(platform.signerSecretVersion).toBeUndefined();
  });

  test("grants one principal for the coordinators of both clusters, and encoders nothing", async () => {
    const { recorder } = await made();
    const members = recorder.resources
      .map(({ inputs }) => inputs["member"])
      .filter((member) => typeof member === "string");
    expect(new Set(members)).toEqual(
      new Set([
        COORDINATOR,
        "serviceAccount:mpegflow-broker-signer@my-project.iam",
        "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com",
      ]),
    );
  });

  test("gives both coordinators the same names of things, and each its region", async () => {
    const { recorder } = await made();
    const environments = ["us-central1", "us-east1"].map((one) =>
      Object.fromEntries(
        deploymentOf(recorder.only("kubernetes:apps/v1:Deployment", `mpegflow-${one}-coordinator`))
          .environment,
      ),
    );
    const shared = {
      MPEGFLOW_PROJECT: "my-project",
      MPEGFLOW_BUCKET: "mpegflow-media",
      MPEGFLOW_JOBS_TOPIC: "mpegflow-jobs",
      MPEGFLOW_JOBS_SUBSCRIPTION: "mpegflow-jobs",
      MPEGFLOW_EVENTS_TOPIC: "mpegflow-job-events",
      MPEGFLOW_SIGNER_EMAIL: "mpegflow-broker-signer@my-project.iam",
      MPEGFLOW_LEASE_SECRET: "projects/my-project/secrets/mpegflow-broker-lease/versions/latest",
    };
    expect(environments).toMatchObject([
      { ...shared, MPEGFLOW_REGION: "us-central1" },
      { ...shared, MPEGFLOW_REGION: "us-east1" },
    ]);
  });

  test("sends encoders to the coordinator of their own cluster", async () => {
    const { recorder } = await made();
    const urls = ["us-central1", "us-east1"].map((one) =>
      deploymentOf(
        recorder.only("kubernetes:apps/v1:Deployment", `mpegflow-${one}-encoders`),
      ).environment.get("MPEGFLOW_COORDINATOR_URL"),
    );
    expect(new Set(urls)).toEqual(new Set(["https://coordinator.mpegflow.svc.cluster.local"]));
  });

  test("lets all namespaces refuse pods that are not restricted", async () => {
    const { recorder } = await made();
    const namespaces = recorder
      .ofType("kubernetes:core/v1:Namespace")
      .map(({ inputs }) => inputs["metadata"] as { name: string; labels: Record<string, string> });
    expect(
      namespaces.map(({ name, labels }) => [name, labels["pod-security.kubernetes.io/enforce"]]),
    ).toEqual([
      ["mpegflow", "restricted"],
      ["mpegflow-encoders", "restricted"],
      ["mpegflow", "restricted"],
      ["mpegflow-encoders", "restricted"],
    ]);
  });

  test("starts coordinators only when their secrets, their grants and the dead letters are in place", async () => {
    const { recorder } = await made();
    const { dependencies } = recorder.only("kubernetes:apps/v1:Deployment", "mpegflow-us-east1-coordinator");
    expect(dependencies).toEqual(
      expect.arrayContaining([
        "gcp:secretmanager/secretVersion:SecretVersion::mpegflow-broker-lease",
        "gcp:serviceaccount/iAMMember:IAMMember::mpegflow-broker-signer-signs-0",
        "gcp:secretmanager/secretIamMember:SecretIamMember::mpegflow-broker-lease-reader-0",
        "gcp:storage/bucketIAMMember:BucketIAMMember::mpegflow-broker-coordinator-objects-0",
        "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember::mpegflow-coordinator-pulls-jobs-0",
        "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember::mpegflow-forwarder-acknowledges",
      ]),
    );
  });

  test("needs nothing of one region in the other", async () => {
    const { recorder } = await made();
    const crossing = recorder.resources.filter(
      ({ name, dependencies }) =>
        name.includes("us-central1") && dependencies.some((one) => one.includes("us-east1")),
    );
    expect(crossing).toEqual([]);
  });

  test("shows no secret in clear, in any input of any resource", async () => {
    const { recorder } = await made();
    const inClear = recorder.resources.filter(({ wire }) =>
      clearTexts(wire).some((text) => text.includes(HMAC_SECRET) || text.includes(LEASE_SECRET)),
    );
    expect(inClear.map(({ name }) => name)).toEqual([]);
  });

  test("protects everything that holds data or keys, unless disposable", async () => {
    const holding = [
      "gcp:storage/bucket:Bucket",
      "gcp:pubsub/schema:Schema",
      "gcp:pubsub/topic:Topic",
      "gcp:pubsub/subscription:Subscription",
      "gcp:secretmanager/secret:Secret",
      "gcp:secretmanager/secretVersion:SecretVersion",
      "gcp:storage/hmacKey:HmacKey",
      "gcp:serviceaccount/account:Account",
    ];
    const { recorder } = await made();
    expect(recorder.resources.filter(({ type, protect }) => holding.includes(type) !== protect)).toEqual([]);
    const { recorder: disposable } = await made(undefined, { disposable: true });
    expect(disposable.resources.filter(({ protect }) => protect)).toEqual([]);
  });

  test("looks nothing up when the project number is given", async () => {
    expect((await made()).calls).toEqual([]);
  });

  test("gives out what clients need, by region where it is of a region", async () => {
    const { platform } = await made();
    expect(await valueOf(platform.bucketName)).toBe("mpegflow-media");
    expect(await valueOf(platform.coordinatorServices)).toEqual({
      "us-central1": "mpegflow/coordinator",
      "us-east1": "mpegflow/coordinator",
    });
    expect(await valueOf(platform.coordinatorUrls)).toEqual({
      "us-central1": "https://coordinator.mpegflow.svc.cluster.local",
      "us-east1": "https://coordinator.mpegflow.svc.cluster.local",
    });
  });
});

describe("MpegFlowPlatform in one region", () => {
  test("has a bucket with a single writer", async () => {
    const { recorder } = await made(["us-central1"], { placement: region("us-central1") });
    expect(recorder.only("mpegflow-gcs:index:MediaBucket").inputs["accessPattern"]).toBe("SingleWriter");
    expect(recorder.ofType("mpegflow-gcs:index:Coordinator")).toHaveLength(1);
  });

  test.each([
    [["us-central1", "us-east1"], { replicas: 80 }, "0.00625"],
    [["us-central1"], { replicas: 80 }, "0.0125"],
    [["us-central1", "us-east1"], { replicas: 1 }, "0.5"],
  ])(
    "in %j with %j gives each worker an even share of the bucket's rates, %s",
    async (regions, encoders, share) => {
      const { recorder } = await made(regions, { encoders });
      for (const region of regions) {
        const pool = recorder.only("kubernetes:apps/v1:Deployment", `mpegflow-${region}-encoders`);
        expect(deploymentOf(pool).environment.get("MPEGFLOW_PACE_SHARE")).toBe(share);
      }
    },
  );

  test("passes its settings on to the parts", async () => {
    const { recorder } = await made(["us-central1"], {
      namespace: "media",
      leaseSeconds: 20,
      coordinatorReplicas: 3,
      encoders: {
        replicas: 9,
        scratch: "5Gi",
        resources: { cpu: "1", memory: "1Gi" },
        input: "DOWNLOAD",
        paceShare: 0.1,
      },
      signer: SignerKind.Hmac,
      hmacKeys: [{ name: "a" }, { name: "b" }],
      activeKey: "b",
      labels: { team: "video" },
    });
    const coordinator = deploymentOf(
      recorder.only("kubernetes:apps/v1:Deployment", "mpegflow-us-central1-coordinator"),
    );
    const encoders = deploymentOf(
      recorder.only("kubernetes:apps/v1:Deployment", "mpegflow-us-central1-encoders"),
    );
    expect(coordinator.metadata.namespace).toBe("media");
    expect(coordinator.spec.replicas).toBe(3);
    expect(coordinator.environment.get("MPEGFLOW_LEASE_SECONDS")).toBe("20");
    expect(coordinator.environment.get("MPEGFLOW_SIGNER_SECRET")).toContain("/mpegflow-broker-hmac-b/");
    expect(encoders.metadata.namespace).toBe("media-encoders");
    expect(encoders.spec.replicas).toBe(9);
    expect(encoders.environment.get("MPEGFLOW_INPUT")).toBe("download");
    expect(encoders.environment.get("MPEGFLOW_PACE_SHARE")).toBe("0.1");
    expect(encoders.container.resources["requests"]).toEqual({
      cpu: "1",
      memory: "1Gi",
      "ephemeral-storage": "5Gi",
    });
    expect(
      recorder.only("gcp:pubsub/subscription:Subscription", "mpegflow-jobs").inputs["ackDeadlineSeconds"],
    ).toBe(20);
    expect(recorder.only("gcp:storage/bucket:Bucket").inputs["labels"]).toMatchObject({ team: "video" });
  });

  test("looks the project number up once when it is not given", async () => {
    const { recorder, calls } = await record();
    new MpegFlowPlatform("mpegflow", {
      placement: region("us-central1"),
      projectId: "my-project",
      images: { coordinator: "c", worker: "w" },
      clusters: clusters("us-central1"),
    });
    await recorder.settled();
    expect(calls).toEqual(["gcp:organizations/getProject:getProject"]);
    const grant = recorder.only(
      "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember",
      "mpegflow-coordinator-pulls-jobs-0",
    );
    expect(grant.inputs["member"]).toBe(COORDINATOR);
  });
});

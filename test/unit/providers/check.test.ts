import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gcpModel } from "../../../sandbox/providers/gcp/model.ts";
import { kubernetesModel } from "../../../sandbox/providers/kubernetes/model.ts";
import { secret, unknown, type Properties } from "../../../sandbox/providers/values.ts";
import { connect, isSecret, type Engine } from "./engine-client.ts";

const bucket = { type: "gcp:storage/bucket:Bucket" };
const deployment = { type: "kubernetes:apps/v1:Deployment" };

let gcp: Engine;
let kubernetes: Engine;
beforeAll(async () => {
  gcp = await connect(gcpModel, undefined, { project: "mpegflow-local" });
  kubernetes = await connect(kubernetesModel);
});
afterAll(async () => {
  await gcp.close();
  await kubernetes.close();
});

describe("what the sandbox does not model is refused", () => {
  it("an unknown type, with the list of modelled ones", async () => {
    const { failures } = await gcp.check({ type: "gcp:sql/database:Database" }, {});
    expect(failures).toEqual([
      "the sandbox does not model the resource type gcp:sql/database:Database; modelled: " +
        gcpModel.resources.map(({ type }) => type).join(", "),
    ]);
  });

  it("an unknown field, with the type, the path and what is modelled there", async () => {
    const { failures } = await gcp.check(bucket, {
      name: "media",
      location: "EU",
      lifecycleRules: [{ action: { type: "Delete", colour: "red" }, condition: { age: 1 } }],
    });
    expect(failures).toEqual([
      "gcp:storage/bucket:Bucket: the sandbox does not model the field lifecycleRules[0].action.colour; " +
        "modelled in lifecycleRules[0].action: type, storageClass",
    ]);
  });

  it("an unknown field of Kubernetes' pods", async () => {
    const { failures } = await kubernetes.check(deployment, {
      metadata: { name: "worker" },
      spec: {
        selector: { matchLabels: { app: "worker" } },
        template: {
          metadata: { labels: { app: "worker" } },
          spec: { hostNetwork: true, containers: [{ name: "worker", image: "worker:1" }] },
        },
      },
    });
    expect(failures).toEqual([
      expect.stringMatching(
        /^kubernetes:apps\/v1:Deployment: the sandbox does not model the field spec\.template\.spec\.hostNetwork; modelled in spec\.template\.spec: containers, initContainers, /,
      ),
    ]);
  });

  it("an unknown function", async () => {
    await expect(gcp.invoke("gcp:compute/getZones:getZones", {})).rejects.toThrow(
      `the sandbox does not model the function gcp:compute/getZones:getZones; modelled: ${gcpModel.functions.map(({ token }) => token).join(", ")}`,
    );
  });

  it("an unknown provider configuration", async () => {
    expect(await gcp.checkConfig({ project: "p", storageCustomEndpoint: "http://localhost" })).toEqual([
      expect.stringMatching(
        /^pulumi:providers:gcp: the sandbox does not model the field storageCustomEndpoint; modelled fields: project, region, /,
      ),
    ]);
  });
});

describe("wrong values are refused, all at once", () => {
  it.each<{ type: string; inputs: Properties; problems: string[] }>([
    {
      type: "gcp:storage/bucket:Bucket",
      inputs: { name: "Media", rpo: "TURBO", versioning: { enabled: "yes" }, softDeletePolicy: [] },
      problems: [
        'name must be 3 to 63 characters of a-z, 0-9, -, _ and ., starting and ending with a letter or digit, not "Media"',
        'rpo must be one of DEFAULT, ASYNC_TURBO, not "TURBO"',
        'versioning.enabled must be true or false, not "yes"',
        "softDeletePolicy must be an object, not a list of 0",
        "location is required",
      ],
    },
    {
      type: "gcp:storage/bucket:Bucket",
      inputs: { name: "media", location: "US", customPlacementConfig: { dataLocations: [] } },
      problems: ["customPlacementConfig.dataLocations must be a list of at least 1, not a list of 0"],
    },
    {
      type: "gcp:storage/hmacKey:HmacKey",
      inputs: { serviceAccountEmail: "a@b", state: "DELETED", deletionPolicy: "KEEP" },
      problems: [
        'state must be one of ACTIVE, INACTIVE, not "DELETED"',
        'deletionPolicy must be one of DELETE, PREVENT, ABANDON, not "KEEP"',
      ],
    },
    {
      type: "gcp:pubsub/subscription:Subscription",
      inputs: { name: "jobs", topic: "jobs", ackDeadlineSeconds: 5 },
      problems: ["ackDeadlineSeconds must be 0 or from 10 to 600, not 5"],
    },
    {
      type: "gcp:pubsub/subscription:Subscription",
      inputs: {
        name: "jobs",
        topic: "jobs",
        pushConfig: { pushEndpoint: "https://example.com" },
        bigqueryConfig: { table: "p.d.t" },
      },
      problems: ["give one of bigqueryConfig and pushConfig, not both"],
    },
    {
      type: "gcp:pubsub/subscription:Subscription",
      inputs: {
        name: "jobs",
        topic: "jobs",
        deadLetterPolicy: { maxDeliveryAttempts: 101 },
        retryPolicy: { minimumBackoff: "10" },
      },
      problems: [
        'retryPolicy.minimumBackoff must be a duration in seconds such as "600s", not "10"',
        "deadLetterPolicy.maxDeliveryAttempts must be an integer from 5 to 100, not 101",
      ],
    },
    {
      type: "gcp:secretmanager/secret:Secret",
      inputs: { secretId: "key", replication: { auto: {}, userManaged: { replicas: [{ location: "x" }] } } },
      problems: [
        "give exactly one of replication.auto, replication.userManaged; given: replication.auto, replication.userManaged",
      ],
    },
    {
      type: "gcp:storage/bucketIAMMember:BucketIAMMember",
      inputs: { bucket: "media", role: "objectViewer", member: "somebody" },
      problems: [
        'role must be a role such as "roles/viewer", not "objectViewer"',
        'member must be a principal such as "serviceAccount:NAME@PROJECT.iam.gserviceaccount.com" or "principal://…", not "somebody"',
      ],
    },
  ])("$type $problems.0", async ({ type, inputs, problems }) => {
    const target = { type };
    const { failures } = await gcp.check(target, inputs);
    expect(failures.sort()).toEqual(problems.map((problem) => `${type}: ${problem}`).sort());
  });

  it("without showing a secret", async () => {
    const { failures } = await gcp.check(
      { type: "gcp:secretmanager/secretVersion:SecretVersion" },
      { secret: "key", secretData: secret(12345) },
    );
    expect(failures).toEqual([
      "gcp:secretmanager/secretVersion:SecretVersion: secretData must be a string, not a secret number",
    ]);
  });

  it("a resource without any project", async () => {
    const nowhere = await connect(gcpModel);
    const { failures } = await nowhere.check({ type: "gcp:pubsub/topic:Topic" }, { name: "jobs" });
    await nowhere.close();
    expect(failures).toEqual([
      "gcp:pubsub/topic:Topic: no project: set the field project, the provider's, or the stack's, such as by --config gcp:project=PROJECT",
    ]);
  });
});

describe("what is not known yet is accepted", () => {
  it.each<{ what: string; inputs: Properties }>([
    { what: "a whole field", inputs: { name: unknown, location: "US", labels: unknown } },
    { what: "a nested field", inputs: { name: "media", location: "US", versioning: { enabled: unknown } } },
  ])("$what", async ({ inputs }) => {
    expect(await gcp.check(bucket, inputs)).toMatchObject({ failures: [], inputs });
  });
});

describe("inputs are completed as by the real provider", () => {
  it("with defaults", async () => {
    const { inputs } = await gcp.check(bucket, { name: "media", location: "US" });
    expect(inputs).toEqual({ name: "media", location: "US", storageClass: "STANDARD", forceDestroy: false });
  });

  it("with a generated name of 7 digits, kept in later updates", async () => {
    const first = await gcp.check(bucket, { location: "US" });
    expect(first.inputs["name"]).toMatch(/^media-[0-9a-f]{7}$/);
    const second = await gcp.check(bucket, { location: "EU" }, first.inputs, "another seed");
    expect(second.inputs["name"]).toBe(first.inputs["name"]);
  });

  it("with a new generated name where the program gave one before", async () => {
    const { inputs } = await gcp.check(bucket, { location: "US" }, { name: "my-bucket", location: "US" });
    expect(inputs["name"]).toMatch(/^media-[0-9a-f]{7}$/);
  });

  it("but not with a name that is too long", async () => {
    const name = "n".repeat(60);
    const { failures } = await gcp.check({ ...bucket, name }, { location: "US" });
    expect(failures).toEqual([
      `gcp:storage/bucket:Bucket: no name can be generated: "${name}-" and 7 random digits are longer than 63 characters; give the name yourself`,
    ]);
  });

  it("with Kubernetes' default namespace, and a generated name that says so", async () => {
    const { inputs } = await kubernetes.check(
      { type: "kubernetes:core/v1:ConfigMap" },
      { data: { level: "info" } },
    );
    expect(inputs).toEqual({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name: expect.stringMatching(/^media-[0-9a-f]{8}$/) as string,
        namespace: "default",
        annotations: { "pulumi.com/autonamed": "true" },
      },
      data: { level: "info" },
    });
  });

  it("keeping secrets secret", async () => {
    const { inputs } = await gcp.check(bucket, {
      name: "media",
      location: "US",
      labels: { owner: secret("somebody") },
    });
    expect(isSecret((inputs["labels"] as Properties)["owner"])).toBe(true);
  });
});

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { kedaValues } from "../../components/cluster/keda-values.ts";
import { kedaVersion } from "../../sandbox/kubernetes/control-plane/index.ts";
import { isAlive } from "../../sandbox/process/index.ts";
import { startQueue, type Queue } from "./queue.ts";
import { boundToken, deployment, startTestPlane, type TestPlane } from "./support.ts";

const poller = { namespace: "media", name: "keda-poller" };
const account = "media/keda-poller".replace("/", ":");
const apiVersion = "keda.sh/v1alpha1";
/** As our component writes them for prod. */
const values = kedaValues({
  watchedNamespaces: [],
  tokensFor: [poller],
  imageRegistry: undefined,
  replicas: 2,
  onSystemPool: true,
  apiServerRange: undefined,
  priorityClassName: undefined,
});

let plane: TestPlane;
let queue: Queue;
beforeAll(async () => {
  plane = await startTestPlane();
  await boundToken(plane.admin, poller.namespace, poller.name);
  await plane.keda.install({ version: kedaVersion, namespace: "keda", createNamespace: true, values });
  queue = await startQueue(plane, account);
});
afterAll(async () => {
  await queue.close();
  await plane.dispose();
});

/** A Deployment of the media namespace. */
async function scaleOf(name: string): Promise<{ wanted: number; pods: number }> {
  const found = await plane.admin.get("apps/v1", "Deployment", name, "media");
  const { spec, status } = found as unknown as { spec: { replicas: number }; status: { replicas?: number } };
  return { wanted: spec.replicas, pods: status.replicas ?? 0 };
}

function scaledObject(name: string, authentication: string | undefined): object {
  return {
    apiVersion,
    kind: "ScaledObject",
    metadata: { namespace: "media", name },
    spec: {
      scaleTargetRef: { name },
      minReplicaCount: 0,
      maxReplicaCount: 8,
      pollingInterval: 1,
      cooldownPeriod: 5,
      advanced: {
        horizontalPodAutoscalerConfig: { behavior: { scaleDown: { stabilizationWindowSeconds: 0 } } },
      },
      triggers: [
        {
          type: "metrics-api",
          metadata: {
            url: queue.url,
            valueLocation: "queued",
            targetValue: "2",
            ...(authentication !== undefined && { authMode: "bearer" }),
          },
          ...(authentication !== undefined && { authenticationRef: { name: authentication } }),
        },
      ],
    },
  };
}

/** Waits for the operator, which takes its finalizer off. */
async function removeScaling(kind: string, name: string): Promise<void> {
  await plane.admin.delete(apiVersion, kind, name, "media");
  await vi.waitFor(
    async () => {
      expect(await plane.admin.get(apiVersion, kind, name, "media")).toBeUndefined();
    },
    { timeout: 20_000, interval: 200 },
  );
}

describe("KEDA beside a control plane", () => {
  it("answers the aggregated API of external metrics", async () => {
    expect(await plane.admin.call("GET", "/apis/external.metrics.k8s.io/v1beta1")).toMatchObject({
      kind: "APIResourceList",
      groupVersion: "external.metrics.k8s.io/v1beta1",
    });
    const service = await plane.admin.get(
      "apiregistration.k8s.io/v1",
      "APIService",
      "v1beta1.external.metrics.k8s.io",
    );
    expect(service?.status).toMatchObject({ conditions: [{ type: "Available", status: "True" }] });
  });

  it("refuses by its own webhook what its kinds' schemas let pass", async () => {
    await plane.admin.apply(deployment("media", "idle", 0));
    const scaled = scaledObject("idle", undefined) as { spec: object };
    const triggers = [{ type: "cpu", metricType: "Utilization", metadata: { value: "50" } }];
    await expect(plane.admin.apply({ ...scaled, spec: { ...scaled.spec, triggers } })).rejects.toThrow(
      /admission webhook "vscaledobject.kb.io" denied the request/,
    );
  });

  describe.each([
    {
      what: "make tokens of the account it was given",
      allowed: true,
      resource: "serviceaccounts",
      subresource: "token",
      verb: "create",
      namespace: "media",
      name: "keda-poller",
    },
    {
      what: "make tokens of another account",
      allowed: false,
      resource: "serviceaccounts",
      subresource: "token",
      verb: "create",
      namespace: "media",
      name: "default",
    },
    {
      what: "read secrets of workloads",
      allowed: false,
      resource: "secrets",
      verb: "get",
      namespace: "media",
      name: "any",
    },
    {
      what: "scale Deployments",
      allowed: true,
      group: "apps",
      resource: "deployments",
      subresource: "scale",
      verb: "update",
      namespace: "media",
      name: "any",
    },
    {
      what: "change Deployments",
      allowed: false,
      group: "apps",
      resource: "deployments",
      verb: "update",
      namespace: "media",
      name: "any",
    },
  ])("its operator", ({ what, allowed, ...resourceAttributes }) => {
    it(`may ${allowed ? "" : "not "}${what}`, async () => {
      const review = await plane.admin.call("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SubjectAccessReview",
        spec: { user: "system:serviceaccount:keda:keda-operator", resourceAttributes },
      });
      expect(review).toMatchObject({ status: { allowed } });
    });
  });

  it("scales a Deployment with the queue it reads by a bound token: none, eight, none", async () => {
    await plane.admin.apply(deployment("media", "encoders", 0));
    await plane.admin.apply({
      apiVersion,
      kind: "TriggerAuthentication",
      metadata: { namespace: "media", name: "by-token" },
      spec: { boundServiceAccountToken: [{ parameter: "token", serviceAccountName: poller.name }] },
    });
    await plane.admin.apply(scaledObject("encoders", "by-token"));
    // It looks and sees that there is nothing to do.
    await vi.waitFor(
      () => {
        expect(queue.answers.filter(({ status }) => status === 200).length).toBeGreaterThan(2);
      },
      { timeout: 30_000, interval: 200 },
    );
    expect(await scaleOf("encoders")).toEqual({ wanted: 0, pods: 0 });

    queue.queued = 16;
    await vi.waitFor(
      async () => {
        expect(await scaleOf("encoders")).toEqual({ wanted: 8, pods: 8 });
      },
      { timeout: 60_000, interval: 500 },
    );

    queue.queued = 0;
    await vi.waitFor(
      async () => {
        expect(await scaleOf("encoders")).toEqual({ wanted: 0, pods: 0 });
      },
      { timeout: 60_000, interval: 500 },
    );
    expect(new Set(queue.answers.map(({ user }) => user))).toEqual(
      new Set([`system:serviceaccount:${account}`]),
    );
    await removeScaling("ScaledObject", "encoders");
    await removeScaling("TriggerAuthentication", "by-token");
  });

  it("scales nothing without a token: the queue answers it 401", async () => {
    queue.queued = 16;
    const before = queue.answers.length;
    await plane.admin.apply(deployment("media", "anonymous", 0));
    await plane.admin.apply(scaledObject("anonymous", undefined));
    const answers = () => queue.answers.slice(before);
    await vi.waitFor(
      () => {
        expect(answers().length).toBeGreaterThan(3);
      },
      { timeout: 30_000, interval: 200 },
    );
    expect(new Set(answers().map(({ status }) => status))).toEqual(new Set([401]));
    expect(await scaleOf("anonymous")).toEqual({ wanted: 0, pods: 0 });
    await removeScaling("ScaledObject", "anonymous");
  });
});

describe("a release of KEDA's chart", () => {
  it("is refused for each value that the sandbox does not know, and for another version", async () => {
    const install = plane.keda.install({
      version: "2.99.0",
      namespace: "keda",
      values: { ...values, operator: { replicaCount: 2, hostNetwork: true }, logging: {} },
    });
    await expect(install).rejects.toThrow(
      [
        "The sandbox cannot run this release of chart keda:",
        `  version: is 2.99.0; the sandbox runs KEDA ${kedaVersion}, which sandbox/kubernetes/binaries/keda/go.mod pins`,
        "  values.operator.hostNetwork: the sandbox does not know this value",
        "  values.logging: the sandbox does not know this value",
      ].join("\n"),
    );
  });

  it("that is changed takes away what it grants no longer", async () => {
    const role = "keda-operator-token-creator-keda-poller";
    expect(await plane.admin.get("rbac.authorization.k8s.io/v1", "Role", role, "media")).toBeDefined();
    await plane.keda.install({ namespace: "keda", createNamespace: true, values: {} });
    expect(await plane.admin.get("rbac.authorization.k8s.io/v1", "Role", role, "media")).toBeUndefined();
  });

  it("that is uninstalled leaves no process, kind, permission or aggregated API", async () => {
    const processIds = plane
      .processes()
      .flatMap(({ name, processId }) => (name.startsWith("keda") ? [processId] : []));
    expect(processIds).toHaveLength(3);
    await plane.keda.uninstall();
    expect(processIds.filter(isAlive)).toEqual([]);
    for (const [api, kind, name] of [
      ["apiextensions.k8s.io/v1", "CustomResourceDefinition", "scaledobjects.keda.sh"],
      ["rbac.authorization.k8s.io/v1", "ClusterRole", "keda-operator"],
      ["apiregistration.k8s.io/v1", "APIService", "v1beta1.external.metrics.k8s.io"],
      ["admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "keda-admission"],
    ] as const) {
      await vi.waitFor(async () => {
        expect(await plane.admin.get(api, kind, name), name).toBeUndefined();
      });
    }
  });
});

import { beforeEach, describe, expect, test } from "vitest";
import { Keda, type KedaArgs } from "../../../components/index.ts";
import { recordPulumi, type Recorder } from "../pulumi-mocks.ts";

const RELEASE = "kubernetes:helm.sh/v3:Release";
const NAMESPACE = "kubernetes:core/v1:Namespace";

let program: Recorder;
beforeEach(async () => {
  program = await recordPulumi();
});

const valuesOf = async (args: KedaArgs = {}): Promise<unknown> => {
  new Keda("keda", args);
  await program.settled();
  return program.only(RELEASE).inputs["values"];
};

test("the version is pinned, and another can be asked for", async () => {
  await valuesOf();
  expect(program.only(RELEASE).inputs["version"]).toBe("2.20.2");
  program = await recordPulumi();
  await valuesOf({ chartVersion: "2.21.0" });
  expect(program.only(RELEASE).inputs["version"]).toBe("2.21.0");
});

test("an upgrade that fails is undone, and old revisions go", async () => {
  await valuesOf();
  expect(program.only(RELEASE).inputs).toMatchObject({
    atomic: true,
    cleanupOnFail: true,
    timeout: 600,
    maxHistory: 10,
  });
});

test("the kinds of KEDA outlive its release, and with them every ScaledJob", async () => {
  expect(await valuesOf()).toMatchObject({
    crds: { install: true, additionalAnnotations: { "helm.sh/resource-policy": "keep" } },
  });
});

test("a namespace is made unless one is given", async () => {
  await valuesOf();
  expect(program.ofType(NAMESPACE)).toHaveLength(1);
  program = await recordPulumi();
  await valuesOf({ namespace: "scaling" });
  expect(program.ofType(NAMESPACE)).toEqual([]);
  expect(program.only(RELEASE).inputs["namespace"]).toBe("scaling");
});

describe("by default", () => {
  test("two of each program stand in different zones, where there are some", async () => {
    const spread = [{ topologyKey: "topology.kubernetes.io/zone" }];
    expect(await valuesOf()).toMatchObject({
      operator: { replicaCount: 2 },
      metricsServer: { replicaCount: 2 },
      webhooks: { replicaCount: 2 },
      podDisruptionBudget: { metricServer: { maxUnavailable: 1 } },
      topologySpreadConstraints: { operator: spread, metricsServer: spread, webhooks: spread },
    });
  });

  test("the operator reads no secrets and makes no tokens", async () => {
    expect(await valuesOf()).toMatchObject({
      permissions: { operator: { restrict: { secret: true, serviceAccountTokenCreationRoles: [] } } },
    });
  });

  test("its traffic is restricted, by a kind of policy that every cluster has", async () => {
    expect(await valuesOf()).toMatchObject({ networkPolicy: { enabled: true, flavor: "kubernetes" } });
  });

  test("it scales Deployments, and has no right to scale anything else", async () => {
    expect(await valuesOf()).toMatchObject({ rbac: { enabledCustomScaledRefKinds: false } });
  });

  test("its namespace refuses pods that are not restricted", async () => {
    await valuesOf();
    expect(program.only(NAMESPACE).inputs["metadata"]).toMatchObject({
      labels: { "pod-security.kubernetes.io/enforce": "restricted" },
    });
  });
});

test("tokens can be made for the accounts named, and for no others", async () => {
  const tokensFor = [{ namespace: "mpegflow", name: "keda-poller" }];
  expect(await valuesOf({ tokensFor })).toMatchObject({
    permissions: { operator: { restrict: { serviceAccountTokenCreationRoles: tokensFor } } },
  });
});

test("images come from a mirror where one is given", async () => {
  const registry = "us-docker.pkg.dev/my-project/ghcr";
  expect(await valuesOf({ imageRegistry: registry })).toMatchObject({
    image: { keda: { registry }, metricsApiServer: { registry }, webhooks: { registry } },
  });
});

test("it stays on the system pool where asked to", async () => {
  expect(await valuesOf({ onSystemPool: true })).toMatchObject({
    nodeSelector: { "mpegflow-pool": "system" },
  });
});

describe("the API server, which is no pod,", () => {
  const range = "10.0.32.0/28";
  const ports = (...numbers: number[]) => numbers.map((port) => ({ protocol: "TCP", port }));

  test("is reached by every program", async () => {
    const extraEgressRules = [{ to: [{ ipBlock: { cidr: range } }], ports: ports(443, 6443) }];
    expect(await valuesOf({ apiServerRange: range })).toMatchObject({
      networkPolicy: {
        kubernetes: {
          operator: { extraEgressRules },
          metricsServer: { extraEgressRules },
          webhooks: { extraEgressRules },
        },
      },
    });
  });

  test("reaches metrics API and webhook, before anybody needs them", async () => {
    await valuesOf({ apiServerRange: range });
    expect(program.only("kubernetes:networking.k8s.io/v1:NetworkPolicy").inputs["spec"]).toMatchObject({
      podSelector: {
        matchExpressions: [{ values: ["keda-operator-metrics-apiserver", "keda-admission-webhooks"] }],
      },
      ingress: [{ from: [{ ipBlock: { cidr: range } }], ports: ports(6443, 9443) }],
    });
    expect(program.only(RELEASE).dependencies).toContain(
      "kubernetes:networking.k8s.io/v1:NetworkPolicy::keda-api-server",
    );
  });
});

test("it has rights in the namespaces that it has to do with, and in no others", async () => {
  expect(await valuesOf({ watchedNamespaces: ["mpegflow", "mpegflow-encoders"] })).toMatchObject({
    watchNamespace: "mpegflow,mpegflow-encoders",
  });
});

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

  test("its traffic is restricted", async () => {
    expect(await valuesOf()).toMatchObject({ networkPolicy: { enabled: true, flavor: "cilium" } });
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

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openTestEngine, type TestEngine } from "../engine/support.ts";
import { committedEnvironments, committedValues, openConfiguredStack } from "../slow/stack-world.ts";
import { startTestCloud } from "../unit/providers/local-cloud.ts";
import { declaredClusters, podOf, type DeclaredCluster, type DeclaredObject } from "./declared.ts";
import { startTestPlane, type TestPlane } from "./support.ts";

let engine: TestEngine;
let plane: TestPlane;
beforeAll(async () => {
  engine = await openTestEngine();
  plane = await startTestPlane();
  // A kind that GKE brings: known by name here, and its fields checked by nobody.
  await plane.admin.apply(podMonitoringKind);
  await vi.waitFor(
    async () => {
      const found = await plane.admin.get(
        podMonitoringKind.apiVersion,
        podMonitoringKind.kind,
        podMonitoringKind.metadata.name,
      );
      expect(JSON.stringify(found)).toMatch(/"type":"Established"/);
    },
    { timeout: 30_000, interval: 300 },
  );
});

const podMonitoringKind = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "podmonitorings.monitoring.googleapis.com" },
  spec: {
    group: "monitoring.googleapis.com",
    scope: "Namespaced",
    names: { kind: "PodMonitoring", plural: "podmonitorings", singular: "podmonitoring" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
        },
      },
    ],
  },
};
afterAll(async () => {
  engine.dispose();
  await plane.dispose();
});

const nameOf = ({ kind, metadata }: DeclaredObject): string =>
  `${kind} ${metadata.namespace === undefined ? "" : `${metadata.namespace}/`}${metadata.name}`;

/** What the API server says against each of some attempts; nothing when it accepts all. */
async function refusals(attempts: readonly (readonly [string, () => Promise<unknown>])[]): Promise<string[]> {
  const found: string[] = [];
  for (const [what, attempt] of attempts) {
    await attempt().catch((error: unknown) => {
      found.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    });
  }
  return found;
}

/**
 * Takes away what a cluster was given, so that nothing of it helps the next: what KEDA has finalizers on before KEDA,
 * and namespaces last, whose end waits for every API that is announced.
 */
async function clear({ objects }: DeclaredCluster): Promise<void> {
  const namespaces = objects.filter(({ kind }) => kind === "Namespace");
  await remove(objects.filter(({ kind }) => kind !== "Namespace"));
  await plane.keda.uninstall();
  await remove(namespaces);
}

async function remove(objects: readonly DeclaredObject[]): Promise<void> {
  for (const { apiVersion, kind, metadata } of [...objects].reverse())
    await plane.admin.delete(apiVersion, kind, metadata.name, metadata.namespace);
  await vi.waitFor(
    async () => {
      for (const { apiVersion, kind, metadata } of objects)
        expect(await plane.admin.get(apiVersion, kind, metadata.name, metadata.namespace)).toBeUndefined();
    },
    { timeout: 60_000, interval: 300 },
  );
}

describe.each([...committedEnvironments, "local"])("the environment %s", (name) => {
  let clusters: DeclaredCluster[];
  beforeAll(async () => {
    const cloud = await startTestCloud();
    const configured = await openConfiguredStack(engine, name, cloud.addressFile);
    const { exitCode, stdout, stderr } = await configured.up(committedValues(name));
    expect(exitCode, stdout + stderr).toBe(0);
    clusters = await declaredClusters(configured.stack);
    await cloud.close();
  });

  it("declares workloads, unless it is an archive", () => {
    expect(clusters.flatMap(({ objects }) => objects).length > 0).toBe(name !== "archive");
  });

  it("has every object accepted by a real API server, strictly, and no pod refused where `restricted` is enforced", async () => {
    for (const cluster of clusters) {
      // A chart with rights in namespaces of its own wants them to be there.
      for (const object of cluster.objects.filter(({ kind }) => kind === "Namespace"))
        await plane.admin.apply(object);
      for (const { version, namespace, values } of cluster.releases)
        await plane.keda.install({ version, namespace, values });
      const { objects, provider } = cluster;
      expect(
        await refusals(objects.map((object) => [nameOf(object), () => plane.admin.apply(object)])),
        provider,
      ).toEqual([]);

      const pods = objects.flatMap((object) => {
        const pod = podOf(object);
        return pod === undefined ? [] : [{ object, pod }];
      });
      expect(pods.length, provider).toBeGreaterThan(0);
      const namespaces = [...new Set(pods.map(({ object }) => object.metadata.namespace ?? "default"))];
      for (const namespace of namespaces) {
        const found = await plane.admin.get("v1", "Namespace", namespace);
        expect(found?.metadata.labels, namespace).toMatchObject({
          "pod-security.kubernetes.io/enforce": "restricted",
        });
      }
      expect(
        await refusals(
          pods.map(({ object, pod }) => [
            `pod of ${nameOf(object)}`,
            () => plane.admin.apply(pod, { dryRun: true }),
          ]),
        ),
        provider,
      ).toEqual([]);
      await clear(cluster);
    }
  });
});

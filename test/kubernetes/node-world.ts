import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, vi } from "vitest";
import type { Pod, PodHost, PodSources } from "../../sandbox/cluster/index.ts";
import {
  accessOf,
  apiClient,
  discoverPaths,
  type ApiClient,
  type KubeObject,
} from "../../sandbox/kubernetes/client/index.ts";
import { startControlPlane, type ControlPlane } from "../../sandbox/kubernetes/control-plane/index.ts";
import {
  defaultPools,
  servePodNetwork,
  startNodes,
  type Nodes,
} from "../../sandbox/kubernetes/node/index.ts";
import { defaultCacheDirectory, terminalReport } from "../../sandbox/process/index.ts";

const probe = fileURLToPath(new URL("fixtures/probe.ts", import.meta.url));

/** A real control plane with nodes; images are programs of the tests: `server` listens, any other is a task. */
export interface NodeWorld {
  plane: ControlPlane;
  admin: ApiClient;
  /** Below it are the pods' directories and logs. */
  directory: string;
  apply: (object: object) => Promise<KubeObject>;
  get: (apiVersion: string, kind: string, name: string) => Promise<KubeObject | undefined>;
  delete: (apiVersion: string, kind: string, name: string, options?: object) => Promise<void>;
  pod: (name: string) => Pod | undefined;
  /** Asks a pod's program. */
  ask: (name: string, path?: string) => Promise<string>;
  log: (name: string) => string;
  /** URL of the HTTP proxy that knows the cluster's names. */
  proxy: string;
  setPools: Nodes["setPools"];
  stopNodes: () => Promise<void>;
  startNodes: () => Promise<void>;
  dispose: () => Promise<void>;
}

export const namespace = "media";

export async function nodeWorld(region = "europe-west1"): Promise<NodeWorld> {
  const directory = mkdtempSync(join(tmpdir(), "nodes-"));
  let nodes: Nodes | undefined;
  const network = await servePodNetwork((host, port) => nodes?.route(host, port));
  const plane = await startControlPlane({
    directory: join(directory, "control-plane"),
    region,
    cacheDirectory: defaultCacheDirectory(),
    report: terminalReport(),
    clusterProxy: network.url,
  });
  const admin = apiClient(accessOf(plane.adminKubeconfig));
  const paths = discoverPaths(admin);
  const host: Omit<
    PodHost,
    keyof PodSources | "directory" | "logDirectory" | "resolveService" | "apiServer"
  > = {
    path: "/opt/media",
    programOf: (image) => ({
      main: probe,
      google: false,
      ...(image === "server" && { listen: { host: "HOST", port: "PORT" } }),
    }),
    googleEnvironment: () => Promise.reject(new Error("no pod of these tests reaches Google")),
  };
  const start = async (): Promise<void> => {
    nodes = await startNodes({
      access: accessOf(plane.adminKubeconfig),
      region,
      pools: defaultPools,
      directory: join(directory, "nodes"),
      host,
      report: (problem) => {
        throw new Error(problem);
      },
    });
  };
  await start();
  const place = (apiVersion: string, kind: string, name: string) =>
    paths.of({ apiVersion, kind, namespace, name });
  const podNamed = (name: string) => nodes?.pods().find(({ identity }) => identity.name === name);
  const world: NodeWorld = {
    plane,
    admin,
    directory,
    apply: async (object) => {
      const { apiVersion, kind, metadata } = object as {
        apiVersion: string;
        kind: string;
        metadata: { name: string };
      };
      const path = await place(apiVersion, kind, metadata.name);
      return admin.patch(path, "apply", object, { fieldValidation: "Strict", force: "true" });
    },
    get: async (apiVersion, kind, name) => admin.find(await place(apiVersion, kind, name)),
    delete: async (apiVersion, kind, name, options) =>
      admin.delete(await place(apiVersion, kind, name), options),
    pod: podNamed,
    ask: async (name, path = "/") => {
      const response = await fetch(`http://${podNamed(name)?.address("http") ?? ""}${path}`, {
        headers: { connection: "close" },
      });
      return response.text();
    },
    log: (name) => readFileSync(join(directory, "nodes", "logs", `${name}.log`), "utf8"),
    proxy: network.url,
    setPools: async (pools) => {
      await nodes?.setPools(pools);
    },
    stopNodes: async () => {
      await nodes?.stop();
    },
    startNodes: start,
    dispose: async () => {
      await nodes?.stop();
      await admin.close();
      await network.close();
      await plane.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  await world.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  await until(async () => {
    expect(await world.get("v1", "ServiceAccount", "default")).toBeDefined();
  });
  return world;
}

export const until = (check: () => void | Promise<void>, seconds = 20) =>
  vi.waitFor(check, { timeout: seconds * 1000, interval: 100 });

export const object = (apiVersion: string, kind: string, name: string, rest: object = {}) => ({
  apiVersion,
  kind,
  metadata: { name, namespace },
  ...rest,
});

/** A container that listens on port 8080, named `http`. */
export const server = (rest: object = {}) => ({
  name: "main",
  image: "server",
  ports: [{ name: "http", containerPort: 8080 }],
  readinessProbe: { httpGet: { path: "/", port: "http" }, periodSeconds: 1 },
  ...rest,
});

export const deployment = (name: string, replicas: number, pod: object) =>
  object("apps/v1", "Deployment", name, {
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { terminationGracePeriodSeconds: 5, ...pod } },
    },
  });

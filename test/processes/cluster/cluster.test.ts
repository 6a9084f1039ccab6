import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openCluster, programOf, type Cluster } from "../../../sandbox/cluster/index.ts";

const echo = fileURLToPath(new URL("fixtures/echo.ts", import.meta.url));
const labels = { app: "echo" };
const serviceKey = { apiVersion: "v1", kind: "Service", namespace: "ns", name: "echo" };
const deploymentKey = { apiVersion: "apps/v1", kind: "Deployment", namespace: "ns", name: "echo" };
const metadata = { name: "echo", namespace: "ns" };
const service = {
  apiVersion: "v1",
  kind: "Service",
  metadata,
  spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
};
const serviceAccount = {
  apiVersion: "v1",
  kind: "ServiceAccount",
  metadata: { name: "robot", namespace: "ns" },
  automountServiceAccountToken: false,
};
const deployment = (replicas: number, env: object[] = []) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata,
  spec: {
    replicas,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        serviceAccountName: "robot",
        volumes: [{ name: "scratch", emptyDir: {} }],
        containers: [
          {
            name: "echo",
            image: "example.com/echo:1",
            env,
            ports: [{ containerPort: 8080 }],
            volumeMounts: [{ name: "scratch", mountPath: "/scratch" }],
            readinessProbe: { httpGet: { path: "/", port: 8080 } },
          },
        ],
      },
    },
  },
});

let directory: string;
let cluster: Cluster;
const reported: string[] = [];
const open = () =>
  openCluster("test", directory, {
    path: "/opt/media",
    programOf: () => ({ main: echo, listen: { host: "HOST", port: "PORT" }, google: true }),
    report: (problem) => reported.push(problem),
    googleEnvironment: (namespace, serviceAccount) =>
      Promise.resolve({
        environment: { PRINCIPAL: `${namespace}/${serviceAccount}` },
        close: () => Promise.resolve(),
      }),
  });

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "cluster-"));
  reported.length = 0;
  cluster = await open();
  await cluster.apply(serviceAccount);
});
afterEach(async () => {
  await cluster.stop();
  rmSync(directory, { recursive: true });
});

const status = (key: typeof deploymentKey) =>
  cluster.get(key)?.["status"] as Record<string, unknown> | undefined;
const readyReplicas = async (count: number) => {
  await vi.waitFor(
    () => {
      expect(status(deploymentKey)).toMatchObject({ readyReplicas: count });
    },
    { timeout: 5000 },
  );
};
const ask = async (path = "/") => {
  const response = await fetch(`http://${String(status(serviceKey)?.["address"])}${path}`, {
    headers: { connection: "close" },
  });
  return (await response.json()) as { pid: number; environment: Record<string, string> };
};
const runs = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe("a Deployment", () => {
  it("runs as many processes as it has replicas, which its Service reaches in turn", async () => {
    await cluster.apply(service);
    await cluster.apply(deployment(2));
    await readyReplicas(2);
    const pids = new Set([(await ask()).pid, (await ask()).pid]);
    expect(pids.size).toBe(2);
  });

  it("gives its pods what is declared, and nothing of the node's own environment", async () => {
    vi.stubEnv("SECRET_OF_THE_NODE", "x");
    await cluster.apply(service);
    await cluster.apply(deployment(1, [{ name: "A", value: "1" }]));
    await readyReplicas(1);
    const { environment } = await ask();
    expect(Object.keys(environment).toSorted()).toEqual(
      [
        "A",
        "HOME",
        "HOST",
        "HOSTNAME",
        "KUBERNETES_SERVICE_HOST",
        "KUBERNETES_SERVICE_PORT",
        "NODE_CHANNEL_FD",
        "NODE_CHANNEL_SERIALIZATION_MODE",
        "PATH",
        "PORT",
        "PRINCIPAL",
        "TMPDIR",
      ].filter((name) => name in environment),
    );
    expect(environment).toMatchObject({ A: "1", PRINCIPAL: "ns/robot" });
    vi.unstubAllEnvs();
  });

  it("finds Services by their cluster name, and its volumes as directories, in its environment", async () => {
    await cluster.apply(service);
    await cluster.apply(
      deployment(1, [
        { name: "URL", value: "http://echo.ns.svc.cluster.local" },
        { name: "SCRATCH", value: "/scratch/work" },
        { name: "POD", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
      ]),
    );
    await readyReplicas(1);
    const { environment } = await ask();
    expect(environment["URL"]).toBe(`http://${String(status(serviceKey)?.["address"])}`);
    expect(environment["SCRATCH"]).toBe(
      join(directory, "pods", environment["POD"] ?? "", "volumes", "scratch", "work"),
    );
  });

  it("restarts a pod that dies, and counts it", async () => {
    await cluster.apply(service);
    await cluster.apply(deployment(1));
    await readyReplicas(1);
    const first = await ask();
    await ask("/die").catch(() => undefined);
    await vi.waitFor(
      async () => {
        expect((await ask()).pid).not.toBe(first.pid);
      },
      { timeout: 5000 },
    );
    expect(cluster.pods()[0]?.restarts()).toBe(1);
  });

  it("replaces its pods when the template changes, and keeps them when it does not", async () => {
    await cluster.apply(service);
    await cluster.apply(deployment(1));
    await readyReplicas(1);
    const first = await ask();
    await cluster.apply(deployment(1));
    expect((await ask()).pid).toBe(first.pid);
    await cluster.apply(deployment(1, [{ name: "A", value: "2" }]));
    await readyReplicas(1);
    expect((await ask()).environment["A"]).toBe("2");
    expect(runs(first.pid)).toBe(false);
  });

  it("ends its processes when it is deleted", async () => {
    await cluster.apply(deployment(2));
    await readyReplicas(2);
    const pids = cluster.pods().map((pod) => pod.processId() ?? 0);
    expect(await cluster.delete(deploymentKey)).toBe(true);
    expect(pids.map(runs)).toEqual([false, false]);
    expect(cluster.get(deploymentKey)).toBeUndefined();
  });

  it("runs again after the node restarts", async () => {
    await cluster.apply(service);
    await cluster.apply(deployment(1));
    await cluster.stop();
    cluster = await open();
    await readyReplicas(1);
    expect(reported).toEqual([]);
  });

  it("is refused with two containers of one name", async () => {
    const manifest = deployment(1);
    const { spec } = manifest.spec.template;
    spec.containers.push(...spec.containers);
    await expect(cluster.apply(manifest)).rejects.toThrow("containers must have names of their own");
  });

  it("waits for its service account, and says so", async () => {
    await cluster.delete({ ...serviceKey, kind: "ServiceAccount", name: "robot" });
    await cluster.apply(deployment(1));
    await vi.waitFor(() => {
      expect(cluster.pods()[0]?.reason()).toContain('serviceaccount "robot" not found');
    });
    await cluster.apply(serviceAccount);
    await readyReplicas(1);
  });
});

describe("an object of another kind", () => {
  it("is kept with a uid, and a resource version that counts changes", async () => {
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "ns" } };
    const created = await cluster.apply(namespace);
    const updated = await cluster.apply(namespace);
    expect(updated.metadata).toMatchObject({ uid: created.metadata["uid"], resourceVersion: "2" });
  });

  it("is refused when the sandbox does not model its kind", async () => {
    const ingress = { apiVersion: "networking.k8s.io/v1", kind: "Ingress", metadata: { name: "i" } };
    await expect(cluster.apply(ingress)).rejects.toThrow(
      /^the sandbox's cluster models Deployment, Service, .*; not networking\.k8s\.io\/v1 Ingress$/,
    );
  });
});

describe("an image", () => {
  it.each([
    "mpegflow.local/coordinator:dev",
    "us-docker.pkg.dev/p/r/coordinator@sha256:00",
    "localhost:5000/coordinator",
  ])("%s runs the coordinator", (image) => {
    expect(programOf(image).main).toMatch(/services\/coordinator\/main\.ts$/);
  });

  it("of somebody else is refused, naming those that run", () => {
    expect(() => programOf("nginx:1")).toThrow(
      "the sandbox cannot run the image nginx:1: it runs images whose repository ends in coordinator or worker",
    );
  });
});

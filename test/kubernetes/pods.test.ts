import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isAlive } from "../../sandbox/process/index.ts";
import { deployment, nodeWorld, object, server, until, type NodeWorld } from "./node-world.ts";

interface Status {
  phase?: string;
  podIP?: string;
  conditions?: { type: string; status: string }[];
  containerStatuses?: {
    restartCount: number;
    state: Record<string, unknown>;
    lastState: Record<string, unknown>;
  }[];
  readyReplicas?: number;
  succeeded?: number;
  failed?: number;
}

let world: NodeWorld;
beforeAll(async () => {
  world = await nodeWorld();
}, 1_800_000);
afterAll(async () => {
  await world.dispose();
});

const podObject = (name: string, spec: object) =>
  object("v1", "Pod", name, { spec: { terminationGracePeriodSeconds: 5, ...spec } });
const statusOf = async (kind: string, name: string, apiVersion = "v1"): Promise<Status> =>
  (await world.get(apiVersion, kind, name))?.status ?? {};
const ready = (name: string) =>
  until(async () => {
    const { conditions } = await statusOf("Pod", name);
    expect(conditions).toContainEqual(expect.objectContaining({ type: "Ready", status: "True" }));
  });
const phaseIs = (name: string, phase: string) =>
  until(async () => {
    expect((await statusOf("Pod", name)).phase).toBe(phase);
  });
const gone = (name: string) =>
  until(async () => {
    expect(await world.get("v1", "Pod", name)).toBeUndefined();
  });
const environmentOf = async (name: string) =>
  (JSON.parse(await world.ask(name)) as { environment: Record<string, string> }).environment;

describe("a pod on a node of the sandbox", () => {
  it("runs as a process with its environment, and its node tells the API server so", async () => {
    await world.apply(object("v1", "ConfigMap", "settings", { data: { colour: "red" } }));
    await world.apply(object("v1", "Secret", "login", { stringData: { password: "hunter2" } }));
    await world.apply(
      podObject("first", {
        volumes: [{ name: "scratch", emptyDir: {} }],
        containers: [
          server({
            env: [
              { name: "COLOUR", valueFrom: { configMapKeyRef: { name: "settings", key: "colour" } } },
              { name: "PASSWORD", valueFrom: { secretKeyRef: { name: "login", key: "password" } } },
              { name: "IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
              { name: "NODE", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
              { name: "SCRATCH", value: "/scratch" },
            ],
            volumeMounts: [{ name: "scratch", mountPath: "/scratch" }],
          }),
        ],
      }),
    );
    await ready("first");
    const { podIP } = await statusOf("Pod", "first");
    const environment = await environmentOf("first");
    expect(environment).toMatchObject({
      COLOUR: "red",
      PASSWORD: "hunter2",
      IP: podIP,
      NODE: expect.stringMatching(/^general-europe-west1-[bc]$/) as string,
    });
    expect(existsSync(environment["SCRATCH"] ?? "")).toBe(true);
    expect(world.log("first")).toBe("listens\n");
  });

  it("stays Pending where no node suits, and runs in the pool that it asks for", async () => {
    const placed = (name: string, tolerations: object[]) =>
      podObject(name, {
        nodeSelector: { "cloud.google.com/gke-spot": "true" },
        tolerations,
        containers: [server()],
      });
    await world.apply(placed("unwelcome", []));
    await world.apply(placed("welcome", [{ key: "mpegflow-pool", operator: "Exists" }]));
    await ready("welcome");
    expect((await environmentOf("welcome"))["HOSTNAME"]).toBe("welcome");
    expect((await statusOf("Pod", "unwelcome")).phase).toBe("Pending");
  });

  it("is restarted when it dies or its liveness probe fails, and counted", async () => {
    await world.apply(
      podObject("mortal", {
        containers: [
          server({
            startupProbe: { httpGet: { path: "/", port: "http" }, periodSeconds: 1, failureThreshold: 30 },
            livenessProbe: {
              httpGet: { path: "/live", port: "http" },
              periodSeconds: 1,
              failureThreshold: 1,
            },
          }),
        ],
      }),
    );
    await ready("mortal");
    await world.ask("mortal", "/die").catch(() => undefined);
    await until(async () => {
      const [status] = (await statusOf("Pod", "mortal")).containerStatuses ?? [];
      expect(status).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 3 } } });
    });
    await ready("mortal");
    await world.ask("mortal", "/sicken");
    await until(async () => {
      expect((await statusOf("Pod", "mortal")).containerStatuses?.[0]?.restartCount).toBe(2);
    });
  });

  it("gets SIGTERM and its grace, then SIGKILL, and is gone from the API server only then", async () => {
    await world.apply(
      podObject("stubborn", {
        terminationGracePeriodSeconds: 2,
        containers: [server({ env: [{ name: "STUBBORN", value: "1" }] })],
      }),
    );
    await ready("stubborn");
    const pid = world.pod("stubborn")?.processId() ?? 0;
    const begin = performance.now();
    await world.delete("v1", "Pod", "stubborn");
    await until(() => {
      expect(world.log("stubborn")).toContain("no\n");
    });
    expect(await world.get("v1", "Pod", "stubborn")).toBeDefined();
    await gone("stubborn");
    expect(performance.now() - begin).toBeGreaterThan(1900);
    expect(isAlive(pid)).toBe(false);
  });

  it("ends as Succeeded or Failed with its exit code when it is not restarted", async () => {
    const task = (name: string, code: number) =>
      podObject(name, {
        restartPolicy: "Never",
        containers: [{ name: "main", image: "task", args: [String(code)] }],
      });
    await Promise.all([world.apply(task("good", 0)), world.apply(task("bad", 7))]);
    await phaseIs("good", "Succeeded");
    await phaseIs("bad", "Failed");
    expect((await statusOf("Pod", "bad")).containerStatuses?.[0]?.state).toMatchObject({
      terminated: { exitCode: 7, reason: "Error" },
    });
  });

  it("fails, and says why, when it is one that cannot run here", async () => {
    await world.apply(
      podObject("odd", { restartPolicy: "Never", containers: [server({ command: ["sh"] })] }),
    );
    await phaseIs("odd", "Failed");
    expect(await world.get("v1", "Pod", "odd")).toMatchObject({
      status: { message: expect.stringContaining("do not model containers' command") as string },
    });
  });
});

describe("a Job", () => {
  it("completes with its pods, and tries a failed one again", async () => {
    const job = (name: string, code: number) =>
      object("batch/v1", "Job", name, {
        spec: {
          backoffLimit: 1,
          template: {
            spec: {
              restartPolicy: "Never",
              initContainers: [{ name: "before", image: "task", args: ["0"] }],
              containers: [{ name: "main", image: "task", args: [String(code)] }],
            },
          },
        },
      });
    await Promise.all([world.apply(job("works", 0)), world.apply(job("fails", 1))]);
    await until(async () => {
      expect((await statusOf("Job", "works", "batch/v1")).succeeded).toBe(1);
    });
    await until(async () => {
      expect((await statusOf("Job", "fails", "batch/v1")).failed).toBe(2);
    }, 60);
  });
});

describe("a Deployment with its Service", () => {
  beforeAll(async () => {
    await world.apply(deployment("web", 2, { containers: [server()] }));
    await world.apply(
      object("v1", "Service", "web", {
        spec: { selector: { app: "web" }, ports: [{ name: "http", port: 80, targetPort: "http" }] },
      }),
    );
    await world.apply(
      podObject("client", {
        containers: [server({ env: [{ name: "WEB", value: "http://web.media.svc.cluster.local" }] })],
      }),
    );
    await ready("client");
    await until(async () => {
      expect((await statusOf("Deployment", "web", "apps/v1")).readyReplicas).toBe(2);
    });
  });
  const asked = async (): Promise<number> => {
    const { WEB = "" } = await environmentOf("client");
    return (JSON.parse(await world.ask("client", `/fetch?url=${WEB}`)) as { pid: number }).pid;
  };

  it("is reached by a pod under the Service's name, one pod after the other", async () => {
    await until(async () => {
      expect(new Set([await asked(), await asked(), await asked()]).size).toBe(2);
    });
  });

  it("is reached from outside the pods by name and by pod address, through the pod network", async () => {
    const { ProxyAgent, fetch: proxied } = await import("undici");
    const dispatcher = new ProxyAgent({ uri: world.proxy, proxyTunnel: false });
    const pod = await statusOf("Pod", "client");
    for (const url of ["http://web.media.svc:80/", `http://${pod.podIP ?? ""}:8080/`]) {
      const response = await proxied(url, { dispatcher });
      expect(await response.json()).toHaveProperty("pid");
    }
    const nowhere = await proxied("http://203.0.113.1/", { dispatcher });
    expect(nowhere.status).toBe(502);
    await dispatcher.close();
  });

  it("runs again after its nodes were restarted", async () => {
    const before = await asked();
    await world.stopNodes();
    expect(isAlive(before)).toBe(false);
    await world.startNodes();
    await until(async () => {
      expect((await statusOf("Deployment", "web", "apps/v1")).readyReplicas).toBe(2);
      await ready("client");
      expect(await asked()).not.toBe(before);
    }, 40);
  });
});

describe("a deleted pod's directory", () => {
  it("is gone with it", async () => {
    await world.apply(podObject("brief", { containers: [server()] }));
    await ready("brief");
    const directory = join(world.directory, "nodes", "pods", "brief");
    expect(existsSync(directory)).toBe(true);
    await world.delete("v1", "Pod", "brief");
    await gone("brief");
    expect(existsSync(directory)).toBe(false);
  });
});

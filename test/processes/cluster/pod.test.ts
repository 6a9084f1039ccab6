import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { podSpecSchema, startPod, type Pod, type PodHost } from "../../../sandbox/cluster/index.ts";

const echo = fileURLToPath(new URL("fixtures/echo.ts", import.meta.url));
const configMaps = new Map<string, ReadonlyMap<string, Uint8Array>>();
const secrets = new Map<string, ReadonlyMap<string, Uint8Array>>();
const dataOf = (entries: Record<string, string>) =>
  new Map(Object.entries(entries).map(([key, value]) => [key, Buffer.from(value)]));

let directory: string;
let tokens = 0;
let tokenSeconds = 600;
const pods: Pod[] = [];

const host = (): PodHost => ({
  directory: join(directory, "pods"),
  logDirectory: join(directory, "logs"),
  path: "/opt/media",
  programOf: (image) => ({
    main: echo,
    google: false,
    ...(image === "server" && { listen: { host: "HOST", port: "PORT" } }),
  }),
  resolveService: ({ name, port }) => Promise.resolve(`127.0.0.1:${name === "db" && port === 5432 ? 1 : 2}`),
  apiServer: () => Promise.resolve("127.0.0.1:6443"),
  googleEnvironment: () => Promise.reject(new Error("not for these pods")),
  configMap: (_namespace, name) => Promise.resolve(configMaps.get(name)),
  secret: (_namespace, name) => Promise.resolve(secrets.get(name)),
  token: () =>
    Promise.resolve({ token: `token-${++tokens}`, expires: new Date(Date.now() + tokenSeconds * 1000) }),
});

const start = (spec: object): Pod => {
  const pod = startPod(
    {
      name: "pod",
      namespace: "ns",
      uid: "uid",
      labels: { tier: "front" },
      annotations: {},
      serviceAccount: "robot",
      nodeName: "node-1",
      ip: "10.0.0.7",
      hostIp: "127.0.0.1",
    },
    podSpecSchema.parse(spec),
    host(),
  );
  pods.push(pod);
  return pod;
};
const server = (rest: object = {}) => ({
  name: "main",
  image: "server",
  ports: [{ name: "http", containerPort: 8080 }],
  readinessProbe: probe("/"),
  ...rest,
});
const probe = (path: string, rest: object = {}) => ({
  httpGet: { path, port: "http" },
  periodSeconds: 0.2,
  failureThreshold: 1,
  ...rest,
});
const until = (check: () => void) => vi.waitFor(check, { timeout: 8000, interval: 20 });
const reasonIs = (pod: Pod, reason: string) =>
  until(() => {
    expect(pod.reason()).toContain(reason);
  });
const phaseIs = (pod: Pod, phase: string) =>
  until(() => {
    expect(pod.status().phase).toBe(phase);
  });
const ask = async (pod: Pod, path = "/") => {
  const response = await fetch(`http://${pod.address("http") ?? ""}${path}`, {
    headers: { connection: "close" },
  });
  return await response.text();
};
const environmentOf = async (pod: Pod) =>
  JSON.parse(await ask(pod)) as { environment: Record<string, string>; args: string[] };

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pod-"));
  configMaps.clear();
  secrets.clear();
  [tokens, tokenSeconds] = [0, 600];
});
afterEach(async () => {
  await Promise.all(pods.splice(0).map((pod) => pod.stop(0)));
  rmSync(directory, { recursive: true });
});

describe("a pod's environment", () => {
  it("comes from values, fields, config maps and secrets, and earlier variables", async () => {
    configMaps.set("settings", dataOf({ COLOUR: "red", size: "3" }));
    secrets.set("login", dataOf({ password: "hunter2" }));
    const pod = start({
      containers: [
        server({
          envFrom: [{ prefix: "S_", configMapRef: { name: "settings" } }],
          env: [
            { name: "PASSWORD", valueFrom: { secretKeyRef: { name: "login", key: "password" } } },
            { name: "NODE_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
            { name: "TIER", valueFrom: { fieldRef: { fieldPath: "metadata.labels['tier']" } } },
            { name: "NONE", valueFrom: { configMapKeyRef: { name: "no", key: "no", optional: true } } },
            { name: "BOTH", value: "$(S_COLOUR)-$(TIER)-$$(TIER)-$(WHAT)" },
          ],
        }),
      ],
    });
    await reasonIs(pod, "Ready");
    const { environment } = await environmentOf(pod);
    expect(environment).toMatchObject({
      S_COLOUR: "red",
      S_size: "3",
      PASSWORD: "hunter2",
      NODE_IP: "10.0.0.7",
      TIER: "front",
      BOTH: "red-front-$(TIER)-$(WHAT)",
      KUBERNETES_SERVICE_HOST: "127.0.0.1",
      KUBERNETES_SERVICE_PORT: "6443",
    });
    expect(environment).not.toHaveProperty("NONE");
  });

  it("names local directories in place of mounts, in variables and arguments, and nowhere else", async () => {
    const pod = start({
      volumes: [{ name: "a", emptyDir: {} }],
      containers: [
        server({
          env: [
            { name: "PLAIN", value: "/data" },
            { name: "LIST", value: "/data/x:/data/y:/database" },
            { name: "URL", value: "http://db.ns.svc.cluster.local:5432/data and http://web.ns.svc" },
          ],
          args: ["--dir=/data/z", "/datum"],
          volumeMounts: [{ name: "a", mountPath: "/data" }],
        }),
      ],
    });
    await reasonIs(pod, "Ready");
    const { environment, args } = await environmentOf(pod);
    const local = join(directory, "pods", "pod", "volumes", "a");
    expect(environment).toMatchObject({
      PLAIN: local,
      LIST: `${local}/x:${local}/y:/database`,
      URL: "http://127.0.0.1:1/data and http://127.0.0.1:2",
    });
    expect(args).toEqual([`--dir=${local}/z`, "/datum"]);
  });

  it("says where the API server's token and certificate are, where one is mounted", async () => {
    const pod = start({
      volumes: [{ name: "api", projected: { sources: [{ serviceAccountToken: { path: "token" } }] } }],
      containers: [
        server({
          volumeMounts: [{ name: "api", mountPath: "/var/run/secrets/kubernetes.io/serviceaccount" }],
        }),
      ],
    });
    await reasonIs(pod, "Ready");
    const { environment } = await environmentOf(pod);
    expect(readFileSync(environment["MPEGFLOW_KUBERNETES_TOKEN_FILE"] ?? "", "utf8")).toBe("token-1");
  });

  it("waits for what is not there yet, and says what", async () => {
    const env = [{ name: "A", valueFrom: { configMapKeyRef: { name: "late", key: "a" } } }];
    const pod = start({ containers: [server({ env })] });
    await reasonIs(pod, 'CreateContainerConfigError (configmap "late" not found)');
    configMaps.set("late", dataOf({ a: "1" }));
    await reasonIs(pod, "Ready");
  });
});

describe("a pod's volumes", () => {
  it("hold config maps, secrets and fields under the names that were asked for", async () => {
    configMaps.set("settings", dataOf({ one: "1", two: "2" }));
    secrets.set("login", dataOf({ password: "hunter2" }));
    const pod = start({
      volumes: [
        { name: "all", configMap: { name: "settings" } },
        { name: "some", secret: { secretName: "login", items: [{ key: "password", path: "deep/pass" }] } },
        { name: "self", downwardAPI: { items: [{ path: "who", fieldRef: { fieldPath: "metadata.name" } }] } },
      ],
      containers: [server()],
    });
    await reasonIs(pod, "Ready");
    const file = (path: string) => readFileSync(join(directory, "pods/pod/volumes", path), "utf8");
    expect([file("all/one"), file("all/two"), file("some/deep/pass"), file("self/who")]).toEqual([
      "1",
      "2",
      "hunter2",
      "pod",
    ]);
  });

  it("get a new token when four fifths of its life are over", async () => {
    tokenSeconds = 1;
    const pod = start({
      volumes: [{ name: "t", projected: { sources: [{ serviceAccountToken: { path: "token" } }] } }],
      containers: [server()],
    });
    await reasonIs(pod, "Ready");
    const file = join(directory, "pods/pod/volumes/t/token");
    await until(() => {
      expect(readFileSync(file, "utf8")).toBe("token-3");
    });
  });

  it("cannot be left by a path", async () => {
    configMaps.set("evil", dataOf({ a: "1" }));
    const pod = start({
      volumes: [{ name: "v", configMap: { name: "evil", items: [{ key: "a", path: "../../../a" }] } }],
      containers: [server()],
    });
    await reasonIs(pod, "leaves its volume");
    expect(existsSync(join(directory, "pods", "a"))).toBe(false);
  });
});

describe("a pod's life", () => {
  it.each([
    { restartPolicy: "Never", exitCode: 0, phase: "Succeeded" },
    { restartPolicy: "Never", exitCode: 3, phase: "Failed" },
    { restartPolicy: "OnFailure", exitCode: 0, phase: "Succeeded" },
  ])(
    "with policy $restartPolicy ends as $phase on code $exitCode",
    async ({ restartPolicy, exitCode, phase }) => {
      const pod = start({
        restartPolicy,
        containers: [{ name: "main", image: "task", args: [String(exitCode)] }],
      });
      await phaseIs(pod, phase);
      expect(pod.status().containers[0]?.state).toMatchObject({
        terminated: { exitCode, reason: exitCode === 0 ? "Completed" : "Error" },
      });
      await until(() => {
        expect(readFileSync(join(directory, "logs", "pod.log"), "utf8")).toBe(`args ${exitCode}\n`);
      });
    },
  );

  it("starts again after a failure with policy OnFailure, and counts", async () => {
    const pod = start({
      restartPolicy: "OnFailure",
      containers: [{ name: "main", image: "task", args: ["4"] }],
    });
    await until(() => {
      expect(pod.restarts()).toBeGreaterThan(1);
    });
    expect(pod.status().containers[0]?.lastState).toMatchObject({ terminated: { exitCode: 4 } });
  });

  it("begins with its init containers, one after another", async () => {
    const task = (name: string) => ({ name, image: "task", args: ["0"] });
    const pod = start({ initContainers: [task("first"), task("second")], containers: [server()] });
    expect(pod.status()).toMatchObject({ phase: "Pending", initialized: false });
    await reasonIs(pod, "Ready");
    const [first, second] = pod
      .status()
      .initContainers.map(({ state }) => "terminated" in state && state.terminated);
    if (!first || !second) throw new Error("the init containers have not ended");
    expect(first.finishedAt <= second.startedAt).toBe(true);
  });

  it("fails with its init container when it is not to be tried again", async () => {
    const pod = start({
      restartPolicy: "Never",
      initContainers: [{ name: "first", image: "task", args: ["1"] }],
      containers: [server()],
    });
    await phaseIs(pod, "Failed");
  });

  it("ends after its deadline", async () => {
    const pod = start({ restartPolicy: "Never", activeDeadlineSeconds: 1, containers: [server()] });
    await phaseIs(pod, "Failed");
    expect(pod.status().reason).toBe("DeadlineExceeded");
  });

  it("is killed when its grace is over", async () => {
    const pod = start({ containers: [server({ env: [{ name: "STUBBORN", value: "1" }] })] });
    await reasonIs(pod, "Ready");
    await ask(pod);
    const begin = performance.now();
    await pod.stop(1);
    expect(performance.now() - begin).toBeGreaterThan(950);
    expect(pod.status().containers[0]?.state).toMatchObject({ terminated: { exitCode: 137 } });
  });
});

describe("a pod's probes", () => {
  it("keep it unready until the readiness probe passes", async () => {
    const pod = start({ containers: [server()] });
    await reasonIs(pod, "Running, readiness probe failing");
    await reasonIs(pod, "Ready");
  });

  it("restart it when the liveness probe fails", async () => {
    const pod = start({
      terminationGracePeriodSeconds: 1,
      containers: [
        server({ startupProbe: probe("/", { failureThreshold: 100 }), livenessProbe: probe("/live") }),
      ],
    });
    await until(() => {
      expect(pod.status().ready).toBe(true);
    });
    await ask(pod, "/sicken");
    await until(() => {
      expect(pod.restarts()).toBe(1);
      expect(pod.status().ready).toBe(true);
    });
  });

  it("restart it when it does not start in time, and ask nothing else before", async () => {
    const pod = start({
      terminationGracePeriodSeconds: 1,
      containers: [
        server({ startupProbe: { tcpSocket: { port: 9 }, periodSeconds: 0.2, failureThreshold: 2 } }),
      ],
    });
    await until(() => {
      expect(pod.restarts()).toBe(1);
    });
    expect(pod.status().ready).toBe(false);
  });
});

describe("a pod that the sandbox cannot run", () => {
  it.each([
    [{ hostNetwork: true, containers: [server()] }, "hostNetwork"],
    [{ containers: [server({ command: ["sh"] })] }, "command"],
    [{ containers: [server({ livenessProbe: { exec: { command: ["x"] } } })] }, "probes by exec"],
    [{ volumes: [{ name: "v", hostPath: { path: "/" } }], containers: [server()] }, "volumes"],
  ])("is refused with what it is that is not modelled: %#", (spec, what) => {
    expect(() => podSpecSchema.parse(spec)).toThrow(what);
  });
});

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Agent, fetch } from "undici";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openCluster, type Cluster } from "../../../sandbox/cluster/index.ts";

const audience = "mpegflow-coordinator";
const echo = fileURLToPath(new URL("fixtures/echo.ts", import.meta.url));
const object = <T extends object>(apiVersion: string, kind: string, name: string, rest: T) => ({
  apiVersion,
  kind,
  metadata: { name, namespace: "ns" },
  ...rest,
});
const deployment = (name: string, spec: object, container: object) =>
  object("apps/v1", "Deployment", name, {
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          serviceAccountName: name,
          ...spec,
          containers: [
            { name, image: "echo:1", ports: [{ containerPort: 8080 }], readinessProbe, ...container },
          ],
        },
      },
    },
  });
const readinessProbe = { httpGet: { port: 8080 } };
const account = (name: string) => object("v1", "ServiceAccount", name, {});

/** A worker renounces the API server's token and has one for the coordinator; a coordinator reviews tokens. */
const worker = deployment(
  "worker",
  {
    automountServiceAccountToken: false,
    volumes: [
      {
        name: "token",
        projected: {
          sources: [{ serviceAccountToken: { audience, expirationSeconds: 600, path: "token" } }],
        },
      },
    ],
  },
  {
    env: [{ name: "MPEGFLOW_COORDINATOR_TOKEN_FILE", value: "/var/run/secrets/mpegflow/token" }],
    volumeMounts: [{ name: "token", mountPath: "/var/run/secrets/mpegflow", readOnly: true }],
  },
);
const coordinator = deployment("coordinator", {}, {});
const binding = object("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "reviewers", {
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:auth-delegator" },
  subjects: [{ kind: "ServiceAccount", name: "coordinator", namespace: "ns" }],
});

let directory: string;
let cluster: Cluster;
let workers: Record<string, string>;
let coordinators: Record<string, string>;

const podOf = (name: string) => cluster.pods().find(({ identity }) => identity.labels["app"] === name);
const environmentOf = async (name: string): Promise<Record<string, string>> => {
  await vi.waitFor(
    () => {
      expect(podOf(name)?.reason()).toBe("Ready");
    },
    { timeout: 10_000 },
  );
  const response = await fetch(`http://${podOf(name)?.address() ?? ""}`);
  return ((await response.json()) as { environment: Record<string, string> }).environment;
};
const read = (file: string | undefined): string => readFileSync(file ?? "", "utf8");

/** Asks as the coordinator's code does, from its environment alone. */
async function review(token: string, by: Record<string, string> = coordinators, audiences = [audience]) {
  const { KUBERNETES_SERVICE_HOST: host = "", KUBERNETES_SERVICE_PORT: port = "" } = by;
  const dispatcher = new Agent({ connect: { ca: read(coordinators["MPEGFLOW_KUBERNETES_CA_FILE"]) } });
  const bearer = read(by["MPEGFLOW_KUBERNETES_TOKEN_FILE"] ?? by["MPEGFLOW_COORDINATOR_TOKEN_FILE"]);
  const response = await fetch(`https://${host}:${port}/apis/authentication.k8s.io/v1/tokenreviews`, {
    method: "POST",
    dispatcher,
    headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
    body: JSON.stringify({
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenReview",
      spec: { token, audiences },
    }),
  });
  return { code: response.status, body: (await response.json()) as { status: unknown; message?: string } };
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "api-"));
  cluster = await openCluster("test", directory, {
    path: "/opt/media",
    programOf: () => ({ main: echo, listen: { host: "HOST", port: "PORT" }, google: false }),
    report: (problem) => {
      throw new Error(problem);
    },
    googleEnvironment: () => Promise.resolve({ environment: {}, close: () => Promise.resolve() }),
  });
  for (const manifest of [account("worker"), account("coordinator"), binding, worker, coordinator]) {
    await cluster.apply(manifest);
  }
  [workers, coordinators] = [await environmentOf("worker"), await environmentOf("coordinator")];
}, 30_000);
afterAll(async () => {
  await cluster.stop();
  rmSync(directory, { recursive: true });
});

describe("a pod's projected token", () => {
  it("is a file of the pod's own, named by the variable that named its mount", () => {
    expect(workers["MPEGFLOW_COORDINATOR_TOKEN_FILE"]).toMatch(new RegExp(`^${directory}/pods/worker-`));
  });

  it("names its service account and pod, and its audience, and ends when it was asked to", () => {
    const [, body = ""] = read(workers["MPEGFLOW_COORDINATOR_TOKEN_FILE"]).split(".");
    const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as Record<string, number>;
    expect(claims).toMatchObject({
      sub: "system:serviceaccount:ns:worker",
      aud: [audience],
      "kubernetes.io": { namespace: "ns", pod: { name: podOf("worker")?.identity.name } },
    });
    expect((claims["exp"] ?? 0) - (claims["iat"] ?? 0)).toBe(600);
  });

  it("is the only one of a pod that renounces the API server's", () => {
    expect(workers).not.toHaveProperty("MPEGFLOW_KUBERNETES_TOKEN_FILE");
  });
});

describe("the stand-in's API server", () => {
  it("tells a reviewer whose token it is", async () => {
    const { code, body } = await review(read(workers["MPEGFLOW_COORDINATOR_TOKEN_FILE"]));
    expect(code).toBe(201);
    expect(body.status).toMatchObject({
      authenticated: true,
      audiences: [audience],
      user: {
        username: "system:serviceaccount:ns:worker",
        groups: ["system:serviceaccounts", "system:serviceaccounts:ns", "system:authenticated"],
        extra: { "authentication.kubernetes.io/pod-name": [podOf("worker")?.identity.name] },
      },
    });
  });

  it.each([
    ["of another audience", () => read(coordinators["MPEGFLOW_KUBERNETES_TOKEN_FILE"]), "target audiences"],
    ["made by nobody", () => "a.b.c", "invalid bearer token"],
    [
      "changed on its way",
      () =>
        read(workers["MPEGFLOW_COORDINATOR_TOKEN_FILE"]).replace(/.$/, (last) => (last === "A" ? "Q" : "A")),
      "invalid bearer token",
    ],
  ])("authenticates nobody by a token %s", async (_case, token, error) => {
    const { body } = await review(token());
    expect(body.status).toMatchObject({ error: expect.stringContaining(error) as string });
    expect(body.status).not.toHaveProperty("authenticated");
  });

  it("lets nobody in by a token for somebody else", async () => {
    const { code } = await review("any", workers);
    expect(code).toBe(401);
  });

  it("forbids reviews to accounts that no binding lets, and forgets a withdrawn one", async () => {
    const token = read(workers["MPEGFLOW_COORDINATOR_TOKEN_FILE"]);
    await cluster.delete({ ...binding, namespace: "ns", name: "reviewers" });
    const { code, body } = await review(token);
    await cluster.apply(binding);
    expect([code, body.message]).toEqual([403, expect.stringContaining("cannot create resource")]);
  });

  it("does not know the token of a pod that is gone", async () => {
    const token = read(workers["MPEGFLOW_COORDINATOR_TOKEN_FILE"]);
    await cluster.apply({ ...worker, spec: { ...worker.spec, replicas: 0 } });
    const { body } = await review(token);
    expect(body.status).toMatchObject({ error: "[service account token has been invalidated]" });
  });
});

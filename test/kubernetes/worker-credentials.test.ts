import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiClient, type ApiClient } from "../../sandbox/kubernetes/client/index.ts";
import { namespace, nodeWorld, object, server, until, type NodeWorld } from "./node-world.ts";

const audience = "mpegflow-coordinator";

let world: NodeWorld;
let environment: Record<string, string>;
let worker: ApiClient;
const token = (): string => readFileSync(environment["MPEGFLOW_COORDINATOR_TOKEN_FILE"] ?? "", "utf8");

/** A pod as an EncoderPool makes it: no token but the one for the coordinator. */
beforeAll(async () => {
  world = await nodeWorld();
  await world.apply(object("v1", "ServiceAccount", "encoder", { automountServiceAccountToken: false }));
  await world.apply(
    object("v1", "Pod", "worker", {
      spec: {
        serviceAccountName: "encoder",
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 1,
        containers: [
          server({
            env: [{ name: "MPEGFLOW_COORDINATOR_TOKEN_FILE", value: "/var/run/secrets/mpegflow/token" }],
            volumeMounts: [{ name: "token", mountPath: "/var/run/secrets/mpegflow", readOnly: true }],
          }),
        ],
        volumes: [
          { name: "token", projected: { sources: [{ serviceAccountToken: { audience, path: "token" } }] } },
        ],
      },
    }),
  );
  await until(() => {
    expect(world.pod("worker")?.status().ready).toBe(true);
  }, 60);
  ({ environment } = JSON.parse(await world.ask("worker")) as { environment: Record<string, string> });
  worker = apiClient({ server: world.plane.url, ca: world.plane.ca, token: token() });
}, 1_800_000);
afterAll(async () => {
  await worker.close();
  await world.dispose();
});

interface Review {
  readonly authenticated?: boolean;
  readonly user?: { readonly username?: string; readonly extra?: Record<string, string[]> };
}
const review = async (audiences: readonly string[]) => {
  const answer = await world.admin.call("POST", "/apis/authentication.k8s.io/v1/tokenreviews", {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenReview",
    spec: { token: token(), audiences },
  });
  return (answer as { status: Review }).status;
};

describe("a worker pod", () => {
  it("has nothing of Google's or of the API server's in its environment", () => {
    const names = Object.keys(environment).filter((name) =>
      /GOOGLE|GCE|GCLOUD|CLOUDSDK|EMULATOR|METADATA|AWS|MPEGFLOW_KUBERNETES/.test(name),
    );
    expect(names).toEqual([]);
  });

  it("has the coordinator's token in its directory, and no other file that holds one", async () => {
    const files = await import("node:fs/promises");
    const own = environment["HOME"]?.replace(/\/home$/, "") ?? "";
    const found = await files.readdir(own, { recursive: true, withFileTypes: true });
    expect(found.filter((entry) => entry.isFile()).map(({ name }) => name)).toEqual(["token"]);
  });

  it("obtains no token by the metadata route", async () => {
    const url = "http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default/token";
    // Whatever this machine's network answers there; the local metadata server is told to pods of coordinators alone.
    expect(await world.ask("worker", `/fetch?url=${url}`)).not.toContain("access_token");
  });

  it("is refused by the API server for every verb", async () => {
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x" } };
    const refused = { code: 401, reason: "Unauthorized" };
    await expect(worker.get(`${path}/kube-root-ca.crt`)).rejects.toMatchObject(refused);
    await expect(worker.list(path)).rejects.toMatchObject(refused);
    await expect(worker.create(path, body)).rejects.toMatchObject(refused);
    await expect(worker.patch(`${path}/x`, "merge", {})).rejects.toMatchObject(refused);
    await expect(worker.delete(`${path}/x`)).rejects.toMatchObject(refused);
    await expect(
      worker.call("POST", `/api/v1/namespaces/${namespace}/serviceaccounts/encoder/token`, {
        apiVersion: "authentication.k8s.io/v1",
        kind: "TokenRequest",
        spec: {},
      }),
    ).rejects.toMatchObject(refused);
  });

  it("is known by its token to the coordinator's audience, and to no other", async () => {
    expect(await review([audience])).toMatchObject({
      authenticated: true,
      user: {
        username: `system:serviceaccount:${namespace}:encoder`,
        // What its leases are bound to.
        extra: {
          "authentication.kubernetes.io/pod-name": ["worker"],
          "authentication.kubernetes.io/pod-uid": [expect.stringMatching(/^[0-9a-f-]{36}$/)],
        },
      },
    });
    expect((await review(["another"])).authenticated).toBeUndefined();
    expect((await review([world.plane.issuer])).authenticated).toBeUndefined();
  });
});

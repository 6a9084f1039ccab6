import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { kubernetesVersion, startControlPlane } from "../../sandbox/kubernetes/control-plane/index.ts";
import { kubernetesPrograms } from "../../sandbox/kubernetes/binaries/programs.ts";
import { defaultCacheDirectory, isAlive, terminalReport } from "../../sandbox/process/index.ts";
import {
  adminClient,
  boundToken,
  deployment,
  restrictedContainer,
  reviewToken,
  startTestPlane,
  type TestPlane,
} from "./support.ts";

/** The first run on a machine builds; what follows is measured without that. */
beforeAll(async () => {
  await kubernetesPrograms(defaultCacheDirectory(), terminalReport());
}, 1_800_000);

describe("a control plane", () => {
  let plane: TestPlane;
  let startSeconds: number;
  beforeAll(async () => {
    const started = performance.now();
    plane = await startTestPlane();
    startSeconds = (performance.now() - started) / 1000;
  });
  afterAll(async () => {
    await plane.dispose();
  });

  it("starts within 30 s", () => {
    expect(startSeconds).toBeLessThan(30);
  });

  it("is the Kubernetes that its module pins", async () => {
    const { gitVersion } = (await plane.admin.call("GET", "/version")) as { gitVersion: string };
    expect(gitVersion).toBe(`v${kubernetesVersion}`);
  });

  it("makes pods of a Deployment", async () => {
    await plane.admin.apply(deployment("default", "two", 2));
    await vi.waitFor(
      async () => {
        const found = await plane.admin.get("apps/v1", "Deployment", "two");
        expect((found?.status as { replicas?: number }).replicas).toBe(2);
      },
      { timeout: 20_000, interval: 200 },
    );
  });

  it("schedules pods to a node by its labels", async () => {
    await plane.admin.apply({
      apiVersion: "v1",
      kind: "Node",
      metadata: { name: "one", labels: { pool: "encoders" } },
    });
    const status = { capacity: { cpu: "4", memory: "8Gi", pods: "10" } };
    await plane.admin.call("PUT", "/api/v1/nodes/one/status", {
      apiVersion: "v1",
      kind: "Node",
      metadata: { name: "one", labels: { pool: "encoders" } },
      status: { ...status, allocatable: status.capacity, conditions: [{ type: "Ready", status: "True" }] },
    });
    await plane.admin.apply({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "placed", namespace: "default" },
      spec: { nodeSelector: { pool: "encoders" }, containers: [restrictedContainer] },
    });
    await vi.waitFor(
      async () => {
        const pod = await plane.admin.get("v1", "Pod", "placed");
        expect((pod?.spec as { nodeName?: string }).nodeName).toBe("one");
      },
      { timeout: 20_000, interval: 200 },
    );
  });

  describe("of service accounts' tokens", () => {
    it("vouches for one that it issued, by TokenReview", async () => {
      const token = await boundToken(plane.admin, "media", "poller");
      expect(await reviewToken(plane.admin, token)).toMatchObject({
        authenticated: true,
        user: { username: "system:serviceaccount:media:poller" },
      });
    });

    it("vouches for none of another audience", async () => {
      const token = await boundToken(plane.admin, "media", "poller", ["coordinator"]);
      expect((await reviewToken(plane.admin, token)).authenticated).toBeUndefined();
      expect((await reviewToken(plane.admin, token, ["coordinator"])).authenticated).toBe(true);
    });

    it("vouches for none whose signature was changed", async () => {
      const token = await boundToken(plane.admin, "media", "poller");
      const [header, payload] = token.split(".");
      const forged = `${header}.${payload}.${"A".repeat(342)}`;
      expect((await reviewToken(plane.admin, forged)).authenticated).toBeUndefined();
    });

    it("names itself as issuer", async () => {
      const token = await boundToken(plane.admin, "media", "poller");
      const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as unknown;
      expect(claims).toMatchObject({ iss: plane.issuer, sub: "system:serviceaccount:media:poller" });
    });

    it("takes one for no longer than its account exists", async () => {
      const token = await boundToken(plane.admin, "media", "passing");
      await plane.admin.delete("v1", "ServiceAccount", "passing", "media");
      await vi.waitFor(
        async () => {
          expect((await reviewToken(plane.admin, token)).authenticated).toBeUndefined();
        },
        // The API server remembers a token that it has vouched for for 10 s.
        { timeout: 20_000, interval: 500 },
      );
    });
  });

  it("refuses what no role grants", async () => {
    const nobody = plane.as(await boundToken(plane.admin, "media", "nobody"));
    const listing = nobody.call("GET", "/api/v1/namespaces/media/pods");
    await expect(listing).rejects.toMatchObject({ code: 403, reason: "Forbidden" });
  });

  it("refuses a pod that Pod Security `restricted` does not allow, and says why", async () => {
    await plane.admin.apply({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "strict", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    });
    const pod = (spec: object) => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { namespace: "strict", name: "p" },
      spec,
    });
    const loose = { ...restrictedContainer, securityContext: {} };
    await expect(plane.admin.apply(pod({ containers: [loose] }))).rejects.toThrow(
      /violates PodSecurity "restricted:latest".*allowPrivilegeEscalation/,
    );
    await expect(plane.admin.apply(pod({ containers: [restrictedContainer] }))).resolves.toBeDefined();
  });

  it("refuses a field that a kind does not have", async () => {
    const namespace = {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "odd" },
      spec: { colour: "red" },
    };
    await expect(plane.admin.apply(namespace)).rejects.toThrow(/colour/);
  });
});

describe("a control plane that is started again in its directory", () => {
  it("is at the same address and has the same objects, tokens and authority", async () => {
    const directory = mkdtempSync(join(tmpdir(), "control-plane-"));
    const options = {
      directory,
      region: "europe-west4",
      cacheDirectory: defaultCacheDirectory(),
      report: terminalReport(),
    };
    const first = await startControlPlane(options);
    const admin = adminClient(first);
    const token = await boundToken(admin, "media", "kept");
    await first.stop();
    const second = await startControlPlane(options);
    try {
      expect(second.url).toBe(first.url);
      expect((await reviewToken(admin, token)).user?.username).toBe("system:serviceaccount:media:kept");
    } finally {
      await admin.close();
      await second.stop();
      rmSync(directory, { recursive: true });
    }
  });
});

describe("the programs of a control plane", () => {
  it("end with the process that started them, even if it was killed", async () => {
    const directory = mkdtempSync(join(tmpdir(), "control-plane-"));
    const starter = fileURLToPath(new URL("starter.ts", import.meta.url));
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", starter, directory], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    const processIds = JSON.parse(line) as number[];
    expect(processIds).toHaveLength(4);
    child.kill("SIGKILL");
    await vi.waitFor(
      () => {
        expect(processIds.filter(isAlive)).toEqual([]);
      },
      { timeout: 15_000, interval: 100 },
    );
    rmSync(directory, { recursive: true });
  });

  it("leave no process when it is stopped", async () => {
    const plane = await startTestPlane();
    const processIds = plane.processes().map(({ processId }) => processId);
    await plane.dispose();
    expect(processIds.filter(isAlive)).toEqual([]);
    expect(existsSync(plane.directory)).toBe(false);
  });

  it("are told of when one ends by itself, with the end of its log", async () => {
    const directory = mkdtempSync(join(tmpdir(), "control-plane-"));
    const failures: string[] = [];
    const plane = await startControlPlane({
      directory,
      region: "us-east1",
      cacheDirectory: defaultCacheDirectory(),
      report: terminalReport(),
      onFailure: ({ message }) => failures.push(message),
    });
    const scheduler = plane.processes().find(({ name }) => name.startsWith("kube-scheduler"));
    process.kill(scheduler?.processId ?? 0, "SIGTERM");
    await vi.waitFor(
      () => {
        expect(failures).toEqual([
          expect.stringMatching(
            /^kube-scheduler \(us-east1\) ended with code \d+\. The end of its log, .*kube-scheduler\.log:\n {2}/,
          ),
        ]);
      },
      { timeout: 15_000, interval: 100 },
    );
    await plane.stop();
    rmSync(directory, { recursive: true });
  });

  it("that do not start are told with the end of their log", async () => {
    const directory = mkdtempSync(join(tmpdir(), "control-plane-"));
    writeFileSync(join(directory, "etcd"), "in the way of the store's directory");
    const start = startControlPlane({
      directory,
      region: "us-east1",
      cacheDirectory: defaultCacheDirectory(),
      report: terminalReport(),
    });
    await expect(start).rejects.toThrow(
      /^etcd \(us-east1\) ended with code \d+\. The end of its log[^]*not a directory/,
    );
    rmSync(directory, { recursive: true });
  });
});

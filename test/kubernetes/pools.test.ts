import { Agent, fetch, type Response } from "undici";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { eventTypes, type JobRecord } from "../../services/protocol/index.ts";
import { encoderNamespace, openPoolWorld, type JobsRun, type PoolWorld } from "./pool-world.ts";
import { watchPool, type PoolWatch } from "./pool-watch.ts";
import { viewOf, verbsWith, type WorkerView } from "./worker-view.ts";

/** A clip of a second, and jobs that keep a small pool busy for a while. */
const jobs = 40;
const most = 4;
/** Seconds. */
const soon = 60;

let world: PoolWorld;
beforeAll(async () => {
  world = await openPoolWorld();
}, 1_800_000);
afterAll(() => world.dispose());
beforeEach(({ onTestFailed }) => {
  onTestFailed(() => {
    process.stderr.write(`What the pods logged in the last five minutes:\n${world.story(300)}\n`);
  });
});

const tokenSchema = z.looseObject({ status: z.looseObject({ token: z.string() }) });

/** A token of an account of the encoders' namespace; without audiences for the API server. */
async function tokenOf(account: string, audiences: string[] = []): Promise<string> {
  const answer = await world.admin.call(
    "POST",
    `/api/v1/namespaces/${encoderNamespace}/serviceaccounts/${account}/token`,
    {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec: { audiences, expirationSeconds: 600 },
    },
  );
  return tokenSchema.parse(answer).status.token;
}

/** What each running coordinator answers. */
async function coordinatorsAnswer(method: "GET" | "POST", path: string, token?: string): Promise<Response[]> {
  const pods = await world.pods("mpegflow");
  const dispatcher = new Agent({ connect: { ca: await world.coordinatorCa() } });
  return Promise.all(
    pods.map(({ address }) =>
      fetch(`https://${address ?? ""}${path}`, {
        dispatcher,
        method,
        headers: {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(method === "POST" && { "content-type": "application/json" }),
        },
        ...(method === "POST" && {
          body: JSON.stringify({ worker: { id: "probe", region: "us-central1" }, waitSeconds: 0 }),
        }),
      }),
    ),
  );
}
const statusesOf = async (...call: Parameters<typeof coordinatorsAnswer>): Promise<number[]> => [
  ...new Set((await coordinatorsAnswer(...call)).map(({ status }) => status)),
];

describe("a running worker", () => {
  let view: WorkerView;
  let name: string;
  beforeAll(async () => {
    await world.update({ workerReplicas: 1 });
    const [pod, ...others] = await world.pods(encoderNamespace);
    expect(others).toEqual([]);
    expect(pod).toMatchObject({ ready: true });
    name = pod?.name ?? "";
    view = viewOf(pod?.processId ?? 0);
  });

  it("is known by its pod's name, and has the profiles that the stack gives it", () => {
    expect(view.environment["MPEGFLOW_WORKER_ID"]).toBe(name);
    const ready = world.log(name).find(({ message }) => message === "ready");
    expect(ready).toMatchObject({ worker: name });
    expect(ready?.["profiles"]).toEqual(expect.arrayContaining(["tiny", "slow", "hls-h264"]));
  });

  it("has nothing in its environment by which Google or a cloud is found", () => {
    const names = Object.keys(view.environment).filter((one) =>
      /GOOGLE|GCE|GCLOUD|CLOUDSDK|EMULATOR|METADATA|AWS|AZURE|MPEGFLOW_KUBERNETES|KUBECONFIG/.test(one),
    );
    expect(names).toEqual([]);
  });

  it("has one token, in its own directory, for the coordinator alone, and no other file but its profiles and the coordinator's authority", () => {
    expect(view.tokens.map(({ where, audiences }) => ({ where, audiences }))).toEqual([
      { where: "volumes/coordinator-token/token", audiences: ["mpegflow-coordinator"] },
    ]);
    expect(view.files.toSorted()).toEqual([
      "volumes/coordinator-ca/ca.crt",
      "volumes/coordinator-token/token",
      "volumes/profiles/slow.yaml",
      "volumes/profiles/tiny.yaml",
    ]);
  });

  // That no packet leaves for the metadata server is the network policy's doing, which has no effect here: a worker is
  // told of no such server, and the local one answers pods of coordinators alone.
  it("obtains no credential of Google's, by its library or from the metadata server", async () => {
    const { credential, metadata } = await view.obtains();
    expect(credential.token).toBeUndefined();
    expect(credential.refusal).toMatch(/credentials|nobody answers/i);
    expect(metadata.filter((answer) => answer.includes("access_token"))).toEqual([]);
  });

  const kinds = {
    pods: "Pod",
    secrets: "Secret",
    configmaps: "ConfigMap",
    serviceaccounts: "ServiceAccount",
  };

  it("is refused by the API server for every verb: its token is for somebody else", async () => {
    const answers = await verbsWith(view.tokens[0]?.token ?? "", world.admin.access, encoderNamespace, kinds);
    expect(answers).toHaveLength(32);
    expect(answers.filter((answer) => !answer.endsWith(" 401"))).toEqual([]);
  });

  it("could do nothing there even with a token of its account for the API server", async () => {
    const answers = await verbsWith(await tokenOf("encoder"), world.admin.access, encoderNamespace, kinds);
    expect(answers).toHaveLength(32);
    expect(answers.filter((answer) => !answer.endsWith(" 403"))).toEqual([]);
  });

  it("gets leases from a coordinator by its token, and by none for another audience", async () => {
    // 429 from the replica at which the worker itself is waiting: a pod has one claim under way.
    const own = await statusesOf("POST", "/v1/leases", view.tokens[0]?.token);
    expect(own).toContain(204);
    expect(own.filter((status) => status !== 204 && status !== 429)).toEqual([]);
    expect(await statusesOf("POST", "/v1/leases", await tokenOf("encoder", ["another"]))).toEqual([401]);
    expect(await statusesOf("POST", "/v1/leases", await tokenOf("encoder"))).toEqual([401]);
    expect(await statusesOf("POST", "/v1/leases")).toEqual([401]);
  });

  it("is told neither the queue's length nor of jobs", async () => {
    expect(await statusesOf("GET", "/metrics/queue", view.tokens[0]?.token)).toEqual([401]);
    expect(await statusesOf("GET", "/v1/jobs", view.tokens[0]?.token)).toEqual([403]);
  });
});

/** Each job has succeeded at its first attempt, was begun once and has ended once. */
function expectEachOnce({ ends, events }: JobsRun, count: number): void {
  expect(ends).toHaveLength(count);
  expect(
    ends
      .filter(({ record }) => record.state !== "succeeded" || record.attempt !== 1)
      .map(({ record }) => ({
        id: record.request.id,
        state: record.state,
        attempt: record.attempt,
        error: record.error,
      })),
  ).toEqual([]);
  const told = Map.groupBy(events, ({ subject }) => subject);
  const wrong = [...told].filter(
    ([, ofJob]) =>
      ofJob.filter(({ type }) => type === eventTypes.started).length !== 1 ||
      ofJob.filter(({ type }) => type === eventTypes.succeeded).length !== 1 ||
      ofJob.length !== 2,
  );
  expect(wrong).toEqual([]);
  expect(told.size).toBe(count);
}

/** Notes the first worker that a job is given to. */
function firstWorker() {
  let id: string | undefined;
  return {
    id: () => id,
    seen: ({ worker, state }: JobRecord) => {
      if (state === "running") id ??= worker?.id;
    },
  };
}

/** Seconds from the first job until the first worker was ready. */
function secondsToWorker(watch: PoolWatch, { startedAt }: JobsRun): number {
  const ready = [...watch.pods.values()].flatMap(({ readyAt, createdAt }) =>
    readyAt !== undefined && createdAt >= startedAt ? [readyAt] : [],
  );
  return (Math.min(...ready) - startedAt) / 1000;
}

describe("a pool that the queue scales", () => {
  let watch: PoolWatch;
  let run: JobsRun;
  let largest = 0;
  beforeAll(async () => {
    watch = await watchPool(world.admin, encoderNamespace);
    const scaling = { kind: "SCALED_OBJECT", maxReplicas: most, pollingSeconds: 1, cooldownSeconds: 10 };
    await world.update({ scaling });
    // The stack brings KEDA, which sees that there is nothing to do.
    await watch.until((size) => size === 0, soon);
    const counting = setInterval(() => {
      largest = Math.max(largest, watch.size());
    }, 100);
    run = await world.run("warm", jobs, "tiny", 1);
    clearInterval(counting);
  });
  afterAll(() => watch.close());

  it("goes from none to several within a minute of the first job, and no further than it may", () => {
    expect(secondsToWorker(watch, run)).toBeLessThan(soon);
    expect(largest).toBeGreaterThan(1);
    expect(largest).toBeLessThanOrEqual(most);
  });

  it("loses no job and encodes none twice", () => {
    expectEachOnce(run, jobs);
  });

  it("goes back to none when there is nothing to do", async () => {
    await watch.until((size) => size === 0, 120);
  });

  // The ReplicaSet ends the pods that cost least first: here it is told to take the one that encodes, which it may do
  // anywhere. Scaling in waits for the cooldown, and takes two at a time.
  it("has the worker that it ends in mid-encode end its job in the grace, or hand it back to another", async () => {
    const busy = firstWorker();
    // Longer than it takes until encoders are sent home, also on a fast machine.
    const long = world.run("last", 1, "slow", 60, busy.seen);
    const short = world.run("short", 24, "tiny", 1);
    await watch.until((size) => size === most && busy.id() !== undefined, soon);
    for (const { name, endedAt } of watch.pods.values()) {
      if (endedAt !== undefined) continue;
      await world.admin.patch(`/api/v1/namespaces/${encoderNamespace}/pods/${name}`, "merge", {
        metadata: {
          annotations: { "controller.kubernetes.io/pod-deletion-cost": name === busy.id() ? "-100" : "100" },
        },
      });
    }
    expectEachOnce(await short, 24);
    const { ends, events } = await long;
    const [end] = ends;
    const endedAt = Date.parse(events.at(-1)?.time ?? "");
    expect(watch.named(busy.id())?.deletedAt).toBeLessThan(endedAt);
    expect(end?.record).toMatchObject({ state: "succeeded" });
    expect(events.filter(({ type }) => type === eventTypes.succeeded)).toHaveLength(1);
    // No attempt was lost: each but the last was handed back, and whoever was told to go did one or the other.
    const { attempt = 0, releases, worker: last } = end?.record ?? {};
    expect(releases).toBe(attempt - 1);
    expect(last?.id === busy.id()).toBe(attempt === 1);
  });

  it("is read by KEDA from every coordinator with its bound token, and by nobody without one", async () => {
    expect(await statusesOf("GET", "/metrics/queue")).toEqual([401]);
    expect(await statusesOf("GET", "/metrics/queue", await tokenOf("keda-poller"))).toEqual([200]);
    const reads = await Promise.all(
      (await coordinatorsAnswer("GET", "/metrics")).map(async (answer) =>
        Number(
          /duration_seconds_count\{method="GET",route="\/metrics\/queue",status="200"\} (\d+)/.exec(
            await answer.text(),
          )?.[1],
        ),
      ),
    );
    expect(reads).toHaveLength(2);
    expect(Math.min(...reads)).toBeGreaterThan(20);
  });
});

describe("a pool of a Job for each job", () => {
  let watch: PoolWatch;
  let run: JobsRun;
  const scaling = { kind: "SCALED_JOB", maxReplicas: most, pollingSeconds: 1, idleSeconds: 15 };
  beforeAll(async () => {
    await world.update({ scaling });
    watch = await watchPool(world.admin, encoderNamespace);
    await watch.until((size) => size === 0, soon);
    run = await world.run("cold", jobs, "tiny", 1);
  });
  afterAll(() => watch.close());

  it("has its first worker within a minute of the first job", () => {
    expect(secondsToWorker(watch, run)).toBeLessThan(soon);
  });

  it("loses no job and encodes none twice", () => {
    expectEachOnce(run, jobs);
  });

  it("gives each worker its job when it asks", () => {
    expect(world.story((Date.now() - run.startedAt) / 1000)).not.toContain("no lease to be had");
  });

  it("makes no more of Kubernetes' Jobs than there are jobs, but for a few", () => {
    expect(watch.pods.size).toBeGreaterThanOrEqual(jobs);
    expect(watch.pods.size).toBeLessThanOrEqual(jobs + most);
  });

  it("goes back to none, and has ended no worker before it was done", async () => {
    await watch.until((size) => size === 0, 120);
    const failed = [...watch.pods.values()].filter(({ phase }) => phase === "Failed");
    expect(failed).toEqual([]);
  });

  it("leaves a worker alone that encodes while its image is changed, and takes the new one for the next job", async () => {
    const busy = firstWorker();
    // Longer than an update takes, however fast the machine is at both.
    const encoding = world.run("long", 1, "slow", 30, busy.seen);
    await watch.until(() => busy.id() !== undefined, soon);
    await world.update({
      scaling,
      images: { coordinator: "mpegflow.local/coordinator:dev", worker: "mpegflow.local/worker:next" },
    });
    // KEDA makes nothing of the old kind any more; the worker of the old kind goes on.
    const old = watch.named(busy.id());
    expect(old).toMatchObject({
      image: "mpegflow.local/worker:dev",
      deletedAt: undefined,
      endedAt: undefined,
    });
    const next = await world.run("next", 1, "tiny", 1);
    expectEachOnce(next, 1);
    expect(watch.named(next.ends[0]?.record.worker?.id)).toMatchObject({
      image: "mpegflow.local/worker:next",
    });
    expect(old).toMatchObject({ deletedAt: undefined });
    expectEachOnce(await encoding, 1);
  });
});

describe("a stack whose pool nothing scales any more", () => {
  const find = (path: string) => world.admin.find(path);
  const kind = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/scaledjobs.keda.sh";
  const metricsApi = "/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.external.metrics.k8s.io";
  const reader = "/apis/rbac.authorization.k8s.io/v1/namespaces/mpegflow/rolebindings/keda-operator";

  it("takes away KEDA, which its component had brought, after what KEDA looked after, but for its kinds", async () => {
    await world.update({ scaling: { kind: "SCALED_JOB" } });
    const scaled = `/apis/keda.sh/v1alpha1/namespaces/${encoderNamespace}/scaledjobs/encoder`;
    for (const path of [scaled, kind, metricsApi, reader]) expect(await find(path), path).toBeDefined();
    await world.update({ workerReplicas: 1 });
    for (const path of [scaled, metricsApi, reader]) expect(await find(path), path).toBeUndefined();
    // A kind that goes takes every object of it along, also those of other releases.
    expect(await find(kind)).toMatchObject({
      metadata: { annotations: { "helm.sh/resource-policy": "keep" } },
    });
    expectEachOnce(await world.run("fixed", 1, "tiny", 1), 1);
  });

  it("brings KEDA again beside the kinds that stayed", async () => {
    await world.update({ scaling: { kind: "SCALED_JOB" } });
    expectEachOnce(await world.run("again", 1, "tiny", 1), 1);
  });
});

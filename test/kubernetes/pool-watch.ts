import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { follow, type ApiClient, type KubeObject } from "../../sandbox/kubernetes/client/index.ts";

const podSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string(), uid: z.string(), deletionTimestamp: z.string().optional() }),
  spec: z.looseObject({ containers: z.array(z.looseObject({ image: z.string() })) }),
  status: z
    .looseObject({
      phase: z.string().default("Pending"),
      conditions: z.array(z.looseObject({ type: z.string(), status: z.string() })).default([]),
    })
    .default({ phase: "Pending", conditions: [] }),
});

/** What became of one pod of the pool. */
export interface SeenPod {
  readonly name: string;
  readonly image: string;
  /** Milliseconds since the epoch; undefined for what has not happened. */
  createdAt: number;
  readyAt: number | undefined;
  /** Somebody asked for its end. */
  deletedAt: number | undefined;
  /** Its containers have ended, or it is gone. */
  endedAt: number | undefined;
  phase: string;
}

/** All pods of a namespace, from when it is opened, as the API server tells of them. */
export interface PoolWatch {
  readonly pods: ReadonlyMap<string, SeenPod>;
  /** The pod of that name, so far as it has been seen. */
  named(name: string | undefined): SeenPod | undefined;
  /** Pods that have neither ended nor been told to. */
  size(): number;
  /** Waits until the pool has the size. */
  until(size: (now: number) => boolean, seconds: number): Promise<void>;
  close(): Promise<void>;
}

export async function watchPool(client: ApiClient, namespace: string): Promise<PoolWatch> {
  const ending = new AbortController();
  const pods = new Map<string, SeenPod>();
  const changed = (_key: string, object: KubeObject | undefined, last: KubeObject | undefined): void => {
    const { metadata, spec, status } = podSchema.parse(object ?? last);
    const now = Date.now();
    const seen: SeenPod = pods.get(metadata.uid) ?? {
      name: metadata.name,
      image: spec.containers[0]?.image ?? "",
      ...{ createdAt: now, readyAt: undefined, deletedAt: undefined, endedAt: undefined, phase: "Pending" },
    };
    seen.phase = status.phase;
    if (status.conditions.some((one) => one.type === "Ready" && one.status === "True")) seen.readyAt ??= now;
    if (metadata.deletionTimestamp !== undefined) seen.deletedAt ??= now;
    if (object === undefined || ["Succeeded", "Failed"].includes(status.phase)) seen.endedAt ??= now;
    pods.set(metadata.uid, seen);
  };
  const followed = follow(client, `/api/v1/namespaces/${namespace}/pods`, changed, ending.signal);
  await followed.synced;
  const size = (): number =>
    [...pods.values()].filter(({ deletedAt, endedAt }) => deletedAt === undefined && endedAt === undefined)
      .length;
  return {
    pods,
    named: (name) => [...pods.values()].find((pod) => pod.name === name),
    size,
    until: async (is, seconds) => {
      const deadline = Date.now() + seconds * 1000;
      while (!is(size())) {
        if (Date.now() > deadline) throw new Error(`the pool has ${size()} pods after ${seconds} s`);
        await sleep(200);
      }
    },
    close: async () => {
      ending.abort();
      await followed.ended;
    },
  };
}

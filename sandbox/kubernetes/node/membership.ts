import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { unlessMissing, type ApiClient } from "../client/index.ts";
import { openAddresses } from "./addresses.ts";
import { nodesOf, poolLabel, type NodePool } from "./pools.ts";
import { registerNode } from "./register.ts";

/** The nodes of a cluster that this process is, as its pools want them. */
export interface Membership {
  /** Registers what is missing, and drains and removes what is too many. One call after another. */
  set: (pools: readonly NodePool[]) => Promise<void>;
  /** The pod addresses of a node; undefined for one that is not ours. */
  addressesOf(node: string): ReturnType<typeof openAddresses> | undefined;
}

const nodeSchema = z.looseObject({ spec: z.looseObject({ podCIDR: z.string().optional() }).default({}) });
/** Longest wait for the pods of a node that goes, in seconds. */
const drainSeconds = 90;

/** @param region in which the nodes stand */
export function membership(client: ApiClient, region: string): Membership {
  const members = new Map<string, ReturnType<typeof openAddresses>>();
  let queue = Promise.resolve();

  const change = async (pools: readonly NodePool[]): Promise<void> => {
    const wanted = nodesOf(region, pools);
    const { items } = await client.list("/api/v1/nodes", { labelSelector: poolLabel });
    // A node's range cannot be changed.
    const ranges = new Map(
      items.map((item) => [item.metadata.name, nodeSchema.parse(item).spec.podCIDR ?? ""]),
    );
    if (wanted.some(({ labels }) => labels[sandboxLabel] !== undefined)) await declareSandbox(client);
    for (const node of wanted) {
      const range = ranges.get(node.name) ?? freeRange(new Set(ranges.values()));
      ranges.set(node.name, range);
      if (!members.has(node.name)) members.set(node.name, openAddresses(range));
      await registerNode(client, node, range);
    }
    const names = new Set(wanted.map(({ name }) => name));
    const gone = [...ranges.keys()].filter((name) => !names.has(name));
    await Promise.all(gone.map((name) => remove(name)));
  };

  const remove = async (name: string): Promise<void> => {
    const path = `/api/v1/nodes/${name}`;
    await client.patch(path, "merge", { spec: { unschedulable: true } });
    const deadline = Date.now() + drainSeconds * 1000;
    for (;;) {
      const { items } = await client.list("/api/v1/pods", { fieldSelector: `spec.nodeName=${name}` });
      // Pods of nodes that were removed while this process was not running are deleted here.
      const options = members.has(name) && Date.now() < deadline ? {} : { gracePeriodSeconds: 0 };
      for (const { metadata } of items) {
        if (metadata.deletionTimestamp !== undefined && !("gracePeriodSeconds" in options)) continue;
        const pod = `/api/v1/namespaces/${metadata.namespace ?? "default"}/pods/${metadata.name}`;
        await unlessMissing(client.delete(pod, options));
      }
      if (items.length === 0) break;
      await sleep(200);
    }
    await unlessMissing(client.delete(path));
    members.delete(name);
  };

  return {
    set: (pools) => {
      const done = queue.then(() => change(pools));
      queue = done.catch(() => undefined);
      return done;
    },
    addressesOf: (node) => members.get(node),
  };
}

/** The lowest free `10.244.N.0/24` for pod addresses, which map to loopback ports. */
function freeRange(taken: ReadonlySet<string>): string {
  for (let number = 0; number < 256; number += 1) {
    const range = `10.244.${number}.0/24`;
    if (!taken.has(range)) return range;
  }
  throw new Error("a cluster of the sandbox has 256 nodes at most");
}

const sandboxLabel = "sandbox.gke.io/runtime";

/** What GKE declares where a pool has gVisor. https://docs.cloud.google.com/kubernetes-engine/docs/concepts/sandbox-pods */
async function declareSandbox(client: ApiClient): Promise<void> {
  const gvisor = "gvisor";
  await client.patch(
    `/apis/node.k8s.io/v1/runtimeclasses/${gvisor}`,
    "apply",
    {
      apiVersion: "node.k8s.io/v1",
      kind: "RuntimeClass",
      metadata: { name: gvisor },
      handler: gvisor,
      scheduling: {
        nodeSelector: { [sandboxLabel]: gvisor },
        tolerations: [{ key: sandboxLabel, operator: "Equal", value: gvisor, effect: "NoSchedule" }],
      },
    },
    { force: "true" },
  );
}

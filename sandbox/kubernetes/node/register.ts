import type { ApiClient } from "../client/index.ts";
import type { NodeDescription } from "./pools.ts";

const readyReason = { reason: "KubeletReady", message: "the sandbox's node runs pods as local processes" };

/** Declares a node and says that it is ready. There is no node controller that would want to hear so again. */
export async function registerNode(client: ApiClient, node: NodeDescription, podCidr: string): Promise<void> {
  const path = `/api/v1/nodes/${node.name}`;
  await client.patch(
    path,
    "apply",
    {
      apiVersion: "v1",
      kind: "Node",
      metadata: { name: node.name, labels: node.labels },
      spec: { podCIDR: podCidr, podCIDRs: [podCidr], taints: node.taints },
    },
    { force: "true" },
  );
  const now = new Date().toISOString();
  const condition = (type: string, status: "True" | "False") => ({
    type,
    status,
    lastHeartbeatTime: now,
    lastTransitionTime: now,
    ...(type === "Ready"
      ? readyReason
      : { reason: "KubeletHasNoPressure", message: "nothing is measured here" }),
  });
  await client.patch(`${path}/status`, "strategic", {
    status: {
      capacity: node.capacity,
      allocatable: node.allocatable,
      addresses: [
        { type: "InternalIP", address: "127.0.0.1" },
        { type: "Hostname", address: node.name },
      ],
      conditions: [
        condition("Ready", "True"),
        condition("MemoryPressure", "False"),
        condition("DiskPressure", "False"),
        condition("PIDPressure", "False"),
      ],
    },
  });
}

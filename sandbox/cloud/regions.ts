import type { Listener, Store } from "../gcs/index.ts";
import type { LocalCluster } from "./clusters.ts";

/** Regions of the local cloud: each has an endpoint of the store and a cluster of the region's name. */
export interface Regions {
  /** URL of the store's endpoint in a region. */
  storage(region: string): Promise<string>;
  /** Whether a region is out. */
  isOut(region: string): boolean;
  /** Regions that are out. */
  out(): readonly string[];
  /**
   * Takes a region out, as a power cut would: its processes are killed, its endpoint refuses connections, and what the store has there alone
   * cannot be read.
   */
  stop(region: string): Promise<void>;
  /** Brings it back: everything that was declared in its cluster starts again. */
  start(region: string): Promise<void>;
  close(): Promise<void>;
}

export function openRegions(options: {
  store: Store;
  /** Listens on a port that was used before, if it can. */
  listen: (port: number, region: string) => Promise<Listener>;
  /** Clusters that run. */
  clusters: Map<string, Promise<LocalCluster>>;
  openCluster: (name: string) => Promise<LocalCluster>;
}): Regions {
  const { store, clusters } = options;
  const { replication } = store;
  const endpoints = new Map<string, Promise<Listener>>();
  const lastPorts = new Map<string, number>();
  const endpoint = (region: string): Promise<Listener> => {
    const opened = endpoints.get(region) ?? options.listen(lastPorts.get(region) ?? 0, region);
    endpoints.set(region, opened);
    return opened;
  };
  const isOut = (region: string): boolean => replication.stopped().includes(region);
  return {
    storage: async (region) => (await endpoint(region)).url,
    isOut,
    out: () => replication.stopped(),
    stop: async (region) => {
      if (isOut(region)) return;
      replication.stopRegion(region);
      const [listener, cluster] = await Promise.all([endpoints.get(region), clusters.get(region)]);
      endpoints.delete(region);
      clusters.delete(region);
      if (listener !== undefined) lastPorts.set(region, Number(new URL(listener.url).port));
      const processIds = cluster?.pods().flatMap((pod) => pod.processId() ?? []) ?? [];
      // First nothing is to be started again, then all goes at once: a pod that is asked to end would hand its work back.
      const stopped = cluster?.stop();
      for (const processId of processIds) killed(processId);
      await Promise.all([stopped, listener?.close()]);
    },
    start: async (region) => {
      if (!isOut(region)) return;
      replication.startRegion(region);
      await options.openCluster(region);
    },
    close: async () => {
      await Promise.all([...endpoints.values()].map(async (listener) => (await listener).close()));
    },
  };
}

function killed(processId: number): void {
  try {
    process.kill(processId, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

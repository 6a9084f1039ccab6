import type { Listener, Store } from "../gcs/index.ts";
import { regionOfCluster } from "../kubernetes/node/index.ts";
import type { LocalCluster } from "./clusters.ts";

/** Regions of the local cloud: each has an endpoint of the store, and clusters. */
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
   *
   * @returns the names of the processes that were killed
   */
  stop(region: string): Promise<readonly string[]>;
  /** Brings it back: everything that was declared in its cluster starts again. */
  start(region: string): Promise<void>;
  close(): Promise<void>;
}

export function openRegions(options: {
  store: Pick<Store, "replication">;
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
  /** Clusters that were cut off with their region. */
  const cutOff = new Map<string, string[]>();
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
      if (isOut(region)) return [];
      replication.stopRegion(region);
      const listener = await endpoints.get(region);
      endpoints.delete(region);
      const names = [...clusters.keys()].filter((name) => regionOfCluster(name) === region);
      const own = await Promise.all(names.flatMap((name) => clusters.get(name) ?? []));
      for (const name of names) clusters.delete(name);
      cutOff.set(region, names);
      if (listener !== undefined) lastPorts.set(region, Number(new URL(listener.url).port));
      const [killed] = await Promise.all([
        Promise.all(own.map((cluster) => cluster.cut())),
        listener?.close(),
      ]);
      return killed.flat();
    },
    start: async (region) => {
      if (!isOut(region)) return;
      replication.startRegion(region);
      await Promise.all((cutOff.get(region) ?? [region]).map(options.openCluster));
      cutOff.delete(region);
    },
    close: async () => {
      await Promise.all([...endpoints.values()].map(async (listener) => (await listener).close()));
    },
  };
}

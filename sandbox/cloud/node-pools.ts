import { declaredPools, defaultPools, nodePoolType, type NodePool } from "../kubernetes/node/index.ts";
import { watched, type Documents } from "../state/documents.ts";
import type { LocalCluster } from "./clusters.ts";

/** Node pools that stacks declare, for the clusters whose nodes they are. */
export interface DeclaredNodePools {
  /** Of a cluster; those of the sandbox's own where none are declared. */
  poolsOf: (cluster: string) => readonly NodePool[];
  /** The registry, of whose pools the clusters hear when they change. */
  registry: Documents<unknown>;
}

/** @param clusters that run, when asked */
export function declaredNodePools(
  registry: Documents<unknown>,
  clusters: () => ReadonlyMap<string, Promise<Pick<LocalCluster, "followPools">>>,
  report: (problem: string) => void,
): DeclaredNodePools {
  const isPool = (key: string): boolean => key.startsWith(`${nodePoolType} `);
  return {
    poolsOf: (cluster) => {
      const records = registry.entries().flatMap(([key, record]) => (isPool(key) ? [record] : []));
      const declared = declaredPools(cluster, records);
      return declared.length > 0 ? declared : defaultPools;
    },
    registry: watched(registry, (key) => {
      if (!isPool(key)) return;
      for (const [name, cluster] of clusters())
        cluster
          .then((opened) => opened.followPools())
          .catch((error: unknown) => {
            report(`the nodes of ${name} do not follow its pools: ${String(error)}`);
          });
    }),
  };
}

import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { ApiError, objectSchema, type ApiClient, type KubeObject } from "./client.ts";

/** Objects of one kind, kept like the API server's. */
export interface Followed {
  /** By `namespace/name`, or `/name` where there are no namespaces. */
  objects: ReadonlyMap<string, KubeObject>;
  /** Settled when the first list is there. */
  synced: Promise<void>;
  /** Settled when it has ended, after the signal. */
  ended: Promise<void>;
}

const pauseMs = 500;

/**
 * Lists and watches, and begins anew when the API server has forgotten where it was.
 *
 * @param changed told each object that is new, changed, or gone: then it is undefined, and `last` is how it was last seen
 */
export function follow(
  client: ApiClient,
  path: string,
  changed: (key: string, object: KubeObject | undefined, last: KubeObject | undefined) => void,
  signal: AbortSignal,
): Followed {
  const objects = new Map<string, KubeObject>();
  const { promise: synced, resolve } = Promise.withResolvers<undefined>();
  const keyOf = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ""}/${metadata.name}`;
  const put = (object: KubeObject): void => {
    const key = keyOf(object);
    const last = objects.get(key);
    objects.set(key, object);
    changed(key, object, last);
  };
  const remove = (key: string): void => {
    const last = objects.get(key);
    objects.delete(key);
    changed(key, undefined, last);
  };

  const list = async (): Promise<string> => {
    const { items, resourceVersion } = await client.list(path);
    const there = new Set(items.map(keyOf));
    for (const key of [...objects.keys()]) if (!there.has(key)) remove(key);
    for (const item of items) {
      if (objects.get(keyOf(item))?.metadata.resourceVersion !== item.metadata.resourceVersion) put(item);
    }
    resolve(undefined);
    return resourceVersion ?? "";
  };
  const watch = async (from: string): Promise<void> => {
    let resourceVersion = from;
    while (!signal.aborted) {
      const query = { resourceVersion, allowWatchBookmarks: "true" };
      for await (const { type, object } of client.watch(path, query, signal)) {
        if (type === "ERROR") throw new ApiError(410, "Expired", JSON.stringify(object));
        if (type === "BOOKMARK") resourceVersion = bookmark.parse(object).metadata.resourceVersion;
        else {
          const seen = objectSchema.parse(object);
          resourceVersion = seen.metadata.resourceVersion ?? resourceVersion;
          if (type === "DELETED") remove(keyOf(seen));
          else put(seen);
        }
      }
    }
  };
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      // The watch broke or expired: listing again returns what was missed.
      await list()
        .then(watch)
        .catch(() => undefined);
      await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  };
  return { objects, synced, ended: run() };
}

const bookmark = z.looseObject({ metadata: z.looseObject({ resourceVersion: z.string() }) });

import path from "node:path";
import { createAccess } from "./access.ts";
import { openBuckets, type Buckets } from "./buckets.ts";
import { createFaults } from "./faults/index.ts";
import { openHmacKeys } from "./hmac-keys.ts";
import { createLocks } from "./locks.ts";
import { objectResource } from "./json/resources.ts";
import { createMultipartUploads } from "./multipart-uploads.ts";
import { openNotifications } from "./notifications.ts";
import { openObjects } from "./objects.ts";
import { createRateLimiter } from "./rate-limits.ts";
import { createReplication } from "./replication.ts";
import { listen } from "./server.ts";
import { openStaging } from "./staging.ts";
import type { State } from "./state.ts";
import type { Store, StoreOptions } from "./types.ts";
import { createUploads } from "./uploads.ts";

/**
 * Opens a local Cloud Storage: loads what is on disk and removes what an interrupted write left there.
 *
 * Stands in for: JSON API (buckets, objects, HMAC keys) and XML API (objects, lists, multipart uploads) with V4
 * signatures verified, and customer-supplied keys on both.
 * What it does not model it refuses with 501. Kept and returned, but without effect: lifecycle, soft delete, CORS,
 * logging, website.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { directory, clock, authorizer, logger } = options;
  const locks = createLocks();
  const staging = await openStaging(path.join(directory, "uploads"));
  const opened: { buckets?: Buckets } = {};
  const buckets = (): Buckets => {
    if (opened.buckets === undefined) throw new Error("objects were used before buckets were loaded");
    return opened.buckets;
  };
  const notifications = await openNotifications({
    directory: path.join(directory, "notifications"),
    store: options,
    // Subscribers see Google's own address: the store's may differ at every start.
    resourceOf: (record) => objectResource(record, "https://www.googleapis.com"),
  });
  const rateLimits = createRateLimiter(clock);
  const faults = createFaults();
  const objects = await openObjects({
    rateLimits,
    directory: path.join(directory, "objects"),
    clock,
    locks,
    logger,
    buckets,
    finalized: notifications.finalized,
  });
  opened.buckets = await openBuckets({
    directory: path.join(directory, "buckets"),
    clock,
    locks,
    afterRemoval: async (bucket) => {
      await notifications.forget(bucket);
      await objects.forget(bucket);
    },
  });
  await objects.load();
  const hmacKeys = await openHmacKeys({
    directory: path.join(directory, "hmac-keys"),
    clock,
    locks,
    serviceAccountExists: (email) => authorizer.serviceAccountExists(email),
  });
  const project = { id: options.projectId, number: options.projectNumber };
  const state: State = {
    options,
    buckets: opened.buckets,
    objects,
    notifications,
    hmacKeys,
    staging,
    uploads: createUploads(staging, locks, clock),
    faults,
    multipart: createMultipartUploads(staging, locks, clock),
    replication: createReplication(clock, (name) => opened.buckets?.find(name)),
    access: createAccess(authorizer, opened.buckets, project),
  };
  const { replication } = state;
  return { listen: (where) => listen(state, where), faults, rateLimits, replication };
}

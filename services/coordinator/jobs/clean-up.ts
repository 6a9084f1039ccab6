import type { JobRecord } from "../../protocol/index.ts";
import { isFinal } from "../../protocol/index.ts";
import { attemptPrefix, writerOf } from "../attempt-place.ts";
import { sweepSlots } from "../slots/slots.ts";
import { keyOf, placeOf } from "../stores/media-stores.ts";
import { messageOf, Problem } from "../problem.ts";
import type { Broker, FoundObject, ObjectStore } from "../ports.ts";

/**
 * Removes what lost attempts wrote: the objects in an attempt's folder whose metadata names the attempt, which only
 * uploads signed for it have, each in the generation that was listed. Other objects stay, including all under
 * `{outputPrefix}{attempt}/` of attempts leased by an older release, which cannot be distinguished from objects of
 * other jobs or people.
 *
 * A worker can write until its last signed URL expires, even after its attempt was lost. Clean-up is therefore
 * scheduled after that, by an object in the bucket that any replica finds. Uploads in parts that an attempt has left
 * unfinished are aborted; the bucket's lifecycle rule (AbortIncompleteMultipartUpload) is the net below, and all there
 * is where the coordinator may not list them.
 */

/** Whether an attempt besides the winning one may have written anything. */
export const mayHaveLeftovers = (record: JobRecord): boolean =>
  record.state === "succeeded" ? record.attempt > 1 : record.attempt > 0;

/** Seconds after the last URL's expiry, for clock differences and uploads in progress. */
const marginSeconds = 120;

export const remindOfLeftovers = (broker: Broker, record: JobRecord): Promise<void> =>
  broker.reminders.add({
    jobId: record.request.id,
    at: new Date(
      broker.now().getTime() +
        (broker.settings.leaseSeconds + broker.settings.urlTtlSeconds + marginSeconds) * 1000,
    ),
  });

/** Objects removed concurrently. */
const atOnce = 16;

/** Runs the clean-ups that are due. After a failure the next round tries again. */
export async function cleanUp(broker: Broker): Promise<number> {
  let removed = 0;
  for (const reminder of await broker.reminders.due(broker.now()))
    try {
      const found = await broker.records.read(reminder.jobId);
      if (found !== undefined && isFinal(found.record.state))
        removed += await removeLeftovers(broker, found.record);
      await broker.reminders.remove(reminder);
    } catch (error) {
      broker.log.warn(
        { job: reminder.jobId, reason: messageOf(error) },
        "clean-up failed; it will be tried again",
      );
    }
  return removed;
}

/** Aborts the uploads in parts that an attempt has begun and not ended. A refusal to list them stops no clean-up. */
export async function abortUploads(broker: Broker, objects: ObjectStore, below: string): Promise<number> {
  try {
    const unfinished = await objects.multipart.unfinished(below);
    for (const { object, uploadId } of unfinished) await objects.multipart.abort(object, uploadId);
    return unfinished.length;
  } catch (error) {
    broker.log.warn(
      { prefix: below, reason: messageOf(error) },
      "unfinished uploads cannot be aborted; the bucket's lifecycle rule does it",
    );
    return 0;
  }
}

/** Removes what the attempts of a final job wrote, besides the winning one's outputs. */
export async function removeLeftovers(broker: Broker, record: JobRecord): Promise<number> {
  const winner = record.state === "succeeded" ? record.attempt : undefined;
  const attempts = Array.from({ length: record.attempt }, (_, index) => index + 1);
  const job = record.request.id;
  let removed = 0;
  let aborted = 0;
  for (const attempt of attempts.filter((one) => one !== winner)) {
    const outputs = attemptPrefix(record, attempt);
    const writer = writerOf(outputs);
    if (writer === undefined) {
      broker.log.info(
        { job, attempt, prefix: outputs },
        "left what a lost attempt may have written: an older release leased it, below a prefix that is not its own alone",
      );
      continue;
    }
    const { objects, object: below } = placeOf(broker, outputs);
    // First: an upload that is completed meanwhile is an object then.
    aborted += await abortUploads(broker, objects, below);
    const key = await keyForLooks(broker, record);
    const found = await objects.list(below, key);
    const own = found.filter((one) => one.writer === writer);
    removed += await removeAll(objects, own, key);
    if (own.length < found.length)
      broker.log.warn(
        { job, attempt, prefix: outputs, objects: found.length - own.length },
        "left objects in a lost attempt's folder that were not signed for it",
      );
  }
  if (removed > 0) {
    broker.metrics.removedObjects.inc(removed);
    broker.log.info({ job, objects: removed }, "removed what lost attempts had written");
  }
  if (aborted > 0) {
    broker.metrics.abortedUploads.inc(aborted);
    broker.log.info({ job, uploads: aborted }, "aborted uploads of lost attempts");
  }
  return removed;
}

/** Removes each in the generation that was listed. @returns the number of removed objects */
async function removeAll(
  objects: ObjectStore,
  found: readonly FoundObject[],
  key: Uint8Array | undefined,
): Promise<number> {
  let removed = 0;
  for (let start = 0; start < found.length; start += atOnce) {
    const done = await Promise.all(
      found.slice(start, start + atOnce).map((object) => objects.remove(object, key)),
    );
    removed += done.filter(Boolean).length;
  }
  return removed;
}

/**
 * S3 and R2 return an object's metadata only with its key. If the job's secret is no longer configured, the objects
 * cannot be identified, and they stay.
 */
async function keyForLooks(broker: Broker, { request }: JobRecord): Promise<Uint8Array | undefined> {
  if (request.outputPrefix.startsWith("gs://")) return undefined;
  try {
    return await keyOf(broker, request.outputKeySecret);
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

const roundMs = 60_000;

/** Cleans up about once a minute until stopped; replicas choose different moments. */
export function startCleanUp(broker: Broker, everyMs = roundMs): { stop: () => Promise<void> } {
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  let isStopped = false;
  const next = (): void => {
    if (isStopped) return;
    timer = setTimeout(
      () => {
        running = Promise.all([cleanUp(broker), sweepSlots(broker)])
          .then(
            () => undefined,
            (error: unknown) => {
              broker.log.warn({ reason: messageOf(error) }, "looking for what to clean up failed");
            },
          )
          .finally(next);
      },
      everyMs * (0.5 + Math.random()),
    );
  };
  next();
  return {
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

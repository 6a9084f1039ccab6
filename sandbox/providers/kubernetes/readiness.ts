import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../model.ts";
import { listOf, objectOf, textOf, type Properties } from "../values.ts";

/** Longest wait for a Deployment, in seconds. The real provider waits 600; a local process is up in a few, or never. */
const defaultTimeout = 90;
/** Milliseconds between two looks. */
const interval = 250;

/**
 * Waits until a Deployment's pods are all of its newest template, and available.
 *
 * @param get reads the live Deployment
 * @returns the last seen state of it, and the reason when it did not become ready in time
 */
export async function untilReady(
  deployment: Properties,
  get: () => Promise<Properties | undefined>,
  context: Context,
): Promise<{ live: Properties; unready?: string }> {
  const annotations = objectOf(objectOf(deployment["metadata"])["annotations"]);
  let live = deployment;
  if (annotations["pulumi.com/skipAwait"] === "true") return { live };
  const seconds =
    Number(annotations["pulumi.com/timeoutSeconds"] ?? context.timeoutSeconds ?? defaultTimeout) ||
    defaultTimeout;
  const deadline = Date.now() + seconds * 1000;
  let reported = "";
  for (;;) {
    const progress = progressOf(live);
    if (progress.ready) return { live };
    // Cancelled or late, the Deployment is there all the same, and the state has to say so.
    if (context.signal.aborted) return { live, unready: `${progress.text} when cancelled${reasonsOf(live)}` };
    if (Date.now() >= deadline)
      return { live, unready: `${progress.text} after ${seconds} s${reasonsOf(live)}` };
    if (progress.text !== reported) context.report(progress.text);
    reported = progress.text;
    await sleep(interval, undefined, { signal: context.signal }).catch(() => undefined);
    const next = await get();
    if (next === undefined) return { live, unready: "the Deployment was deleted while it started" };
    live = next;
  }
}

function progressOf(deployment: Properties): { ready: boolean; text: string } {
  const { spec, status, metadata } = deployment;
  const [wanted, is] = [Number(objectOf(spec)["replicas"] ?? 1), objectOf(status)];
  const updated = Number(is["updatedReplicas"] ?? 0);
  const available = Number(is["availableReplicas"] ?? 0);
  const observed = Number(is["observedGeneration"] ?? 0) >= Number(objectOf(metadata)["generation"] ?? 0);
  return {
    ready: observed && updated >= wanted && available >= wanted && Number(is["replicas"] ?? 0) <= wanted,
    text: `${Math.min(updated, available)} of ${wanted} pods ready`,
  };
}

/** What the pods themselves say; the local cluster adds them to the status. */
function reasonsOf(deployment: Properties): string {
  const status = objectOf(deployment["status"]);
  const pods = listOf(status["pods"])
    .map(objectOf)
    .filter((pod) => pod["ready"] !== true)
    .map((pod) => `pod ${textOf(pod["name"]) ?? "?"}: ${textOf(pod["reason"]) ?? "no reason given"}`);
  const conditions = listOf(status["conditions"])
    .map(objectOf)
    .filter((condition) => condition["status"] === "False")
    .flatMap((condition) => textOf(condition["message"]) ?? []);
  return [...pods, ...conditions].map((reason) => `; ${reason}`).join("");
}

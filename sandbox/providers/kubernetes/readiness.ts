import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../model.ts";
import { listOf, objectOf, textOf, type Properties } from "../values.ts";
import type { ServerObjects } from "./cluster-objects.ts";

/** Longest wait for a Deployment, in seconds. The real provider waits 600; a local process is up in a few, or never. */
const defaultTimeout = 90;
/** Milliseconds between two looks. */
const interval = 250;

/**
 * Waits until a Deployment's pods are all of its newest template, and available; until a Service has endpoints; until a Job is complete.
 *
 * @param get reads the live object
 * @param server a real API server, which knows more
 * @returns the last seen state of it, and the reason when it did not become ready in time
 */
export async function untilReady(
  applied: Properties,
  get: () => Promise<Properties | undefined>,
  context: Context,
  server?: ServerObjects,
): Promise<{ live: Properties; unready?: string }> {
  const annotations = objectOf(objectOf(applied["metadata"])["annotations"]);
  let live = applied;
  if (annotations["pulumi.com/skipAwait"] === "true") return { live };
  const seconds =
    Number(annotations["pulumi.com/timeoutSeconds"] ?? context.timeoutSeconds ?? defaultTimeout) ||
    defaultTimeout;
  const deadline = Date.now() + seconds * 1000;
  let reported = "";
  for (;;) {
    const progress = await progressOf(live, server);
    if (progress.ready) return { live };
    if (progress.failed) return { live, unready: progress.text };
    // Cancelled or late, the Deployment is there all the same, and the state has to say so.
    if (context.signal.aborted)
      return { live, unready: `${progress.text} when cancelled${await reasonsOf(live, server)}` };
    if (Date.now() >= deadline)
      return { live, unready: `${progress.text} after ${seconds} s${await reasonsOf(live, server)}` };
    if (progress.text !== reported) context.report(progress.text);
    reported = progress.text;
    await sleep(interval, undefined, { signal: context.signal }).catch(() => undefined);
    const next = await get();
    if (next === undefined)
      return { live, unready: `the ${textOf(applied["kind"]) ?? "object"} was deleted while it started` };
    live = next;
  }
}

interface Progress {
  ready: boolean;
  /** It will not become ready any more. */
  failed?: boolean;
  text: string;
}

async function progressOf(live: Properties, server: ServerObjects | undefined): Promise<Progress> {
  switch (textOf(live["kind"])) {
    case "Service":
      return serviceProgress(live, server);
    case "Job":
      return jobProgress(live);
    case undefined:
    default:
      return deploymentProgress(live);
  }
}

/** The default stand-in's Services have their address at once. */
async function serviceProgress(live: Properties, server: ServerObjects | undefined): Promise<Progress> {
  const { metadata, spec } = live;
  const { selector, type } = objectOf(spec);
  const targetless = Object.keys(objectOf(selector)).length === 0 || type === "ExternalName";
  if (server === undefined || targetless) return { ready: true, text: "" };
  const { namespace, name } = objectOf(metadata);
  const endpoints = await server.readyEndpoints(textOf(namespace) ?? "default", textOf(name) ?? "");
  return { ready: endpoints > 0, text: "the Service does not target any ready pods" };
}

function jobProgress({ status, spec }: Properties): Progress {
  const conditions = listOf(objectOf(status)["conditions"]).map(objectOf);
  const is = (type: string) => conditions.find((one) => one["type"] === type && one["status"] === "True");
  const failed = is("Failed");
  if (failed)
    return { ready: false, failed: true, text: `the Job failed: ${textOf(failed["message"]) ?? ""}` };
  const succeeded = Number(objectOf(status)["succeeded"] ?? 0);
  return {
    ready: is("Complete") !== undefined,
    text: `${succeeded} of ${Number(objectOf(spec)["completions"] ?? 1)} pods succeeded`,
  };
}

function deploymentProgress(deployment: Properties): Progress {
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

/** What the pods themselves say; the default stand-in adds them to the status. */
async function reasonsOf(deployment: Properties, server: ServerObjects | undefined): Promise<string> {
  const status = objectOf(deployment["status"]);
  const pods = listOf(status["pods"])
    .map(objectOf)
    .filter((pod) => pod["ready"] !== true)
    .map((pod) => `pod ${textOf(pod["name"]) ?? "?"}: ${textOf(pod["reason"]) ?? "no reason given"}`);
  const { metadata, spec } = deployment;
  const selector = objectOf(objectOf(spec)["selector"]);
  const namespace = textOf(objectOf(metadata)["namespace"]) ?? "default";
  if (server !== undefined && "matchLabels" in selector) {
    pods.push(...(await server.podReasons(namespace, selector)));
  }
  const conditions = listOf(status["conditions"])
    .map(objectOf)
    .filter((condition) => condition["status"] === "False")
    .flatMap((condition) => textOf(condition["message"]) ?? []);
  return [...pods, ...conditions].map((reason) => `; ${reason}`).join("");
}

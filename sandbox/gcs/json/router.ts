import { notFound, notModelled, StorageError, type Refusal } from "../errors.ts";
import { decode, send, sendJson, type Exchange, type Reply } from "../http/exchange.ts";
import type { State } from "../state.ts";
import { bucketCollection, lockRetentionPolicy, oneBucket } from "./buckets.ts";
import { compose, copy } from "./copies.ts";
import { hmacKeyCollection, oneHmacKey } from "./hmac-keys.ts";
import { notificationCollection, oneNotification } from "./notifications.ts";
import { bucketPolicy, testBucketPermissions } from "./iam.ts";
import { listObjects, oneObject } from "./objects.ts";
import { authenticate, refuseUnmodelled, type JsonCall } from "./request.ts";
import { upload } from "./uploads.ts";

const UPLOAD = "/upload/storage/v1";
/**
 * The empty prefix is what @google-cloud/storage uses with STORAGE_EMULATOR_HOST; no bucket can be named `b`, and
 * `projects` is reserved.
 */
const PREFIXES = [UPLOAD, "/download/storage/v1", "/storage/v1", ""] as const;

/** The part of a path below the JSON API's prefix; undefined for the XML API. */
export function jsonRoute(rawPath: string): { upload: boolean; segments: string[] } | undefined {
  const prefix = PREFIXES.find((candidate) => candidate === "" || rawPath.startsWith(`${candidate}/`)) ?? "";
  const rest = rawPath.slice(prefix.length);
  const own =
    prefix !== "" ||
    /^\/b(?:\/|$)/.test(rest) ||
    /^\/projects\/[^/]+\/(?:hmacKeys|serviceAccount)(?:\/|$)/.test(rest);
  return own ? { upload: prefix === UPLOAD, segments: rest.split("/").slice(1) } : undefined;
}

export async function handleJson(
  state: State,
  exchange: Exchange,
  route: { upload: boolean; segments: string[] },
): Promise<void> {
  const base = `http://${exchange.host}`;
  const session = route.upload && exchange.query.has("upload_id");
  // A session URI is itself a credential: its bearer may write.
  const caller = session ? { principal: "allUsers" } : authenticate(state, exchange);
  refuseUnmodelled(exchange);
  const call: JsonCall = { state, exchange, caller, base };
  const segments = route.segments.map(decode);
  const [first = "", second = "", third = "", fourth = "", fifth = ""] = segments;

  if (route.upload) {
    if (first === "b" && third === "o" && segments.length === 3) return upload(call, second);
    throw notFound();
  }
  if (first === "projects") {
    if (third === "hmacKeys" && segments.length === 3) return hmacKeyCollection(call, second);
    if (third === "hmacKeys" && segments.length === 4) return oneHmacKey(call, second, fourth);
    if (third === "serviceAccount" && segments.length === 3) {
      serviceAgent(call, second);
      return;
    }
    throw notFound();
  }
  if (first !== "b") throw notFound();
  if (segments.length === 1) return bucketCollection(call);
  if (segments.length === 2) return oneBucket(call, second);
  if (third === "notificationConfigs" && segments.length === 3) return notificationCollection(call, second);
  if (third === "notificationConfigs" && segments.length === 4) return oneNotification(call, second, fourth);
  if (third === "lockRetentionPolicy" && segments.length === 3) return lockRetentionPolicy(call, second);
  if (third === "iam" && segments.length === 3) {
    bucketPolicy(call, second);
    return;
  }
  if (third === "iam" && fourth === "testPermissions" && segments.length === 4) {
    testBucketPermissions(call, second);
    return;
  }
  if (third !== "o") throw notModelled(`The bucket method ${third}`);
  if (segments.length === 3) {
    listObjects(call, second);
    return;
  }
  if (segments.length === 4) return oneObject(call, second, fourth);
  if (fifth === "compose" && segments.length === 5) return compose(call, second, fourth);
  const [, , , , , b = "", targetBucket = "", o = "", targetName = ""] = segments;
  if ((fifth === "rewriteTo" || fifth === "copyTo") && b === "b" && o === "o" && segments.length === 9) {
    const target = { bucket: targetBucket, name: targetName };
    return copy(call, { bucket: second, name: fourth }, target, fifth === "rewriteTo");
  }
  throw notModelled(`The object method ${fifth}`);
}

/** The agent that publishes notifications and uses keys: `service-{number}@gs-project-accounts…`. */
function serviceAgent(call: JsonCall, project: string): void {
  const { options, access } = call.state;
  access.project(call.caller, "resourcemanager.projects.get", project, "json");
  sendJson(call.exchange, 200, {
    kind: "storage#serviceAccount",
    email_address: `service-${options.projectNumber}@gs-project-accounts.iam.gserviceaccount.com`,
  });
}

const INTERNAL: Refusal = {
  status: 500,
  reason: "internalError",
  code: "InternalError",
  message: "We encountered an internal error. Please try again.",
};

export function sendJsonError(exchange: Reply, error: unknown): void {
  const { status, message, reason, locationType, location, headers } =
    error instanceof StorageError ? error.refusal : INTERNAL;
  if (status === 304 || status === 410) {
    send(exchange, status, { ...headers });
    return;
  }
  const detail = {
    message,
    domain: "global",
    reason,
    ...(locationType !== undefined && { locationType }),
    ...(location !== undefined && { location }),
  };
  sendJson(exchange, status, { error: { code: status, message, errors: [detail] } }, { ...headers });
}

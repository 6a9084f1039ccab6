import { bucketResourceName } from "../access.ts";
import { methodNotAllowed, notModelled, required } from "../errors.ts";
import { sendJson } from "../http/exchange.ts";
import type { JsonCall } from "./request.ts";

/**
 * `/b/{bucket}/iam`: what is granted on the bucket. Grants are made by declaring them.
 * https://docs.cloud.google.com/storage/docs/json_api/v1/buckets/getIamPolicy
 */
export function bucketPolicy({ state, exchange, caller }: JsonCall, bucket: string): void {
  if (exchange.method === "PUT") throw notModelled("Setting the IAM policy of a bucket");
  if (exchange.method !== "GET") throw methodNotAllowed(exchange.method);
  state.access.bucket(caller, "storage.buckets.getIamPolicy", bucket, "json");
  const resource = bucketResourceName(bucket);
  sendJson(exchange, 200, {
    kind: "storage#policy",
    resourceId: resource.replace("//storage.googleapis.com/", ""),
    ...state.options.authorizer.policy(resource),
  });
}

/**
 * `/b/{bucket}/iam/testPermissions`: which of the permissions the caller has. It takes none to ask.
 * https://docs.cloud.google.com/storage/docs/json_api/v1/buckets/testIamPermissions
 */
export function testBucketPermissions({ state, exchange, caller }: JsonCall, bucket: string): void {
  if (exchange.method !== "GET") throw methodNotAllowed(exchange.method);
  const asked = exchange.query.pairs.flatMap(([name, value]) => (name === "permissions" ? [value] : []));
  if (asked.length === 0) throw required("Required parameter: permissions", "permissions");
  const held = asked.filter((permission) => state.access.allowsOnBucket(caller, permission, bucket));
  sendJson(exchange, 200, {
    kind: "storage#testIamPermissionsResponse",
    ...(held.length > 0 && { permissions: held }),
  });
}

import { methodNotAllowed, required } from "../errors.ts";
import { readJson, send, sendJson } from "../http/exchange.ts";
import { compareNames, listPage } from "../names.ts";
import { checkMetageneration } from "../preconditions.ts";
import type { BucketRecord } from "../bucket-schema.ts";
import { listQueryOf, preconditionsOf, toPageToken, type JsonCall } from "./request.ts";
import { bucketResource } from "./resources.ts";

/** `/b` */
export async function bucketCollection(call: JsonCall): Promise<void> {
  const { state, exchange, caller } = call;
  const project = exchange.query.get("project");
  if (project === undefined) throw required("Required parameter: project", "project");
  switch (exchange.method) {
    case "POST": {
      state.access.project(caller, "storage.buckets.create", project, "json");
      const objectRetention = exchange.query.get("enableObjectRetention") === "true";
      reply(call, await state.buckets.create(await readJson(exchange), { objectRetention }));
      return;
    }
    case "GET": {
      state.access.project(caller, "storage.buckets.list", project, "json");
      const all = state.buckets.list();
      const byName = new Map(all.map((bucket) => [bucket.name, bucket]));
      const page = listPage([...byName.keys()].sort(compareNames), listQueryOf(exchange));
      sendJson(exchange, 200, {
        kind: "storage#buckets",
        items: all
          .filter((bucket) => page.names.includes(bucket.name))
          .map((bucket) => resource(call, bucket)),
        ...(page.next !== undefined && { nextPageToken: toPageToken(page.next) }),
      });
      return;
    }
    default:
      throw methodNotAllowed(exchange.method);
  }
}

/** `/b/{bucket}` */
export async function oneBucket(call: JsonCall, name: string): Promise<void> {
  const { state, exchange, caller } = call;
  const conditions = preconditionsOf(exchange);
  switch (exchange.method) {
    case "GET": {
      state.access.bucket(caller, "storage.buckets.get", name, "json");
      const bucket = state.buckets.get(name);
      checkMetageneration(conditions, bucket.metageneration, "read");
      reply(call, bucket);
      return;
    }
    case "PATCH":
    case "PUT": {
      state.access.bucket(caller, "storage.buckets.update", name, "json");
      const body = await readJson(exchange);
      reply(call, await state.buckets.update(name, body, conditions, exchange.method === "PUT"));
      return;
    }
    case "DELETE":
      state.access.bucket(caller, "storage.buckets.delete", name, "json");
      await state.buckets.remove(name, conditions, () => state.objects.isEmpty(name));
      send(exchange, 204, {});
      return;
    default:
      throw methodNotAllowed(exchange.method);
  }
}

/** `/b/{bucket}/lockRetentionPolicy` */
export async function lockRetentionPolicy(call: JsonCall, name: string): Promise<void> {
  const { state, exchange, caller } = call;
  if (exchange.method !== "POST") throw methodNotAllowed(exchange.method);
  state.access.bucket(caller, "storage.buckets.update", name, "json");
  reply(call, await state.buckets.lockRetention(name, preconditionsOf(exchange)));
}

const resource = (call: JsonCall, bucket: BucketRecord): object =>
  bucketResource(bucket, call.state.options, call.base);

function reply(call: JsonCall, bucket: BucketRecord): void {
  sendJson(call.exchange, 200, resource(call, bucket));
}

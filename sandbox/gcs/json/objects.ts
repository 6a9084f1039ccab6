import { checkKey, customerKeyOf } from "../customer-keys.ts";
import { methodNotAllowed } from "../errors.ts";
import { readJson, send, sendJson } from "../http/exchange.ts";
import { mediaHeaders, sendMedia } from "../http/media.ts";
import { listPage } from "../names.ts";
import { parseObjectBody, type ObjectRecord } from "../object-schema.ts";
import { checkPreconditions } from "../preconditions.ts";
import { generationOf, listQueryOf, preconditionsOf, toPageToken, type JsonCall } from "./request.ts";
import { objectEtag, objectResource } from "./resources.ts";

export function renderObject(call: JsonCall, record: ObjectRecord): object {
  const policy = call.state.buckets.find(record.bucket)?.settings.retentionPolicy;
  const key = customerKeyOf(call.exchange);
  const withKey = key !== undefined && key.sha256 === record.customerEncryption?.keySha256;
  return objectResource(record, call.base, policy?.retentionPeriod, withKey);
}

/** `/b/{bucket}/o` */
export function listObjects(call: JsonCall, bucket: string): void {
  const { state, exchange, caller } = call;
  if (exchange.method !== "GET") throw methodNotAllowed(exchange.method);
  state.access.bucket(caller, "storage.objects.list", bucket, "json");
  const index = state.objects.index(bucket);
  const versions = exchange.query.get("versions") === "true";
  const page = listPage(index.names(versions), listQueryOf(exchange));
  const items = page.names
    .flatMap((name) => (versions ? index.generations(name) : (index.live(name) ?? [])))
    .map((record) => renderObject(call, record));
  sendJson(exchange, 200, {
    kind: "storage#objects",
    ...(items.length > 0 && { items }),
    ...(page.prefixes.length > 0 && { prefixes: page.prefixes }),
    ...(page.next !== undefined && { nextPageToken: toPageToken(page.next) }),
  });
}

/** `/b/{bucket}/o/{object}` */
export async function oneObject(call: JsonCall, bucket: string, name: string): Promise<void> {
  const { state, exchange, caller } = call;
  const address = { bucket, name, generation: generationOf(exchange) };
  const conditions = preconditionsOf(exchange);
  switch (exchange.method) {
    case "GET":
    case "HEAD": {
      state.access.bucket(caller, "storage.objects.get", bucket, "json");
      if (exchange.query.get("alt") === "media") {
        const key = customerKeyOf(exchange);
        const [record, handle] = await state.objects.open(address, (found) => {
          checkKey(found, key);
          checkPreconditions(conditions, found, "read");
        });
        const headers = mediaHeaders(record, caller.principal === "allUsers");
        await sendMedia(exchange, record, handle, { ...headers, etag: objectEtag(record) });
        return;
      }
      const record = state.objects.get(address);
      checkPreconditions(conditions, record, "read");
      sendJson(exchange, 200, renderObject(call, record));
      return;
    }
    case "PATCH":
    case "PUT": {
      state.access.bucket(caller, "storage.objects.update", bucket, "json");
      const body = parseObjectBody(await readJson(exchange));
      const record = await state.objects.update(address, body, conditions, exchange.method === "PUT");
      sendJson(exchange, 200, renderObject(call, record));
      return;
    }
    case "DELETE":
      state.access.bucket(caller, "storage.objects.delete", bucket, "json");
      await state.objects.remove(address, conditions);
      send(exchange, 204, {});
      return;
    default:
      throw methodNotAllowed(exchange.method);
  }
}

import { methodNotAllowed } from "../errors.ts";
import { readJson, send, sendJson } from "../http/exchange.ts";
import type { NotificationConfig } from "../notifications.ts";
import type { JsonCall } from "./request.ts";

/** `/b/{bucket}/notificationConfigs` */
export async function notificationCollection(call: JsonCall, bucket: string): Promise<void> {
  const { state, exchange, caller } = call;
  switch (exchange.method) {
    case "POST": {
      state.access.bucket(caller, "storage.buckets.update", bucket, "json");
      const config = await state.notifications.create(bucket, await readJson(exchange));
      sendJson(exchange, 200, resource(call, config));
      return;
    }
    case "GET":
      state.access.bucket(caller, "storage.buckets.get", bucket, "json");
      sendJson(exchange, 200, {
        kind: "storage#notifications",
        items: state.notifications.list(bucket).map((config) => resource(call, config)),
      });
      return;
    default:
      throw methodNotAllowed(exchange.method);
  }
}

/** `/b/{bucket}/notificationConfigs/{id}`; a configuration cannot be changed. */
export async function oneNotification(call: JsonCall, bucket: string, id: string): Promise<void> {
  const { state, exchange, caller } = call;
  switch (exchange.method) {
    case "GET":
      state.access.bucket(caller, "storage.buckets.get", bucket, "json");
      sendJson(exchange, 200, resource(call, state.notifications.get(bucket, id)));
      return;
    case "DELETE":
      state.access.bucket(caller, "storage.buckets.update", bucket, "json");
      await state.notifications.remove(bucket, id);
      send(exchange, 204, {});
      return;
    default:
      throw methodNotAllowed(exchange.method);
  }
}

function resource({ base }: JsonCall, { bucket, ...config }: NotificationConfig): object {
  return {
    kind: "storage#notification",
    selfLink: `${base}/storage/v1/b/${bucket}/notificationConfigs/${config.id}`,
    ...config,
  };
}

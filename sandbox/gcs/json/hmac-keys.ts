import { z } from "zod";
import { invalid, methodNotAllowed, required } from "../errors.ts";
import { readJson, send, sendJson } from "../http/exchange.ts";
import { listPage } from "../names.ts";
import { listQueryOf, toPageToken, type JsonCall } from "./request.ts";
import { hmacKeyResource } from "./resources.ts";

/** `/projects/{project}/hmacKeys` */
export async function hmacKeyCollection(call: JsonCall, project: string): Promise<void> {
  const { state, exchange, caller } = call;
  const email = exchange.query.get("serviceAccountEmail");
  switch (exchange.method) {
    case "POST": {
      state.access.project(caller, "storage.hmacKeys.create", project, "json");
      if (email === undefined)
        throw required("Required parameter: serviceAccountEmail", "serviceAccountEmail");
      const key = await state.hmacKeys.create(email);
      sendJson(exchange, 200, {
        kind: "storage#hmacKey",
        metadata: hmacKeyResource(key, state.options, call.base),
        secret: key.secret,
      });
      return;
    }
    case "GET": {
      state.access.project(caller, "storage.hmacKeys.list", project, "json");
      const deleted = exchange.query.get("showDeletedKeys") === "true";
      const keys = state.hmacKeys.list({ serviceAccountEmail: email, deleted });
      const page = listPage(
        keys.map((key) => key.accessId),
        listQueryOf(exchange),
      );
      sendJson(exchange, 200, {
        kind: "storage#hmacKeysMetadata",
        items: keys
          .filter((key) => page.names.includes(key.accessId))
          .map((key) => hmacKeyResource(key, state.options, call.base)),
        ...(page.next !== undefined && { nextPageToken: toPageToken(page.next) }),
      });
      return;
    }
    default:
      throw methodNotAllowed(exchange.method);
  }
}

const updateSchema = z.looseObject({ state: z.string(), etag: z.string().optional() });

/** `/projects/{project}/hmacKeys/{accessId}` */
export async function oneHmacKey(call: JsonCall, project: string, accessId: string): Promise<void> {
  const { state, exchange, caller } = call;
  switch (exchange.method) {
    case "GET":
      state.access.project(caller, "storage.hmacKeys.get", project, "json");
      sendJson(exchange, 200, hmacKeyResource(state.hmacKeys.get(accessId), state.options, call.base));
      return;
    case "PUT": {
      state.access.project(caller, "storage.hmacKeys.update", project, "json");
      const body = updateSchema.safeParse(await readJson(exchange));
      if (!body.success) throw invalid("state: required; allowed: ACTIVE, INACTIVE.", "state");
      const key = await state.hmacKeys.setState(accessId, body.data.state, body.data.etag);
      sendJson(exchange, 200, hmacKeyResource(key, state.options, call.base));
      return;
    }
    case "DELETE":
      state.access.project(caller, "storage.hmacKeys.delete", project, "json");
      await state.hmacKeys.remove(accessId);
      send(exchange, 204, {});
      return;
    default:
      throw methodNotAllowed(exchange.method);
  }
}

import { customerKeyOf } from "../customer-keys.ts";
import { invalid, methodNotAllowed, required } from "../errors.ts";
import { readJson, send, sendJson } from "../http/exchange.ts";
import { hashesOf, mergeHashes } from "../http/hashes.ts";
import { commit, continueUpload } from "../http/resumable.ts";
import { checkObjectName } from "../names.ts";
import { parseObjectBody, type ObjectBody } from "../object-schema.ts";
import type { UploadPlan } from "../uploads.ts";
import { readRelated } from "./multipart.ts";
import { renderObject } from "./objects.ts";
import { preconditionsOf, wholeNumber, type JsonCall } from "./request.ts";

/** `/upload/storage/v1/b/{bucket}/o` */
export async function upload(call: JsonCall, bucket: string): Promise<void> {
  const { state, exchange, caller } = call;
  const session = exchange.query.get("upload_id");
  if (session !== undefined) {
    await continueUpload(state, exchange, session, "json", (record) => {
      sendJson(exchange, 200, renderObject(call, record));
    });
    return;
  }
  if (exchange.method !== "POST") throw methodNotAllowed(exchange.method);
  state.access.bucket(caller, "storage.objects.create", bucket, "json");
  const type = exchange.query.get("uploadType") ?? "";
  switch (type) {
    case "media": {
      const contentType = exchange.header("content-type");
      const body = parseObjectBody({ ...(contentType !== undefined && { contentType }) });
      return store(call, planOf(call, bucket, body), exchange.request as AsyncIterable<Buffer>);
    }
    case "multipart": {
      const source = exchange.request as AsyncIterable<Buffer>;
      const related = await readRelated(exchange.header("content-type"), source);
      const body = parseObjectBody(parseJson(related.metadata));
      return store(call, planOf(call, bucket, body, related.contentType), related.media);
    }
    case "resumable": {
      const body = parseObjectBody(await readJson(exchange));
      const plan = planOf(call, bucket, body, exchange.header("x-upload-content-type"));
      const declared = wholeNumber(exchange.header("x-upload-content-length"), "X-Upload-Content-Length");
      const { id } = await state.uploads.start({
        ...plan,
        ...(declared !== undefined && { declaredSize: declared }),
      });
      const location = new URL(`${call.base}/upload/storage/v1/b/${bucket}/o`);
      location.searchParams.set("uploadType", "resumable");
      location.searchParams.set("name", plan.name);
      location.searchParams.set("upload_id", id);
      send(exchange, 200, { location: location.href, "x-guploader-uploadid": id });
      return;
    }
    default:
      throw invalid(
        `uploadType: given ${JSON.stringify(type)}; allowed: media, multipart, resumable.`,
        "uploadType",
      );
  }
}

async function store(call: JsonCall, plan: UploadPlan, source: AsyncIterable<Buffer>): Promise<void> {
  const staged = await call.state.staging.receive(source);
  const record = await commit(call.state, plan, staged, "json");
  sendJson(call.exchange, 200, renderObject(call, record));
}

function planOf(call: JsonCall, bucket: string, body: ObjectBody, contentType?: string): UploadPlan {
  const { exchange, caller } = call;
  const name = exchange.query.get("name") ?? body.name;
  if (name === undefined) throw required("Required parameter: name", "name");
  checkObjectName(name);
  return {
    bucket,
    name,
    fields: { ...(contentType !== undefined && { contentType }), ...body.fields },
    conditions: preconditionsOf(exchange),
    expected: mergeHashes(body, hashesOf(exchange)),
    caller,
    customerKey: customerKeyOf(exchange),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw invalid("Parse Error");
  }
}

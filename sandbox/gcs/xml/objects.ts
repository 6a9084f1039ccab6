import { checkKey, customerKeyOf, keyHeaders } from "../customer-keys.ts";
import { invalid, methodNotAllowed, notModelled, StorageError } from "../errors.ts";
import { send, wireText, type Exchange } from "../http/exchange.ts";
import { hashesOf, mergeHashes } from "../http/hashes.ts";
import { hashHeader, mediaHeaders, metadataHeaders, sendMedia } from "../http/media.ts";
import { commit, continueUpload } from "../http/resumable.ts";
import { generationOf } from "../json/request.ts";
import { objectEtag } from "../json/resources.ts";
import { checkObjectName } from "../names.ts";
import { parseObjectBody, type ObjectFields, type ObjectRecord } from "../object-schema.ts";
import { checkPreconditions } from "../preconditions.ts";
import { without } from "../records.ts";
import type { State } from "../state.ts";
import type { Caller } from "../types.ts";
import type { UploadPlan } from "../uploads.ts";
import { checkReadConditions, preconditionsOfHeaders, refuseReadConditions } from "./conditions.ts";

export interface XmlCall {
  readonly state: State;
  readonly exchange: Exchange;
  readonly caller: Caller;
}

export interface Target {
  readonly bucket: string;
  readonly name: string;
}

/** One object by the XML API. */
export async function xmlObject(call: XmlCall, target: Target): Promise<void> {
  switch (call.exchange.method) {
    case "GET":
    case "HEAD":
      return read(call, target);
    case "PUT":
      return write(call, target);
    case "POST":
      return startResumable(call, target);
    case "DELETE":
      return remove(call, target);
    default:
      throw methodNotAllowed(call.exchange.method);
  }
}

/** Query parameters that replace headers of the answer, for authenticated reads. */
const OVERRIDES = [
  "content-type",
  "content-disposition",
  "content-encoding",
  "content-language",
  "cache-control",
  "expires",
] as const;

async function read({ state, exchange, caller }: XmlCall, { bucket, name }: Target): Promise<void> {
  state.access.bucket(caller, "storage.objects.get", bucket, "xml");
  const conditions = preconditionsOfHeaders(exchange);
  const anonymous = caller.principal === "allUsers";
  const overrides: Record<string, string> = {};
  for (const header of OVERRIDES) {
    const value = exchange.query.get(`response-${header}`);
    if (value === undefined) continue;
    if (anonymous) throw invalid(`response-${header} is for authenticated requests only.`);
    overrides[header] = value;
  }
  const generation = generationOf(exchange);
  const key = customerKeyOf(exchange);
  // Metadata can be read without the key, except the hashes, which are encrypted with the data.
  const keyless = exchange.method === "HEAD" && key === undefined;
  const [record, handle] = await state.objects.open({ bucket, name, generation }, (found) => {
    if (!keyless) checkKey(found, key);
    checkPreconditions(conditions, found, "read");
    checkReadConditions(exchange, found, xmlEtag(found));
  });
  await sendMedia(exchange, record, handle, {
    ...mediaHeaders(record, anonymous),
    ...(caller.amz === true && metadataHeaders(record, "x-amz-meta-")),
    etag: xmlEtag(record),
    ...(keyless && record.customerEncryption !== undefined && { "x-goog-hash": undefined }),
    ...overrides,
  });
}

async function write({ state, exchange, caller }: XmlCall, target: Target): Promise<void> {
  state.access.bucket(caller, "storage.objects.create", target.bucket, "xml");
  refuseReadConditions(exchange);
  requireLength(exchange);
  const plan = planOf(exchange, caller, target);
  const staged = await state.staging.receive(exchange.request as AsyncIterable<Buffer>, {
    sha256: caller.payloadSha256 !== undefined,
  });
  sendWritten(exchange, await commit(state, plan, staged, "xml"));
}

/** @throws 411 */
export function requireLength(exchange: Exchange): void {
  if (exchange.header("content-length") ?? exchange.header("transfer-encoding")) return;
  const message = "You must provide the Content-Length HTTP header.";
  throw new StorageError({ status: 411, reason: "required", code: "MissingContentLength", message });
}

/** `POST` with `x-goog-resumable: start`, the only POST that Google documents for signed URLs. */
async function startResumable({ state, exchange, caller }: XmlCall, target: Target): Promise<void> {
  if (exchange.header("x-goog-resumable") !== "start")
    throw notModelled("POST without x-goog-resumable: start");
  state.access.bucket(caller, "storage.objects.create", target.bucket, "xml");
  // The payload hash of a start is about its own, empty body.
  const anyPayload = without(caller, "payloadSha256");
  const { id } = await state.uploads.start(planOf(exchange, anyPayload, target));
  const location = `http://${exchange.host}${exchange.rawPath}?upload_id=${id}`;
  send(exchange, 201, { location, "x-guploader-uploadid": id });
}

export async function continueXmlUpload(state: State, exchange: Exchange, id: string): Promise<void> {
  await continueUpload(state, exchange, id, "xml", (record) => {
    sendWritten(exchange, record);
  });
}

async function remove({ state, exchange, caller }: XmlCall, { bucket, name }: Target): Promise<void> {
  state.access.bucket(caller, "storage.objects.delete", bucket, "xml");
  refuseReadConditions(exchange);
  await state.objects.remove(
    { bucket, name, generation: generationOf(exchange) },
    preconditionsOfHeaders(exchange),
  );
  send(exchange, 204, {});
}

export function planOf(exchange: Exchange, caller: Caller, { bucket, name }: Target): UploadPlan {
  checkObjectName(name);
  return {
    bucket,
    name,
    fields: fieldsOf(exchange),
    conditions: preconditionsOfHeaders(exchange),
    expected: mergeHashes(hashesOf(exchange), { sha256: caller.payloadSha256 }),
    caller,
    customerKey: customerKeyOf(exchange),
  };
}

function fieldsOf(exchange: Exchange): ObjectFields {
  const header = (...names: readonly string[]): string | undefined => {
    const value = names.map((name) => exchange.header(name)).find((found) => found !== undefined);
    return value === undefined ? undefined : wireText(value);
  };
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(exchange.request.headers)) {
    const key = /^x-(?:goog|amz)-meta-(.+)$/.exec(name)?.[1];
    if (key !== undefined && value !== undefined) metadata[key] = wireText(String(value));
  }
  if (header("content-encoding")?.includes("aws-chunked") === true)
    throw notModelled("The encoding aws-chunked");
  return parseObjectBody({
    contentType: header("content-type"),
    cacheControl: header("cache-control"),
    contentDisposition: header("content-disposition"),
    contentEncoding: header("content-encoding"),
    contentLanguage: header("content-language"),
    customTime: header("x-goog-custom-time"),
    storageClass: header("x-goog-storage-class", "x-amz-storage-class"),
    ...(Object.keys(metadata).length > 0 && { metadata }),
  }).fields;
}

function sendWritten(exchange: Exchange, record: ObjectRecord): void {
  send(exchange, 200, {
    etag: xmlEtag(record),
    "x-goog-generation": String(record.generation),
    "x-goog-metageneration": String(record.metageneration),
    "x-goog-hash": hashHeader(record),
    "x-goog-stored-content-encoding": record.contentEncoding ?? "identity",
    "x-goog-stored-content-length": String(record.size),
    ...keyHeaders(record),
  });
}

/** The MD5 in hex; composed objects, which have none, show the JSON API's ETag after a dash. */
export function xmlEtag(record: ObjectRecord): string {
  if (record.md5Hash === undefined || record.customerEncryption !== undefined)
    return `"-${objectEtag(record)}"`;
  return `"${Buffer.from(record.md5Hash, "base64").toString("hex")}"`;
}

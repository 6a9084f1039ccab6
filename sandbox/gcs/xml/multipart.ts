import { XMLParser } from "fast-xml-parser";
import { z } from "zod";
import { customerKeyOf } from "../customer-keys.ts";
import { invalid, methodNotAllowed, notModelled } from "../errors.ts";
import { readText, send } from "../http/exchange.ts";
import { hashesOf, mergeHashes } from "../http/hashes.ts";
import { commit } from "../http/resumable.ts";
import {
  MAX_PARTS,
  partNumberOf,
  type MultipartUpload,
  type NamedPart,
  type UploadedPart,
} from "../multipart-uploads.ts";
import { NO_PRECONDITIONS } from "../preconditions.ts";
import { without } from "../records.ts";
import { checkHashes } from "../staging.ts";
import { wholeNumber } from "../json/request.ts";
import { planOf, requireLength, xmlEtag, type Target, type XmlCall } from "./objects.ts";
import { element, sendXml } from "./render.ts";

/** Longest list of parts that a completion may carry: 10,000 parts of some 150 bytes. */
const LONGEST_COMPLETION = 4 * 2 ** 20;
const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

/**
 * Multipart uploads: `?uploads` and `?uploadId=…`. Google documents signed POST for starting a resumable upload only,
 * yet libraries sign these too; they are taken here as any other request is.
 */
export async function xmlMultipart(call: XmlCall, target: Target): Promise<void> {
  const { exchange } = call;
  const id = exchange.query.get("uploadId");
  if (id === undefined) {
    if (exchange.method !== "POST") throw methodNotAllowed(exchange.method);
    initiate(call, target);
    return;
  }
  switch (exchange.method) {
    case "PUT":
      return uploadPart(call, target, id);
    case "GET":
      listParts(call, target, id);
      return;
    case "POST":
      return complete(call, target, id);
    case "DELETE":
      return abort(call, target, id);
    default:
      throw methodNotAllowed(exchange.method);
  }
}

function initiate({ state, exchange, caller }: XmlCall, target: Target): void {
  state.access.bucket(caller, "storage.multipartUploads.create", target.bucket, "xml");
  state.access.bucket(caller, "storage.objects.create", target.bucket, "xml");
  // The payload hash, if any, is that of this request's own, empty body. Preconditions are not supported: ignored.
  const plan = {
    ...planOf(exchange, without(caller, "payloadSha256"), target),
    conditions: NO_PRECONDITIONS,
  };
  const { id } = state.multipart.start({ ...plan, expected: {} });
  const parts = [element("Bucket", target.bucket), element("Key", target.name), element("UploadId", id)];
  sendXml(
    exchange,
    200,
    `<InitiateMultipartUploadResult xmlns='${NAMESPACE}'>${parts.join("")}</InitiateMultipartUploadResult>`,
  );
}

async function uploadPart({ state, exchange, caller }: XmlCall, target: Target, id: string): Promise<void> {
  state.access.bucket(caller, "storage.multipartUploads.create", target.bucket, "xml");
  requireLength(exchange);
  const upload = state.multipart.get(id, target);
  const number = partNumberOf(exchange.query.get("partNumber"));
  checkSameKey(upload, customerKeyOf(exchange)?.sha256);
  const staged = await state.staging.receive(exchange.request as AsyncIterable<Buffer>, {
    sha256: caller.payloadSha256 !== undefined,
  });
  try {
    checkHashes(staged, mergeHashes(hashesOf(exchange), { sha256: caller.payloadSha256 }));
  } catch (error) {
    await state.staging.discard(staged);
    throw error;
  }
  const part = await state.multipart.put(upload, number, staged);
  send(exchange, 200, {
    etag: part.etag,
    "x-goog-hash": `crc32c=${staged.crc32c},md5=${staged.md5Hash ?? ""}`,
  });
}

/** Google does not say whether each part repeats the key; S3 asks for it, so the stricter reading is taken. */
function checkSameKey({ plan }: MultipartUpload, sha256: string | undefined): void {
  if (plan.customerKey?.sha256 === sha256) return;
  throw invalid(
    "A part must be sent with the encryption key that its upload was started with, or without any.",
  );
}

function listParts({ state, exchange, caller }: XmlCall, target: Target, id: string): void {
  state.access.bucket(caller, "storage.multipartUploads.listParts", target.bucket, "xml");
  const { query } = exchange;
  const upload = state.multipart.get(id, target);
  const marker = wholeNumber(query.get("part-number-marker"), "part-number-marker") ?? 0;
  const max = Math.min(wholeNumber(query.get("max-parts"), "max-parts") ?? 1000, 1000);
  const after = upload.parts().filter(({ number }) => number > marker);
  const page = after.slice(0, max);
  const truncated = after.length > page.length;
  const parts = [
    element("Bucket", target.bucket),
    element("Key", target.name),
    element("UploadId", id),
    element("StorageClass", upload.plan.fields.storageClass ?? "STANDARD"),
    element("PartNumberMarker", marker),
    ...(truncated ? [element("NextPartNumberMarker", page.at(-1)?.number ?? marker)] : []),
    element("MaxParts", max),
    element("IsTruncated", truncated),
    ...page.map(partElement),
  ];
  sendXml(exchange, 200, `<ListPartsResult xmlns='${NAMESPACE}'>${parts.join("")}</ListPartsResult>`);
}

function partElement({ number, at, etag, staged }: UploadedPart): string {
  const parts = [
    element("PartNumber", number),
    element("LastModified", at.toISOString()),
    element("ETag", etag),
    element("Size", staged.size),
  ];
  return `<Part>${parts.join("")}</Part>`;
}

async function complete(call: XmlCall, target: Target, id: string): Promise<void> {
  const { state, exchange, caller } = call;
  state.access.bucket(caller, "storage.multipartUploads.create", target.bucket, "xml");
  state.access.bucket(caller, "storage.objects.create", target.bucket, "xml");
  const named = parseCompletion(await readText(exchange, LONGEST_COMPLETION));
  const upload = state.multipart.get(id, target);
  const record = await state.multipart.complete(upload, named, async (parts) => {
    async function* bytes(): AsyncGenerator<Buffer> {
      for (const { staged } of parts) yield* state.staging.read(staged);
    }
    // The finished object has a CRC32C and no MD5.
    const staged = await state.staging.receive(bytes(), { md5: false });
    // The permission to overwrite is that of the caller that completes it, not of the one that started it.
    return commit(state, { ...upload.plan, caller }, staged, "xml");
  });
  const location = `http://${exchange.host}${exchange.rawPath}`;
  const parts = [
    element("Location", location),
    element("Bucket", target.bucket),
    element("Key", target.name),
    element("ETag", xmlEtag(record)),
  ];
  sendXml(
    exchange,
    200,
    `<CompleteMultipartUploadResult xmlns='${NAMESPACE}'>${parts.join("")}</CompleteMultipartUploadResult>`,
    {
      "x-goog-generation": String(record.generation),
      "x-goog-metageneration": String(record.metageneration),
      "x-goog-hash": `crc32c=${record.crc32c}`,
    },
  );
}

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  htmlEntities: true,
  isArray: (name) => name === "Part",
});
const completionSchema = z.looseObject({
  CompleteMultipartUpload: z.looseObject({
    Part: z
      .array(
        z.looseObject({
          PartNumber: z
            .string()
            .regex(/^\d{1,5}$/)
            .transform(Number),
          ETag: z.string(),
        }),
      )
      .max(MAX_PARTS)
      .default([]),
  }),
});

/** @throws for anything but a list of parts */
function parseCompletion(text: string): NamedPart[] {
  const parsed = completionSchema.safeParse(parsedXml(text));
  if (!parsed.success) throw invalid("The body must be a CompleteMultipartUpload document.");
  return parsed.data.CompleteMultipartUpload.Part.map(({ PartNumber: number, ETag }) => ({
    number,
    etag: ETag.replaceAll('"', ""),
  }));
}

/** @returns nothing for what cannot be read */
function parsedXml(text: string): unknown {
  try {
    return parser.parse(text);
  } catch {
    return undefined;
  }
}

async function abort({ state, exchange, caller }: XmlCall, target: Target, id: string): Promise<void> {
  state.access.bucket(caller, "storage.multipartUploads.abort", target.bucket, "xml");
  await state.multipart.abort(state.multipart.get(id, target));
  send(exchange, 204, {});
}

/** `GET /bucket?uploads` */
export function xmlListUploads({ state, exchange, caller }: XmlCall, bucket: string): void {
  if (exchange.method !== "GET") throw methodNotAllowed(exchange.method);
  state.access.bucket(caller, "storage.multipartUploads.list", bucket, "xml");
  for (const name of ["delimiter", "key-marker", "upload-id-marker"])
    if (exchange.query.has(name)) throw notModelled(`${name} in a list of uploads`);
  const prefix = exchange.query.get("prefix") ?? "";
  const uploads = state.multipart
    .list(bucket)
    .filter(({ plan }) => plan.name.startsWith(prefix))
    .map(
      ({ id, plan, started }) =>
        `<Upload>${element("Key", plan.name)}${element("UploadId", id)}${element("Initiated", started.toISOString())}</Upload>`,
    );
  const parts = [
    element("Bucket", bucket),
    element("Prefix", prefix),
    element("IsTruncated", false),
    ...uploads,
  ];
  sendXml(
    exchange,
    200,
    `<ListMultipartUploadsResult xmlns='${NAMESPACE}'>${parts.join("")}</ListMultipartUploadsResult>`,
  );
}

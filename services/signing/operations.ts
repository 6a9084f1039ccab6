import type { SignedRequest } from "../protocol/index.ts";
import { signerOf } from "./scheme.ts";
import type { Scheme } from "./scheme.ts";
import { signUrl } from "./sign-url.ts";
import { SigningError } from "./types.ts";
import type { SigningKey, UrlToSign } from "./types.ts";
import { readParts, writeParts } from "./operation-parts.ts";
import type { ReadOptions, WriteOptions } from "./operation-parts.ts";
import type { OperationContext, OperationParts, PartsContext } from "./operation-context.ts";

interface OnObject {
  readonly object: string;
}
interface OnUpload extends OnObject {
  /** As the answer to `initiate-multipart` named it. */
  readonly uploadId: string;
}

/** What a signed request is to do. */
export type Operation =
  | ({ readonly do: "download" | "head" } & OnObject & ReadOptions)
  | ({ readonly do: "upload" } & OnObject & WriteOptions)
  /** Answered with a session URI, which is good for a week and needs no signature. `gcs` with GOOG4 keys only. */
  | ({ readonly do: "start-resumable" } & OnObject & WriteOptions)
  | ({
      readonly do: "delete";
      /** Deletes this generation (S3: version) instead of the live object. */
      readonly version?: string | undefined;
    } & OnObject)
  | {
      readonly do: "list";
      readonly prefix?: string | undefined;
      readonly delimiter?: string | undefined;
      readonly startAfter?: string | undefined;
      readonly continuationToken?: string | undefined;
      /** 1 to 1000. @default 1000, by the store */
      readonly maxKeys?: number | undefined;
      /** Names in the answer percent-encoded: XML has no form for some characters. @default false */
      readonly encodedNames?: boolean | undefined;
    }
  /**
   * `initiate-multipart` and `complete-multipart` are POST. Google documents signed POST for starting a resumable
   * upload only; other libraries sign these too (https://github.com/googleapis/google-cloud-node/issues/8342).
   */
  | ({ readonly do: "initiate-multipart" } & OnObject &
      Omit<WriteOptions, "size" | "md5" | "createOnly" | "ifGeneration">)
  | ({
      readonly do: "upload-part";
      /** 1 to 10000. https://docs.cloud.google.com/storage/docs/multipart-uploads */
      readonly partNumber: number;
    } & OnUpload &
      Pick<WriteOptions, "size" | "md5" | "encryptionKey">)
  | ({ readonly do: "list-parts" | "complete-multipart" | "abort-multipart" } & OnUpload);

/**
 * Signs an operation, with every header and parameter it takes at the store.
 *
 * @throws SigningError also for what the store or the kind of key does not offer
 */
export function signOperation(
  key: SigningKey,
  context: OperationContext,
  operation: Operation,
): Promise<SignedRequest> {
  return signUrl(key, requestFor(signerOf(key).scheme, context, operation));
}

/** The request of an operation. @throws SigningError */
export function requestFor(scheme: Scheme, context: OperationContext, operation: Operation): UrlToSign {
  const { store, audit, ...rest } = context;
  const problems: string[] = [];
  if (scheme.service === "storage" && store !== "gcs")
    problems.push(`store: ${store} needs an AWS4 key, not ${scheme.algorithm}`);
  const auditHeaders = auditHeadersOf(audit, problems);
  if (scheme.service === "s3" && auditHeaders !== undefined)
    problems.push("audit: goes with GOOG4 keys only, as an x-goog- header");
  const { method, headers = {}, query = {} } = partsOf({ scheme, store, problems }, operation);
  if (problems.length > 0) throw new SigningError(problems);
  const all = auditHeaders === undefined ? headers : { ...headers, ...auditHeaders };
  return {
    ...rest,
    method,
    ...("object" in operation && { object: operation.object }),
    ...(Object.keys(all).length > 0 && { headers: all }),
    ...(Object.keys(query).length > 0 && { query }),
  };
}

/** Headers of sound audits: a coordinator signs a job's hundred outputs with one. */
const knownAudits = new WeakMap<object, Readonly<Record<string, string>>>();

function auditHeadersOf(
  audit: OperationContext["audit"],
  problems: string[],
): Readonly<Record<string, string>> | undefined {
  if (audit === undefined) return undefined;
  const known = knownAudits.get(audit);
  if (known !== undefined) return known;
  const entries = Object.entries(audit);
  if (entries.length === 0) return undefined;
  const unsound = entries
    .map(([name]) => name)
    .filter((name) => !/^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?$/.test(name));
  for (const name of unsound)
    problems.push(`audit: ${JSON.stringify(name.slice(0, 80))} must be 1 to 60 characters of a-z 0-9 and -`);
  const headers = Object.fromEntries(
    entries.map(([name, value]) => [`x-goog-custom-audit-${name}`, value] as const),
  );
  if (unsound.length === 0) knownAudits.set(audit, Object.freeze(headers));
  return headers;
}

function partsOf(context: PartsContext, operation: Operation): OperationParts {
  switch (operation.do) {
    case "download":
      return { method: "GET", ...readParts(context, operation) };
    case "head":
      return { method: "HEAD", ...readParts(context, operation) };
    case "upload":
      return { method: "PUT", headers: writeParts(context, operation) };
    case "start-resumable":
      return resumableParts(context, operation);
    case "delete":
      return { method: "DELETE", ...readParts(context, { version: operation.version }) };
    case "list":
      return { method: "GET", query: listQuery(context, operation) };
    case "initiate-multipart":
      return { method: "POST", headers: writeParts(context, operation), query: { uploads: "" } };
    case "upload-part": {
      const { partNumber, size, md5, encryptionKey } = operation;
      if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > 10_000)
        context.problems.push(`partNumber: ${String(partNumber)} must be a whole number from 1 to 10000`);
      return {
        method: "PUT",
        headers: writeParts(context, { size, md5, encryptionKey }),
        query: { partNumber: String(partNumber), ...uploadQuery(context, operation) },
      };
    }
    case "list-parts":
      return { method: "GET", query: uploadQuery(context, operation) };
    case "complete-multipart":
      return { method: "POST", query: uploadQuery(context, operation) };
    case "abort-multipart":
      return { method: "DELETE", query: uploadQuery(context, operation) };
  }
}

function uploadQuery({ problems }: PartsContext, { uploadId }: OnUpload): Record<string, string> {
  if (uploadId === "") problems.push("uploadId: is empty; give the id that the store answered with");
  return { uploadId };
}

function resumableParts(
  context: PartsContext,
  { size, ...options }: Extract<Operation, { do: "start-resumable" }>,
): OperationParts {
  const { scheme, problems } = context;
  if (scheme.service === "s3") problems.push("do: a resumable upload is started with GOOG4 keys only");
  if (options.md5 !== undefined)
    problems.push("md5: the start of a resumable upload sends no data; leave it out");
  const headers = writeParts(context, options);
  return {
    method: "POST",
    headers: {
      ...headers,
      "x-goog-resumable": "start",
      ...(size !== undefined && { "x-upload-content-length": String(size) }),
    },
  };
}

function listQuery(
  { problems }: PartsContext,
  {
    prefix,
    delimiter,
    startAfter,
    continuationToken,
    maxKeys,
    encodedNames,
  }: Extract<Operation, { do: "list" }>,
): Record<string, string> {
  if (maxKeys !== undefined && (!Number.isInteger(maxKeys) || maxKeys < 1 || maxKeys > 1000))
    problems.push(`maxKeys: ${String(maxKeys)} must be a whole number from 1 to 1000`);
  return {
    "list-type": "2",
    ...(prefix !== undefined && { prefix }),
    ...(delimiter !== undefined && { delimiter }),
    ...(startAfter !== undefined && { "start-after": startAfter }),
    ...(continuationToken !== undefined && { "continuation-token": continuationToken }),
    ...(maxKeys !== undefined && { "max-keys": String(maxKeys) }),
    ...(encodedNames === true && { "encoding-type": "url" }),
  };
}

import { encryptionHeaders } from "./encryption-headers.ts";
import type { PartsContext } from "./operation-context.ts";
import type { OperationParts } from "./operation-context.ts";

/** Replace headers of the answer. https://docs.cloud.google.com/storage/docs/xml-api/get-object-download */
export interface ResponseOverrides {
  readonly contentType?: string | undefined;
  readonly contentDisposition?: string | undefined;
  readonly contentEncoding?: string | undefined;
  readonly contentLanguage?: string | undefined;
  readonly cacheControl?: string | undefined;
  readonly expires?: string | undefined;
}

export interface ReadOptions {
  /** Generation of Cloud Storage, version id of S3. @default the live object */
  readonly version?: string | undefined;
  readonly response?: ResponseOverrides | undefined;
  /** The 32 bytes the object was encrypted with. */
  readonly encryptionKey?: Uint8Array | undefined;
}

export interface WriteOptions {
  /** Exact size in bytes: a body of another size is refused. */
  readonly size?: number | undefined;
  readonly contentType?: string | undefined;
  /** Base64 of the 16 bytes. */
  readonly md5?: string | undefined;
  /** Fails with 412 when there is an object of that name. @default false */
  readonly createOnly?: boolean | undefined;
  /** Fails with 412 unless this is the live generation. GOOG4 keys only. */
  readonly ifGeneration?: string | undefined;
  readonly encryptionKey?: Uint8Array | undefined;
  readonly cacheControl?: string | undefined;
  readonly contentDisposition?: string | undefined;
  readonly contentEncoding?: string | undefined;
  readonly contentLanguage?: string | undefined;
  readonly storageClass?: string | undefined;
  /** Custom metadata, `x-goog-meta-NAME` or `x-amz-meta-NAME`. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

const overrides: Readonly<Record<keyof ResponseOverrides, string>> = {
  contentType: "response-content-type",
  contentDisposition: "response-content-disposition",
  contentEncoding: "response-content-encoding",
  contentLanguage: "response-content-language",
  cacheControl: "response-cache-control",
  expires: "response-expires",
};

export function readParts(
  context: PartsContext,
  { version, response = {}, encryptionKey }: ReadOptions,
): Omit<OperationParts, "method"> {
  const { store, problems } = context;
  const query: Record<string, string> = {};
  if (version !== undefined) {
    if (store === "r2") problems.push("version: R2 keeps no versions; leave it out");
    if (store === "gcs" && !/^\d{1,19}$/.test(version))
      problems.push(`version: ${JSON.stringify(version.slice(0, 80))} must be a generation, digits only`);
    if (version === "") problems.push("version: is empty; leave it out for the live object");
    query[store === "gcs" ? "generation" : "versionId"] = version;
  }
  for (const key of Object.keys(response) as (keyof ResponseOverrides)[]) {
    const value = response[key];
    if (value !== undefined) query[overrides[key]] = value;
  }
  return { query, headers: encryptionHeaders(context, encryptionKey) };
}

/** Headers of a request that writes. */
export function writeParts(context: PartsContext, options: WriteOptions): Record<string, string> {
  const { scheme, problems } = context;
  const { size, md5, metadata } = options;
  if (size !== undefined && (!Number.isSafeInteger(size) || size < 0))
    problems.push(`size: ${String(size)} must be a whole number of bytes`);
  if (md5 !== undefined && !/^[A-Za-z0-9+/]{22}==$/.test(md5))
    problems.push("md5: must be the Base64 of 16 bytes, not hex");
  // Hundreds of thousands of times a minute: written one by one, and no object for what is left out.
  const headers: Record<string, string> = {};
  if (size !== undefined) headers["content-length"] = String(size);
  for (const option of plainOptions) {
    const value = options[option];
    if (value !== undefined) headers[plainHeaders[option]] = value;
  }
  if (md5 !== undefined) headers["content-md5"] = md5;
  if (options.storageClass !== undefined)
    headers[`${scheme.headerPrefix}storage-class`] = options.storageClass;
  if (metadata !== undefined)
    for (const name of Object.keys(metadata)) {
      const value = metadata[name];
      if (value !== undefined) headers[`${scheme.headerPrefix}meta-${name}`] = value;
    }
  Object.assign(headers, conditionHeaders(context, options));
  if (options.encryptionKey !== undefined)
    Object.assign(headers, encryptionHeaders(context, options.encryptionKey));
  return headers;
}

const plainHeaders = {
  contentType: "content-type",
  cacheControl: "cache-control",
  contentDisposition: "content-disposition",
  contentEncoding: "content-encoding",
  contentLanguage: "content-language",
} as const;
const plainOptions = Object.keys(plainHeaders) as (keyof typeof plainHeaders)[];

function conditionHeaders(
  { scheme, store, problems }: PartsContext,
  { createOnly = false, ifGeneration }: WriteOptions,
): Record<string, string> {
  if (createOnly && ifGeneration !== undefined)
    problems.push("ifGeneration: cannot go with createOnly; keep one of the two");
  if (ifGeneration !== undefined && !/^\d{1,19}$/.test(ifGeneration))
    problems.push(
      `ifGeneration: ${JSON.stringify(ifGeneration.slice(0, 80))} must be a generation, digits only`,
    );
  if (scheme.service === "storage") {
    if (createOnly) return { "x-goog-if-generation-match": "0" };
    return ifGeneration === undefined ? {} : { "x-goog-if-generation-match": ifGeneration };
  }
  if (ifGeneration !== undefined)
    problems.push("ifGeneration: goes with GOOG4 keys only, as an x-goog- header");
  if (!createOnly) return {};
  if (store === "gcs") {
    // x-goog- and x-amz- cannot be mixed, and Cloud Storage has If-None-Match on reads only.
    problems.push(
      "createOnly: Cloud Storage offers it to GOOG4 keys only; sign with one, or write to a fresh name",
    );
    return {};
  }
  return { "if-none-match": "*" };
}

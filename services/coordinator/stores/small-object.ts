import { createHash, randomUUID } from "node:crypto";
import type { Bucket } from "@google-cloud/storage";

/** Passing troubles of the JSON API: https://docs.cloud.google.com/storage/docs/retry-strategy */
const passing = [
  [408, 408],
  [429, 429],
  [500, 599],
] as [number, number][];

/**
 * Small objects in one request each, by the bucket's own credential. `File.save` and `File.download` stream: a
 * connection that is reset at the wrong moment ends the whole process there (version 8.4), with an exception that
 * nobody can catch.
 */
const once = { responseType: "text", timeout: 10_000 } as const;
const again = (method: string, tries = 5) => ({
  retry: tries - 1,
  noResponseRetries: tries - 1,
  retryDelay: 200,
  maxRetryDelay: 5000,
  httpMethodsToRetry: [method],
  statusCodesToRetry: passing,
});

/**
 * @param tries while troubles pass, @default 5
 * @throws with `status` 404 when there is no such generation
 */
export async function readSmallObject(
  bucket: Bucket,
  name: string,
  generation: string,
  tries?: number,
): Promise<string> {
  const { storage } = bucket;
  const path = `/storage/v1/b/${encodeURIComponent(bucket.name)}/o/${encodeURIComponent(name)}`;
  const url = new URL(path, storage.apiEndpoint);
  url.searchParams.set("alt", "media");
  url.searchParams.set("generation", generation);
  const { data } = await storage.authClient.fetch<string>({
    ...once,
    url: url.href,
    retryConfig: again("GET", tries),
  });
  return data;
}

/**
 * Reads the beginning of an object's newest generation. Metadata is there of what cannot be read, too: of an object that was not replicated when
 * its region went out. What answers here will answer a worker.
 *
 * @throws with `status` 404 when there is none, 416 for an empty one
 */
export async function readFirstByte(bucket: Bucket, name: string, encryptionKey?: Uint8Array): Promise<void> {
  const { storage } = bucket;
  const path = `/storage/v1/b/${encodeURIComponent(bucket.name)}/o/${encodeURIComponent(name)}?alt=media`;
  await storage.authClient.fetch<string>({
    ...once,
    url: new URL(path, storage.apiEndpoint).href,
    headers: { range: "bytes=0-0", ...(encryptionKey && suppliedKeyHeaders(encryptionKey)) },
    retryConfig: again("GET", 2),
  });
}

/** https://docs.cloud.google.com/storage/docs/encryption/customer-supplied-keys */
const suppliedKeyHeaders = (key: Uint8Array): Record<string, string> => ({
  "x-goog-encryption-algorithm": "AES256",
  "x-goog-encryption-key": Buffer.from(key).toString("base64"),
  "x-goog-encryption-key-sha256": createHash("sha256").update(key).digest("base64"),
});

/**
 * Writes an object. A write whose answer was lost is repeated, and may then meet its own first try: a mark in the
 * metadata tells.
 *
 * @returns the object's metadata
 * @throws with `code` or `status` 412 when the generation is another one
 */
export async function writeSmallObject(
  bucket: Bucket,
  name: string,
  body: string,
  options: {
    readonly metadata: Readonly<Record<string, unknown>>;
    /** Generation that the object must have; `0` for none. @default any */
    readonly ifGenerationMatch?: string;
  },
): Promise<unknown> {
  const { storage } = bucket;
  const boundary = randomUUID();
  const url = new URL(`/upload/storage/v1/b/${encodeURIComponent(bucket.name)}/o`, storage.apiEndpoint);
  url.searchParams.set("uploadType", "multipart");
  if (options.ifGenerationMatch !== undefined)
    url.searchParams.set("ifGenerationMatch", options.ifGenerationMatch);
  const part = (type: string, content: string): string =>
    `--${boundary}\r\ncontent-type: ${type}\r\n\r\n${content}\r\n`;
  const response = await storage.authClient.fetch<string>({
    ...once,
    url: url.href,
    method: "POST",
    headers: { "content-type": `multipart/related; boundary=${boundary}` },
    data: `${part("application/json", JSON.stringify({ ...options.metadata, name }))}${part("application/json", body)}--${boundary}--\r\n`,
    retryConfig: again("POST"),
  });
  return JSON.parse(response.data);
}

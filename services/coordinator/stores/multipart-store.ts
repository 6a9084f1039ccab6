import { hash } from "node:crypto";
import type { GoogleAuth } from "google-auth-library";
import { Problem } from "../problem.ts";
import type { MultipartStore, UnfinishedUpload } from "../ports.ts";
import { completionXml, readAnswer } from "./xml.ts";

const timeoutMs = 60_000;
/** Completion "can take several minutes": its answer is 200 from the start, and says in its body how it went. */
const completionMs = 300_000;

const headersOf = (metadata: Readonly<Record<string, string>> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`x-goog-meta-${name}`, value]));

/**
 * Multipart uploads of Cloud Storage's XML API with the coordinator's own credential, since Google does not document
 * signed requests for starting and completing them.
 *
 * @param url scheme://host[:port]; Cloud Storage's own, or a stand-in's
 * @param auth the coordinator's own identity
 * @see https://docs.cloud.google.com/storage/docs/multipart-uploads
 */
export function gcsMultipart(bucket: string, url: string, auth: Pick<GoogleAuth, "fetch">): MultipartStore {
  const call = async (
    method: "GET" | "POST" | "DELETE",
    object: string,
    query: string,
    options: {
      contentType?: string;
      body?: string;
      timeout?: number;
      encryptionKey?: Uint8Array | undefined;
      metadata?: Readonly<Record<string, string>> | undefined;
    },
  ): Promise<{ status: number; text: string }> => {
    const path = object.split("/").map(encodeURIComponent).join("/");
    const response = await auth.fetch<string>({
      url: `${url}/${bucket}${object === "" ? "" : `/${path}`}?${query}`,
      method,
      headers: {
        "content-type": options.contentType ?? "application/xml",
        ...headersOf(options.metadata),
        // https://docs.cloud.google.com/storage/docs/encryption/customer-supplied-keys
        ...(options.encryptionKey && {
          "x-goog-encryption-algorithm": "AES256",
          "x-goog-encryption-key": Buffer.from(options.encryptionKey).toString("base64"),
          "x-goog-encryption-key-sha256": hash("sha256", options.encryptionKey, "base64"),
        }),
      },
      ...(options.body !== undefined && { data: options.body }),
      responseType: "text",
      timeout: options.timeout ?? timeoutMs,
      // No retries here: the worker repeats the call.
      retry: false,
      validateStatus: () => true,
    });
    const { status, data } = response;
    if (status === 429 || status >= 500)
      throw new Problem(503, "upstream-unavailable", `The store answers ${status}; try again.`);
    return { status, text: typeof data === "string" ? data : "" };
  };
  const unexpected = (what: string, status: number, text: string): Error =>
    new Error(`the store answers ${status} ${readAnswer(text).Error?.Code ?? ""} to ${what}`);

  return {
    async start(object, contentType, encryptionKey, metadata) {
      const { status, text } = await call("POST", object, "uploads", {
        contentType,
        encryptionKey,
        metadata,
      });
      const id = readAnswer(text).InitiateMultipartUploadResult?.UploadId;
      if (status !== 200 || id === undefined) throw unexpected("the start of an upload", status, text);
      return id;
    },
    async complete(object, uploadId, parts) {
      const { status, text } = await call("POST", object, `uploadId=${encodeURIComponent(uploadId)}`, {
        body: completionXml(parts),
        timeout: completionMs,
      });
      if (status === 404) return false;
      const code = readAnswer(text).Error?.Code;
      if (status === 400 || (status === 200 && code !== undefined))
        throw new Problem(
          400,
          "parts-refused",
          `The store does not take the parts: ${code ?? "no reason given"}.`,
        );
      if (status !== 200) throw unexpected("the completion of an upload", status, text);
      return true;
    },
    async abort(object, uploadId) {
      const { status, text } = await call("DELETE", object, `uploadId=${encodeURIComponent(uploadId)}`, {});
      if (status !== 404 && status !== 204 && status !== 200)
        throw unexpected("the abort of an upload", status, text);
    },
    // https://docs.cloud.google.com/storage/docs/xml-api/get-bucket-uploads
    async unfinished(prefix) {
      const found: UnfinishedUpload[] = [];
      let markers = "";
      for (;;) {
        const query = `uploads&prefix=${encodeURIComponent(prefix)}${markers}`;
        const { status, text } = await call("GET", "", query, {});
        if (status !== 200) throw unexpected("a list of unfinished uploads", status, text);
        const list = readAnswer(text).ListMultipartUploadsResult;
        for (const { Key: object, UploadId: uploadId } of list?.Upload ?? [])
          if (object !== undefined && uploadId !== undefined) found.push({ object, uploadId });
        const { IsTruncated: more, NextKeyMarker: key, NextUploadIdMarker: id = "" } = list ?? {};
        if (more !== "true" || key === undefined) return found;
        markers = `&key-marker=${encodeURIComponent(key)}&upload-id-marker=${encodeURIComponent(id)}`;
      }
    },
  };
}

import { z } from "zod";
import { apiSchemas } from "./api-schemas.ts";
import { text } from "./bounds.ts";
import { contentTypeSchema, outputNameSchema, signedRequestSchema } from "./lease.ts";

/**
 * Large outputs go up in parts. The coordinator starts, completes and aborts the upload with its own credential; the
 * worker gets signed requests for parts only (docs/architecture.md, decision 12).
 */

const sizeSchema = z.number().int().nonnegative();
/** Opaque: names object and upload id, and is of no use under another lease. */
const uploadSchema = text(4096).min(1);
/** https://docs.cloud.google.com/storage/docs/multipart-uploads */
const partNumberSchema = z.number().int().min(1).max(10_000);

/** `POST /v1/leases/{jobId}/multipart`: starts the upload of one output. */
export const multipartStartRequestSchema = z.object({
  name: outputNameSchema,
  contentType: contentTypeSchema,
  /** Size in bytes of the whole output. */
  size: sizeSchema,
});
apiSchemas.add(multipartStartRequestSchema, { id: "MultipartStartRequest" });
export type MultipartStartRequest = z.infer<typeof multipartStartRequestSchema>;

export const multipartStartResponseSchema = z.object({
  upload: uploadSchema,
  /** Bytes of every part but the last, which has the rest. */
  partBytes: z.number().int().positive(),
});
apiSchemas.add(multipartStartResponseSchema, { id: "MultipartStartResponse" });
export type MultipartStartResponse = z.infer<typeof multipartStartResponseSchema>;

/** `POST /v1/leases/{jobId}/multipart/parts`: signed PUTs, each for exactly the bytes of its part. */
export const multipartPartsRequestSchema = z.object({
  upload: uploadSchema,
  parts: z
    .array(z.object({ number: partNumberSchema, size: sizeSchema }))
    .min(1)
    .max(100),
});
apiSchemas.add(multipartPartsRequestSchema, { id: "MultipartPartsRequest" });
export type MultipartPartsRequest = z.infer<typeof multipartPartsRequestSchema>;

/** In the order asked for. */
export const multipartPartsResponseSchema = z.object({ parts: z.array(signedRequestSchema).max(100) });
apiSchemas.add(multipartPartsResponseSchema, { id: "MultipartPartsResponse" });
export type MultipartPartsResponse = z.infer<typeof multipartPartsResponseSchema>;

/** `POST /v1/leases/{jobId}/multipart/complete`: makes the object of its parts. Safe to repeat. */
export const multipartCompleteRequestSchema = z.object({
  upload: uploadSchema,
  /** In ascending order. */
  parts: z
    .array(z.object({ number: partNumberSchema, etag: text(255).min(1) }))
    .min(1)
    .max(10_000),
  size: sizeSchema,
  /** Base64 CRC32C of the whole, which the coordinator compares with the object's. */
  crc32c: text(8).regex(/^[A-Za-z0-9+/]{6}==$/),
});
apiSchemas.add(multipartCompleteRequestSchema, { id: "MultipartCompleteRequest" });
export type MultipartCompleteRequest = z.infer<typeof multipartCompleteRequestSchema>;

/** `POST /v1/leases/{jobId}/multipart/abort`: forgets the upload and its parts. Safe to repeat. */
export const multipartAbortRequestSchema = z.object({ upload: uploadSchema });
apiSchemas.add(multipartAbortRequestSchema, { id: "MultipartAbortRequest" });
export type MultipartAbortRequest = z.infer<typeof multipartAbortRequestSchema>;

/** Answer to `multipart/complete` and `multipart/abort`. */
export const nothingSchema = z.strictObject({});
apiSchemas.add(nothingSchema, { id: "Nothing" });

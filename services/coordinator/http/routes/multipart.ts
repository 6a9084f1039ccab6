import {
  multipartAbortRequestSchema,
  multipartCompleteRequestSchema,
  multipartPartsRequestSchema,
  multipartPartsResponseSchema,
  multipartStartRequestSchema,
  multipartStartResponseSchema,
  nothingSchema,
} from "../../../protocol/index.ts";
import { abortMultipart, completeMultipart, signParts, startMultipart } from "../../uploads/multipart.ts";
import { answer, refusal } from "../describe.ts";
import { jobPath } from "../inputs.ts";
import { bodyLimits } from "../limits.ts";
import type { ServerState } from "../server-state.ts";
import { leaseOf, type Routes } from "./support.ts";

/** Outputs that go up in parts, by the lease's token. */
export function addMultipartRoutes(app: Routes, state: ServerState): void {
  app.post(
    "/v1/leases/:jobId/multipart",
    {
      bodyLimit: bodyLimits.multipartStart,
      schema: {
        operationId: "startMultipart",
        summary: "Start a large output in parts",
        params: jobPath,
        body: multipartStartRequestSchema,
        response: {
          200: answer("The upload", multipartStartResponseSchema),
          400: refusal("`output-too-large`"),
        },
      },
    },
    (request) => startMultipart(...leaseOf(state, request), request.body),
  );
  app.post(
    "/v1/leases/:jobId/multipart/parts",
    {
      bodyLimit: bodyLimits.parts,
      schema: {
        operationId: "signParts",
        summary: "Signed requests for parts",
        params: jobPath,
        body: multipartPartsRequestSchema,
        response: {
          200: answer("Signed requests", multipartPartsResponseSchema),
          400: refusal("`upload-unknown`"),
        },
      },
    },
    (request) => signParts(...leaseOf(state, request), request.body),
  );
  app.post(
    "/v1/leases/:jobId/multipart/complete",
    {
      bodyLimit: bodyLimits.multipartComplete,
      schema: {
        operationId: "completeMultipart",
        summary: "Make the object of its parts",
        description: "May be repeated.",
        params: jobPath,
        body: multipartCompleteRequestSchema,
        response: {
          200: answer("The object is there", nothingSchema),
          400: refusal("`upload-unknown`, `parts-refused`"),
          409: refusal("`upload-gone`, `upload-mismatch`"),
        },
      },
    },
    (request) => completeMultipart(...leaseOf(state, request), request.body),
  );
  app.post(
    "/v1/leases/:jobId/multipart/abort",
    {
      bodyLimit: bodyLimits.multipartAbort,
      schema: {
        operationId: "abortMultipart",
        summary: "Forget an upload and its parts",
        description: "May be repeated.",
        params: jobPath,
        body: multipartAbortRequestSchema,
        response: { 200: answer("It is gone", nothingSchema), 400: refusal("`upload-unknown`") },
      },
    },
    (request) => abortMultipart(...leaseOf(state, request), request.body),
  );
}

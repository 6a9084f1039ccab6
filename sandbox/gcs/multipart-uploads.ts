import { randomBytes } from "node:crypto";
import { invalid, StorageError } from "./errors.ts";
import type { Locks } from "./locks.ts";
import type { Staged, Staging } from "./staging.ts";
import type { UploadPlan } from "./uploads.ts";

/** One part; the newest of each number counts. */
export interface UploadedPart {
  readonly number: number;
  readonly staged: Staged;
  /** MD5 in hex, quoted. */
  readonly etag: string;
  readonly at: Date;
}

export interface MultipartUpload {
  readonly id: string;
  readonly plan: UploadPlan;
  readonly started: Date;
  /** By number, ascending. */
  parts(): UploadedPart[];
}

/** The parts that the client lists. */
export interface NamedPart {
  readonly number: number;
  readonly etag: string;
}

/**
 * Open multipart uploads of the XML API. Cloud Storage keeps them without a time limit; here they live in memory, and
 * a restart ends them (`NoSuchUpload`), which clients answer by starting again.
 *
 * https://docs.cloud.google.com/storage/docs/multipart-uploads
 */
export interface MultipartUploads {
  start(plan: UploadPlan): MultipartUpload;
  /** @throws NoSuchUpload, also for the id of another object's upload */
  get(id: string, target: { bucket: string; name: string }): MultipartUpload;
  list(bucket: string): MultipartUpload[];
  /** Takes the staged bytes over. */
  put(upload: MultipartUpload, number: number, staged: Staged): Promise<UploadedPart>;
  /**
   * Hands the named parts to `assemble`; when that succeeds, the upload and its parts are gone.
   *
   * @throws InvalidPart, InvalidPartOrder, EntityTooSmall
   */
  complete<T>(
    upload: MultipartUpload,
    named: readonly NamedPart[],
    assemble: (parts: readonly UploadedPart[]) => Promise<T>,
  ): Promise<T>;
  abort(upload: MultipartUpload): Promise<void>;
}

/** Parts: 1 to 10,000; 5 MiB to 5 GiB each, the last one as small as it likes. */
export const MAX_PARTS = 10_000;
const MIN_PART_BYTES = 5 * 2 ** 20;
const MAX_PART_BYTES = 5 * 2 ** 30;

interface Open extends MultipartUpload {
  readonly byNumber: Map<number, UploadedPart>;
}

export function createMultipartUploads(staging: Staging, locks: Locks, clock: () => Date): MultipartUploads {
  const uploads = new Map<string, Open>();
  const stillOpen = (id: string): Open => {
    const upload = uploads.get(id);
    if (upload === undefined) throw noSuchUpload();
    return upload;
  };
  const discard = async (parts: Iterable<UploadedPart>): Promise<void> => {
    for (const { staged } of parts) await staging.discard(staged);
  };

  return {
    start: (plan) => {
      const id = randomBytes(48).toString("base64url");
      const byNumber = new Map<number, UploadedPart>();
      const upload: Open = {
        ...{ id, plan, started: clock(), byNumber },
        parts: () => [...byNumber.values()].sort((a, b) => a.number - b.number),
      };
      uploads.set(id, upload);
      return upload;
    },
    get: (id, { bucket, name }) => {
      const upload = stillOpen(id);
      if (upload.plan.bucket !== bucket || upload.plan.name !== name) throw noSuchUpload();
      return upload;
    },
    list: (bucket) => [...uploads.values()].filter(({ plan }) => plan.bucket === bucket),

    put: async ({ id }, number, staged) => {
      // The upload may have ended while the bytes came in.
      const upload = uploads.get(id);
      if (upload === undefined || staged.size > MAX_PART_BYTES) {
        await staging.discard(staged);
        throw upload === undefined
          ? noSuchUpload()
          : refusal("EntityTooLarge", `A part has at most ${MAX_PART_BYTES} bytes; given ${staged.size}.`);
      }
      const before = upload.byNumber.get(number);
      const etag = `"${Buffer.from(staged.md5Hash ?? "", "base64").toString("hex")}"`;
      const part = { number, staged, etag, at: clock() };
      upload.byNumber.set(number, part);
      if (before !== undefined) await staging.discard(before.staged);
      return part;
    },

    complete: ({ id }, named, assemble) =>
      locks(`multipart ${id}`, async () => {
        const upload = stillOpen(id);
        const parts = chosen(upload, named);
        const result = await assemble(parts);
        uploads.delete(id);
        await discard(upload.byNumber.values());
        return result;
      }),

    abort: ({ id }) =>
      locks(`multipart ${id}`, async () => {
        const upload = stillOpen(id);
        uploads.delete(id);
        await discard(upload.byNumber.values());
      }),
  };
}

function chosen(upload: Open, named: readonly NamedPart[]): UploadedPart[] {
  if (named.length === 0) throw refusal("MalformedCompleteMultipartUploadRequest", "No part was named.");
  const parts = named.map(({ number, etag }, index) => {
    const before = named[index - 1]?.number ?? 0;
    if (number <= before)
      throw refusal(
        "InvalidPartOrder",
        `The parts must be named in ascending order; ${number} follows ${before}.`,
      );
    const part = upload.byNumber.get(number);
    if (part?.etag.replaceAll('"', "") !== etag.replaceAll('"', ""))
      throw refusal("InvalidPart", `Part ${number} was not uploaded, or it has another ETag.`);
    return part;
  });
  const small = parts.slice(0, -1).find(({ staged }) => staged.size < MIN_PART_BYTES);
  if (small !== undefined)
    throw refusal(
      "EntityTooSmall",
      `Every part but the last has at least ${MIN_PART_BYTES} bytes; part ${small.number} has ${small.staged.size}.`,
    );
  return parts;
}

/** @throws for what is no part number */
export function partNumberOf(text: string | undefined): number {
  const number = Number(text);
  if (/^\d{1,5}$/.test(text ?? "") && number >= 1 && number <= MAX_PARTS) return number;
  throw invalid(`partNumber: given '${text ?? ""}'; allowed: 1 to ${MAX_PARTS}.`, "partNumber");
}

const refusal = (code: string, message: string): StorageError =>
  new StorageError({ status: 400, reason: "invalid", code, message });

const noSuchUpload = (): StorageError =>
  new StorageError({
    status: 404,
    reason: "notFound",
    code: "NoSuchUpload",
    message: "The specified multipart upload does not exist.",
  });

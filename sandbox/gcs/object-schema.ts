import { z } from "zod";
import { invalid, notModelled } from "./errors.ts";

const optional = z.exactOptional;

/** What a writer may say about an object. */
const settableFields = {
  contentType: optional(z.string()),
  cacheControl: optional(z.string()),
  contentDisposition: optional(z.string()),
  contentEncoding: optional(z.string()),
  contentLanguage: optional(z.string()),
  customTime: optional(z.string()),
  metadata: optional(z.record(z.string(), z.string())),
  storageClass: optional(z.enum(["STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE"])),
  temporaryHold: optional(z.boolean()),
  eventBasedHold: optional(z.boolean()),
};
const settableSchema = z.strictObject(settableFields);
export type ObjectFields = z.infer<typeof settableSchema>;

/** One generation of an object: the JSON file beside its body. */
export const objectRecordSchema = z.strictObject({
  ...settableFields,
  storageClass: z.enum(["STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE"]),
  bucket: z.string(),
  name: z.string(),
  /** Microseconds since 1970, made unique. */
  generation: z.number().int(),
  metageneration: z.number().int(),
  /** Bytes. */
  size: z.number().int(),
  crc32c: z.string(),
  /** Composed objects have none. */
  md5Hash: optional(z.string()),
  componentCount: optional(z.number().int()),
  kmsKeyName: optional(z.string()),
  /** Of an object with a customer-supplied key. */
  customerEncryption: optional(
    z.strictObject({ encryptionAlgorithm: z.literal("AES256"), keySha256: z.string() }),
  ),
  timeCreated: z.string(),
  updated: z.string(),
  timeStorageClassUpdated: z.string(),
  /** When it ceased to be live; absent on the live generation. */
  timeDeleted: optional(z.string()),
});
export type ObjectRecord = z.infer<typeof objectRecordSchema>;

const HASHES = ["md5Hash", "crc32c"] as const;
/** What clients echo back and Google ignores. */
const OUTPUT_ONLY = new Set(
  "kind id selfLink mediaLink name bucket generation metageneration size etag owner timeCreated updated timeFinalized timeDeleted timeStorageClassUpdated componentCount kmsKeyName customerEncryption retentionExpirationTime softDeleteTime hardDeleteTime contentLength".split(
    " ",
  ),
);

export interface ObjectBody {
  readonly fields: ObjectFields;
  /** Named for removal by a patch. */
  readonly removed: ReadonlySet<string>;
  /** Metadata entries named for removal by a patch. */
  readonly removedMetadata: ReadonlySet<string>;
  readonly name?: string;
  readonly md5Hash?: string;
  readonly crc32c?: string;
}

/**
 * Reads an object resource sent by a client; `null` removes.
 *
 * @throws one error that names every field that is wrong
 */
export function parseObjectBody(body: unknown): ObjectBody {
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw invalid("Parse Error");
  const given = new Map(Object.entries(body as Record<string, unknown>));
  for (const key of ["acl", "retention", "contexts"]) {
    if (given.get(key) !== undefined) throw notModelled(`The object field ${key}`);
  }
  const text = (key: string): string | undefined => {
    const value = given.get(key);
    return typeof value === "string" ? value : undefined;
  };
  const metadata = given.get("metadata");
  const removedMetadata = new Set<string>();
  if (typeof metadata === "object" && metadata !== null) {
    const entries = Object.entries(metadata);
    for (const [key, value] of entries) if (value === null) removedMetadata.add(key);
    given.set("metadata", Object.fromEntries(entries.filter(([, value]) => value !== null)));
  }
  const removed = new Set([...given].filter(([, value]) => value === null).map(([key]) => key));
  const fields = settableSchema.safeParse(
    Object.fromEntries(
      [...given].filter(
        ([key, value]) =>
          value !== null &&
          value !== undefined &&
          !OUTPUT_ONLY.has(key) &&
          !HASHES.some((hash) => hash === key),
      ),
    ),
  );
  if (!fields.success) {
    throw invalid(fields.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; "));
  }
  const [name, md5Hash, crc32c] = [text("name"), text("md5Hash"), text("crc32c")];
  return {
    fields: fields.data,
    removed,
    removedMetadata,
    ...(name !== undefined && { name }),
    ...(md5Hash !== undefined && { md5Hash }),
    ...(crc32c !== undefined && { crc32c }),
  };
}

/** The fields after a patch; a full update starts from no fields at all. */
export function patched(before: ObjectFields, body: ObjectBody): ObjectFields {
  const metadata = { ...before.metadata, ...body.fields.metadata };
  for (const key of body.removedMetadata) Reflect.deleteProperty(metadata, key);
  const merged: ObjectFields = { ...before, ...body.fields, metadata };
  if (Object.keys(metadata).length === 0) delete merged.metadata;
  for (const key of body.removed) Reflect.deleteProperty(merged, key);
  return merged;
}

/** Only what a writer may set, e.g. to copy it to another object. */
export function settableOf(record: ObjectRecord): ObjectFields {
  const names = new Set(Object.keys(settableFields));
  return settableSchema.parse(Object.fromEntries(Object.entries(record).filter(([key]) => names.has(key))));
}

import type { BucketRecord } from "../bucket-schema.ts";
import { hmacKeyEtag, type HmacKey } from "../hmac-keys.ts";
import type { ObjectRecord } from "../object-schema.ts";
import { without } from "../records.ts";
import type { StoreOptions } from "../types.ts";

/** Records in the shapes of https://docs.cloud.google.com/storage/docs/json_api/v1. `base` is the listener's URL. */
export function bucketResource(record: BucketRecord, options: StoreOptions, base: string): object {
  return {
    kind: "storage#bucket",
    selfLink: `${base}/storage/v1/b/${record.name}`,
    id: record.name,
    name: record.name,
    projectNumber: options.projectNumber,
    generation: String(record.generation),
    metageneration: String(record.metageneration),
    etag: etagOf([[1, record.metageneration]]),
    timeCreated: record.timeCreated,
    updated: record.updated,
    locationType: record.locationType,
    ...record.settings,
  };
}

/** @param withKey whether the request brought the object's customer-supplied key, which its hashes are encrypted with */
export function objectResource(
  record: ObjectRecord,
  base: string,
  retentionSeconds?: string,
  withKey = false,
): object {
  const hidden = record.customerEncryption !== undefined && !withKey;
  const { bucket, name, generation, metageneration, size, ...rest } = hidden
    ? without(record, "crc32c", "md5Hash")
    : record;
  const self = `/storage/v1/b/${bucket}/o/${encodeURIComponent(name)}`;
  return {
    kind: "storage#object",
    id: `${bucket}/${name}/${generation}`,
    selfLink: `${base}${self}`,
    mediaLink: `${base}/download${self}?generation=${generation}&alt=media`,
    name,
    bucket,
    generation: String(generation),
    metageneration: String(metageneration),
    size: String(size),
    etag: objectEtag(record),
    timeFinalized: record.timeCreated,
    ...rest,
    ...(retentionSeconds !== undefined && {
      retentionExpirationTime: new Date(
        Date.parse(record.timeCreated) + Number(retentionSeconds) * 1000,
      ).toISOString(),
    }),
  };
}

export function hmacKeyResource(key: HmacKey, options: StoreOptions, base: string): object {
  return {
    kind: "storage#hmacKeyMetadata",
    id: `${options.projectId}/${key.accessId}`,
    selfLink: `${base}/storage/v1/projects/${options.projectId}/hmacKeys/${key.accessId}`,
    projectId: options.projectId,
    etag: hmacKeyEtag(key),
    ...without(key, "secret"),
  };
}

/** The JSON API's ETag. The XML API shows the MD5 instead, where there is one. */
export function objectEtag(record: ObjectRecord): string {
  return etagOf([
    [1, record.generation],
    [2, record.metageneration],
  ]);
}

/** Google's ETags are protobuf varint fields in Base64, e.g. `CKicn4fknd8CEAE=`. */
function etagOf(fields: readonly (readonly [field: number, value: number])[]): string {
  const bytes: number[] = [];
  for (const [field, value] of fields) {
    bytes.push(field << 3);
    let rest = BigInt(value);
    for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
    bytes.push(Number(rest));
  }
  return Buffer.from(bytes).toString("base64");
}

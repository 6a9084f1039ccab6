import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { type Endpoint, signOperation } from "../../signing/index.ts";
import type { AwsCredentials } from "../../stores/index.ts";
import { storeError } from "../../transfer/index.ts";
import { writerMetadata } from "../attempt-place.ts";
import type { FoundObject, MediaStore, UnfinishedUpload } from "../ports.ts";
import { Problem } from "../problem.ts";

/** Credentials that last at least so many seconds; those of an access key last for ever. */
export type S3Credentials = (
  leastSeconds: number,
) => Promise<Omit<AwsCredentials, "sessionToken" | "expiresAt"> & Partial<AwsCredentials>>;

export interface S3StoreOptions {
  readonly kind: "s3" | "r2";
  readonly bucket: string;
  /** `auto` at R2. */
  readonly region: string;
  readonly endpoint: Endpoint;
  readonly credentials: S3Credentials;
  readonly ttlSeconds: number;
  readonly now: () => Date;
}

const statusOf = (error: unknown): number | undefined =>
  error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;

/**
 * Whether the store has permanently refused the parts of a completion, unlike transient errors such as an expired
 * credential.
 */
function refusesParts(error: unknown): error is S3ServiceException {
  if (!(error instanceof S3ServiceException) || statusOf(error) !== 400) return false;
  const { retry, code } = storeError("s3", 400, error.name);
  return retry === "never" && code === "refused";
}

/** Objects looked up concurrently if a list does not contain enough. */
const headsAtOnce = 32;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html */
const customerKey = (key: Uint8Array | undefined) =>
  key === undefined
    ? {}
    : { SSECustomerAlgorithm: "AES256", SSECustomerKey: Buffer.from(key).toString("base64") };

/** A bucket of Amazon S3 or Cloudflare R2: looked at by the AWS SDK, and signed for as any other. */
export function s3Store(options: S3StoreOptions): MediaStore {
  const { kind, bucket: Bucket, region, endpoint, credentials, ttlSeconds, now } = options;
  const client = new S3Client({
    region,
    endpoint: endpoint.url,
    forcePathStyle: endpoint.style === "path",
    credentials: async () => {
      const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = await credentials(60);
      return {
        accessKeyId,
        secretAccessKey,
        ...(sessionToken !== undefined && { sessionToken }),
        ...(expiresAt !== undefined && { expiration: expiresAt }),
      };
    },
    maxAttempts: 4,
  });

  const look = async (
    Key: string,
    key: Uint8Array | undefined,
  ): Promise<{ readonly object: FoundObject; readonly etag: string } | undefined> => {
    try {
      const found = await client.send(new HeadObjectCommand({ Bucket, Key, ...customerKey(key) }));
      const etag = found.ETag ?? "";
      const writer = found.Metadata?.[writerMetadata];
      const object = {
        name: Key,
        size: found.ContentLength ?? 0,
        generation: found.VersionId ?? etag,
        contentType: found.ContentType ?? "application/octet-stream",
        ...(writer !== undefined && { writer }),
      };
      return { object, etag };
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  };
  const head = async (name: string, key: Uint8Array | undefined): Promise<FoundObject | undefined> =>
    (await look(name, key))?.object;
  /**
   * Amazon S3 deletes what still has the ETag. R2 documents no condition for that
   * (https://developers.cloudflare.com/r2/api/s3/conditional-operations/), nor has every other store that speaks S3 one:
   * there the look just before is all there is.
   *
   * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html
   */
  const deleted = async (Key: string, etag: string): Promise<boolean> => {
    try {
      const IfMatch = kind === "s3" ? etag : undefined;
      await client.send(new DeleteObjectCommand({ Bucket, Key, IfMatch }));
      return true;
    } catch (error) {
      if (statusOf(error) === 404 || statusOf(error) === 412) return false;
      if (kind !== "s3" || statusOf(error) !== 501) throw error;
      await client.send(new DeleteObjectCommand({ Bucket, Key }));
      return true;
    }
  };
  const listed = async (Prefix: string): Promise<FoundObject[]> => {
    const found: FoundObject[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken }));
      for (const { Key: name, Size: size = 0, ETag: generation = "" } of page.Contents ?? [])
        if (name !== undefined)
          found.push({ name, size, generation, contentType: "application/octet-stream" });
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    return found;
  };
  /** If HEAD is refused without the customer's key, the list is enough: clean-up needs no more. */
  const lookedAt = async (
    one: FoundObject,
    key: Uint8Array | undefined,
  ): Promise<FoundObject | undefined> => {
    try {
      return await head(one.name, key);
    } catch (error) {
      if (key === undefined && statusOf(error) === 400) return one;
      throw error;
    }
  };

  return {
    objects: {
      exists: async (name, key) => (await head(name, key)) !== undefined,
      async list(prefix, key) {
        const all = await listed(prefix);
        const found: FoundObject[] = [];
        for (let start = 0; start < all.length; start += headsAtOnce) {
          const heads = await Promise.all(
            all.slice(start, start + headsAtOnce).map((one) => lookedAt(one, key)),
          );
          found.push(...heads.filter((one) => one !== undefined));
        }
        return found;
      },
      async remove({ name, generation }, key) {
        const found = await look(name, key);
        return found?.object.generation === generation && deleted(name, found.etag);
      },
      multipart: {
        async start(Key, ContentType, key, Metadata) {
          const { UploadId } = await client.send(
            new CreateMultipartUploadCommand({ Bucket, Key, ContentType, Metadata, ...customerKey(key) }),
          );
          if (UploadId === undefined) throw new Error(`${kind} started an upload without a name`);
          return UploadId;
        },
        async complete(Key, UploadId, parts) {
          const Parts = parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag }));
          try {
            await client.send(
              new CompleteMultipartUploadCommand({
                ...{ Bucket, Key, UploadId, MultipartUpload: { Parts } },
                // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
                IfNoneMatch: "*",
              }),
            );
            return true;
          } catch (error) {
            if (statusOf(error) === 404 || statusOf(error) === 412) return false;
            if (statusOf(error) === 409)
              throw new Problem(
                503,
                "upstream-unavailable",
                "The store is writing an object of that name; try again.",
              );
            if (refusesParts(error))
              throw new Problem(400, "parts-refused", `The store does not take the parts: ${error.name}.`);
            throw error;
          }
        },
        async abort(Key, UploadId) {
          try {
            await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
          } catch (error) {
            if (statusOf(error) !== 404) throw error;
          }
        },
        async unfinished(Prefix) {
          const found: UnfinishedUpload[] = [];
          let KeyMarker: string | undefined;
          let UploadIdMarker: string | undefined;
          do {
            const page = await client.send(
              new ListMultipartUploadsCommand({ Bucket, Prefix, KeyMarker, UploadIdMarker }),
            );
            for (const { Key, UploadId } of page.Uploads ?? [])
              if (Key !== undefined && UploadId !== undefined)
                found.push({ object: Key, uploadId: UploadId });
            [KeyMarker, UploadIdMarker] = page.IsTruncated
              ? [page.NextKeyMarker, page.NextUploadIdMarker]
              : [undefined, undefined];
          } while (KeyMarker !== undefined);
          return found;
        },
      },
    },
    async sign(operation) {
      const { accessKeyId, secretAccessKey, sessionToken } = await credentials(ttlSeconds);
      return signOperation(
        {
          kind: "hmac",
          scheme: "AWS4",
          accessId: accessKeyId,
          secret: secretAccessKey,
          region,
          sessionToken,
        },
        { store: kind, bucket: Bucket, endpoint, ttlSeconds, at: now() },
        operation,
      );
    },
  };
}

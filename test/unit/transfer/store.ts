import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SignedRequest } from "../../../services/protocol/index.ts";
import { signOperation } from "../../../services/signing/index.ts";
import type { HmacKey, Operation } from "../../../services/signing/index.ts";
import { upload } from "../../../services/transfer/index.ts";
import type { TransferOptions } from "../../../services/transfer/index.ts";
import { ADMIN, createWorld, PROJECT, SIGNER } from "../gcs/world.ts";
import type { World } from "../gcs/world.ts";

export const bucket = "media";

/** The sandbox's store with a signer of GOOG4-HMAC, a coordinator's part of multipart uploads, and a file to send. */
export interface TestStore {
  readonly world: World;
  readonly folder: string;
  /** Name of a file with `content`. */
  readonly source: string;
  readonly content: Buffer;
  sign(operation: Operation, ttlSeconds?: number): Promise<SignedRequest>;
  /** Starts a multipart upload as the coordinator does, with a token of its own. */
  initiate(object: string): Promise<string>;
  /** The status of the completion. */
  complete(
    object: string,
    uploadId: string,
    parts: readonly { number: number; etag: string }[],
  ): Promise<number>;
  close(): Promise<void>;
}

/** Waits of milliseconds: what is tested is what is tried again, not how long one waits. */
export const hasty: TransferOptions = {
  retry: { initialDelayMs: 1, longestDelayMs: 4 },
  idleMs: 400,
};

/** @param bytes of the file to send */
export async function createTestStore(bytes: number): Promise<TestStore> {
  const world = await createWorld();
  world.grants.add(`serviceAccount:${SIGNER} storage.multipartUploads.`);
  const folder = await mkdtemp(join(tmpdir(), "transfer-"));
  const source = join(folder, "source");
  const content = randomBytes(bytes);
  await writeFile(source, content);
  await world.client().createBucket(bucket);
  const { body } = await world.json("POST", `/projects/${PROJECT}/hmacKeys?serviceAccountEmail=${SIGNER}`);
  const { accessId } = body["metadata"] as { accessId: string };
  const key: HmacKey = { kind: "hmac", scheme: "GOOG4", accessId, secret: String(body["secret"]) };
  // A new HMAC key works within a minute.
  world.clock.shiftSeconds = 61;
  const path = (object: string, query: string): string => `/${bucket}/${object}?${query}`;
  return {
    ...{ world, folder, source, content },
    sign: (operation, ttlSeconds = 900) =>
      signOperation(
        key,
        {
          store: "gcs",
          bucket,
          ttlSeconds,
          at: world.clock.now(),
          endpoint: { url: world.url, style: "path" },
        },
        operation,
      ),
    initiate: async (object) => {
      const answer = await world.fetch(path(object, "uploads"), { as: ADMIN, method: "POST" });
      return /<UploadId>([^<]+)</.exec(await answer.text())?.[1] ?? "";
    },
    complete: async (object, uploadId, parts) => {
      const list = parts.map(
        ({ number, etag }) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`,
      );
      const answer = await world.fetch(path(object, `uploadId=${uploadId}`), {
        ...{ as: ADMIN, method: "POST" },
        body: `<CompleteMultipartUpload>${list.join("")}</CompleteMultipartUpload>`,
      });
      await answer.body?.cancel();
      return answer.status;
    },
    close: async () => {
      await world.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** One part of 5 MiB and a short one: the least that is a multipart upload. */
const twoParts = 6 * 2 ** 20 + 1;

/** A store that holds the file to send under the name `there`. */
export async function createFilledStore(bytes = twoParts): Promise<TestStore> {
  const store = await createTestStore(bytes);
  await upload(await store.sign({ do: "upload", object: "there" }), store.source);
  return store;
}

import { createHash } from "node:crypto";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { crc32c, encodeCrc32c } from "../../../services/transfer/index.ts";
import { createWorld, SIGNER, type World } from "./world.ts";

let world: World;
let s3: S3Client;
const Bucket = "multipart";
const mebibyte = 1 << 20;

beforeAll(async () => {
  world = await createWorld();
  world.grants.add(`serviceAccount:${SIGNER} storage.multipartUploads.`);
  await world.client().createBucket(Bucket);
  const [key, secret] = await world.client().createHmacKey(SIGNER);
  s3 = new S3Client({
    endpoint: world.url,
    region: "auto",
    forcePathStyle: true,
    credentials: { accessKeyId: key.metadata.accessId ?? "", secretAccessKey: secret },
    maxAttempts: 1,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
});
afterAll(async () => {
  s3.destroy();
  await world.close();
});

const start = async (Key: string): Promise<{ Bucket: string; Key: string; UploadId: string }> => {
  const { UploadId = "" } = await s3.send(
    new CreateMultipartUploadCommand({ Bucket, Key, ContentType: "video/mp4" }),
  );
  return { Bucket, Key, UploadId };
};
const send = async (
  upload: { Bucket: string; Key: string; UploadId: string },
  PartNumber: number,
  Body: Buffer,
) => {
  const { ETag = "" } = await s3.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
  return { PartNumber, ETag };
};
const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "no refusal",
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  );

describe("a multipart upload by the AWS SDK", () => {
  test("makes one object of its parts, in the order of their numbers", async () => {
    const upload = await start("movie.mp4");
    const [first, second] = [Buffer.alloc(5 * mebibyte, 1), Buffer.from("the end")];
    const two = await send(upload, 2, second);
    const one = await send(upload, 1, first);
    await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: [one, two] } }));
    const whole = Buffer.concat([first, second]);
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: "movie.mp4" }));
    expect(got.ContentType).toBe("video/mp4");
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(whole)).toBe(true);
    const { body } = await world.json("GET", `/b/${Bucket}/o/movie.mp4`);
    expect([body["crc32c"], body["md5Hash"]]).toEqual([encodeCrc32c(crc32c(whole)), undefined]);
  });

  test("lists its parts, of which the newest of a number counts", async () => {
    const upload = await start("parts");
    await send(upload, 3, Buffer.from("old"));
    const three = await send(upload, 3, Buffer.from("newer"));
    await send(upload, 1, Buffer.from("x"));
    const { Parts } = await s3.send(new ListPartsCommand(upload));
    expect(Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      [1, 1],
      [3, 5],
    ]);
    expect(Parts?.[1]?.ETag).toBe(three.ETag);
    expect(three.ETag).toBe(`"${createHash("md5").update("newer").digest("hex")}"`);
  });

  test("lists parts page by page", async () => {
    const upload = await start("pages");
    for (const number of [1, 2, 3]) await send(upload, number, Buffer.from("x"));
    const page = await s3.send(new ListPartsCommand({ ...upload, MaxParts: 2 }));
    expect([page.IsTruncated, page.NextPartNumberMarker]).toEqual([true, "2"]);
    const rest = await s3.send(new ListPartsCommand({ ...upload, PartNumberMarker: "2" }));
    expect(rest.Parts?.map(({ PartNumber }) => PartNumber)).toEqual([3]);
  });

  test("is forgotten with its parts when aborted", async () => {
    const upload = await start("aborted");
    await send(upload, 1, Buffer.from("x"));
    await s3.send(new AbortMultipartUploadCommand(upload));
    expect(await refusal(send(upload, 2, Buffer.from("y")))).toBe("NoSuchUpload");
    const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: "aborted" }));
    expect(Uploads).toEqual([]);
  });

  test("overwrites silently, for preconditions are not supported", async () => {
    await world.client().bucket(Bucket).file("there").save("before", { resumable: false });
    const upload = await start("there");
    const part = await send(upload, 1, Buffer.from("after"));
    const command = new CompleteMultipartUploadCommand({
      ...upload,
      MultipartUpload: { Parts: [part] },
      IfNoneMatch: "*",
    });
    await s3.send(command);
    const [content] = await world.client().bucket(Bucket).file("there").download();
    expect(content.toString()).toBe("after");
  });

  test("can be completed once", async () => {
    const upload = await start("once");
    const part = await send(upload, 1, Buffer.from("x"));
    const complete = () =>
      s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: [part] } }));
    await complete();
    expect(await refusal(complete())).toBe("NoSuchUpload");
  });

  describe("is refused, and stays open,", () => {
    const small = Buffer.from("small");
    test.each([
      ["for a part that was not uploaded", [{ PartNumber: 9, ETag: '"x"' }], "InvalidPart"],
      ["for another ETag", [{ PartNumber: 1, ETag: '"x"' }], "InvalidPart"],
      ["for descending numbers", "descending", "InvalidPartOrder"],
      ["for a small part before the last", "small", "EntityTooSmall"],
    ])("%s", async (what, given, expected) => {
      const upload = await start(`refused ${what}`);
      const one = await send(upload, 1, small);
      const two = await send(upload, 2, small);
      const Parts =
        given === "descending" ? [two, one] : given === "small" ? [one, two] : (given as (typeof one)[]);
      const work = s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
      expect(await refusal(work)).toBe(expected);
      expect((await s3.send(new ListPartsCommand(upload))).Parts).toHaveLength(2);
    });

    test("for a part with a wrong MD5", async () => {
      const upload = await start("damaged");
      const command = new UploadPartCommand({
        ...{ ...upload, PartNumber: 1, Body: "x" },
        ContentMD5: createHash("md5").update("y").digest("base64"),
      });
      expect(await refusal(s3.send(command))).toBe("BadDigest");
      expect((await s3.send(new ListPartsCommand(upload))).Parts ?? []).toEqual([]);
    });

    test("for part 10001", async () => {
      expect(await refusal(send(await start("many"), 10_001, small))).toBe("InvalidArgument");
    });

    test("for another object's id", async () => {
      const { UploadId } = await start("mine");
      expect(await refusal(send({ Bucket, Key: "yours", UploadId }, 1, small))).toBe("NoSuchUpload");
    });
  });
});

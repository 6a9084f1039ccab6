/**
 * How fast a URL is signed with an HMAC key: against minio-js, against @aws-sdk/s3-request-presigner, and against the
 * bare hashing of the same bytes. Exits with 1 where a target is missed.
 *
 *     npm run bench -- signing --rounds N
 */
import { createHash, createHmac } from "node:crypto";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { Client } from "minio";
import { draftUrl, signerOf, signUrlNow } from "../../services/signing/index.ts";
import type { HmacKey, UrlToSign } from "../../services/signing/index.ts";
import { holds, lineOf, measure, ratio, repeated, repeatedAsync, type Verdict } from "./rounds.ts";
import { medianOf } from "./summary.ts";

const rounds = Number(process.argv[2] ?? 9);
const sliceSeconds = Number(process.env["BENCH_SLICE_SECONDS"] ?? 0.3);
const credentials = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
const key: HmacKey = {
  kind: "hmac",
  scheme: "AWS4",
  accessId: credentials.accessKeyId,
  secret: credentials.secretAccessKey,
  region: "us-east-1",
};
const bucket = "media-bucket";
const objectOf = (index: number): string =>
  `jobs/job-000123/1/hls/720p/segment-${String(index % 100_000).padStart(5, "0")}.m4s`;
const requestOf = (index: number): UrlToSign => ({
  method: "GET",
  bucket,
  object: objectOf(index),
  ttlSeconds: 900,
  at: new Date(),
  endpoint: { url: "https://s3.us-east-1.amazonaws.com", style: "path" },
});
/** What a coordinator signs for a worker's output: every header counts. */
const outputOf = (index: number): UrlToSign => ({
  ...requestOf(index),
  method: "PUT",
  headers: {
    "content-length": String(1_000_000 + index),
    "content-type": "video/iso.segment",
    "x-amz-meta-job": "job-000123",
    "x-amz-meta-attempt": "1",
  },
});

// The bytes that are hashed for one URL: the canonical request, and then the string to sign.
const { canonicalRequest, stringToSign } = draftUrl(signerOf(key), requestOf(0));
const derived = createHash("sha256").update("any 32 bytes").digest();

const minio = new Client({
  endPoint: "s3.us-east-1.amazonaws.com",
  region: "us-east-1",
  accessKey: credentials.accessKeyId,
  secretKey: credentials.secretAccessKey,
});
const s3 = new S3Client({ region: "us-east-1", credentials, forcePathStyle: true });

const names = {
  ours: "signUrl of a GET",
  output: "signUrl of a PUT with 4 headers",
  hashing: "createHash + createHmac",
  minio: "minio-js presignedGetObject",
  aws: "@aws-sdk/s3-request-presigner",
} as const;
const rates = await measure(
  {
    [names.ours]: repeated((index) => signUrlNow(key, requestOf(index))),
    [names.output]: repeated((index) => signUrlNow(key, outputOf(index))),
    [names.hashing]: repeated(() => {
      createHash("sha256").update(canonicalRequest).digest("hex");
      createHmac("sha256", derived).update(stringToSign).digest("hex");
    }),
    [names.minio]: repeatedAsync((index) => minio.presignedGetObject(bucket, objectOf(index), 900)),
    [names.aws]: repeatedAsync((index) =>
      getSignedUrl(s3, new GetObjectCommand({ Bucket: bucket, Key: objectOf(index) }), { expiresIn: 900 }),
    ),
  },
  { rounds, sliceSeconds },
);
s3.destroy();

for (const [name, values] of Object.entries(rates))
  console.log(
    `${name.padEnd(34)} ${Math.round(medianOf(values)).toLocaleString("en-US").padStart(9)} a second`,
  );
const verdicts: Verdict[] = [
  {
    what: `${names.ours} / ${names.minio}`,
    ratio: ratio(rates, names.ours, names.minio),
    target: 10,
    bound: "at least",
  },
  {
    what: `${names.ours} / ${names.aws}`,
    ratio: ratio(rates, names.ours, names.aws),
    target: 100,
    bound: "at least",
  },
  {
    what: `${names.ours} / ${names.hashing}`,
    ratio: ratio(rates, names.ours, names.hashing),
    target: 1,
    bound: "at least",
  },
];
console.log(`\n${verdicts.map(lineOf).join("\n")}`);
process.exitCode = verdicts.every(holds) ? 0 : 1;

import type { SignedRequest } from "../protocol/index.ts";
import { type Endpoint, signUrl } from "../signing/index.ts";
import type { AwsCredentialsSource } from "./aws-web-identity.ts";

/** Signs a download of one object of the bucket. */
export type SignDownload = (object: string) => Promise<SignedRequest>;

/**
 * Where a bucket's requests go. A bucket with dots in its name has no certificate of its own host, so it is named in
 * the path.
 *
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
export const s3Endpoint = (bucket: string, region: string): Endpoint => ({
  url: `https://s3.${region}.amazonaws.com`,
  style: bucket.includes(".") ? "path" : "virtual-hosted",
});

/** Signed downloads from a bucket of S3, with credentials that outlive each of them. */
export const s3Downloads =
  (options: {
    bucket: string;
    /** Region of the bucket. */
    region: string;
    credentials: AwsCredentialsSource;
    /** Validity of a URL. */
    ttlSeconds: number;
    now: () => Date;
    /** @default S3 in the region */
    endpoint?: Endpoint;
  }): SignDownload =>
  async (object) => {
    const { bucket, region, ttlSeconds } = options;
    const { accessKeyId, secretAccessKey, sessionToken } = await options.credentials(ttlSeconds);
    return signUrl(
      { kind: "hmac", scheme: "AWS4", accessId: accessKeyId, secret: secretAccessKey, region, sessionToken },
      {
        method: "GET",
        bucket,
        object,
        ttlSeconds,
        at: options.now(),
        endpoint: options.endpoint ?? s3Endpoint(bucket, region),
      },
    );
  };

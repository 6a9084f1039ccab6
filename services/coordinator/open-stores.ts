import { awsCredentials, s3Endpoint, serviceAccountIdToken } from "../stores/index.ts";
import type { Config } from "./config.ts";
import type { Keys } from "./signing/keys.ts";
import type { MediaStore } from "./ports.ts";
import { s3Store, type S3Credentials } from "./stores/s3-store.ts";
import type { ReadSecret } from "./signing/secrets.ts";
import { endpointFor, parseAccessKey, signerFor } from "./signing/signer.ts";
import { objectsIn, openBucket } from "./stores/storage.ts";
import type { S3Access } from "./stores/store-config.ts";

/** The buckets besides the one with the job records, by `gs://BUCKET/`, `s3://BUCKET/` or `r2://BUCKET/`. */
export async function openStores(
  config: Config,
  keys: Pick<Keys, "read" | "write">,
  readSecret: ReadSecret,
  now: () => Date,
): Promise<ReadonlyMap<string, MediaStore>> {
  const { gcsBuckets, s3, r2 } = config.stores;
  const { urlTtlSeconds: ttlSeconds } = config;
  const stores = new Map<string, MediaStore>();
  for (const bucket of gcsBuckets)
    stores.set(`gs://${bucket}/`, {
      objects: objectsIn(openBucket({ ...config, bucket, isEmulated: config.storageEmulator !== undefined })),
      sign: signerFor({
        key: keys.write,
        readKey: keys.read,
        endpoint: endpointFor(config.storageEmulator),
        ...{ bucket, ttlSeconds, now },
      }),
    });
  if (s3 !== undefined) {
    const byKey = s3.access.kind === "key" ? await keyCredentials(readSecret, s3.access.secret) : undefined;
    for (const { bucket, region } of s3.buckets)
      stores.set(
        `s3://${bucket}/`,
        s3Store({
          kind: "s3",
          endpoint:
            s3.endpoint === undefined ? s3Endpoint(bucket, region) : { url: s3.endpoint, style: "path" },
          credentials: byKey ?? roleCredentials(s3.access, region, config.region, ttlSeconds, now),
          ...{ bucket, region, ttlSeconds, now },
        }),
      );
  }
  if (r2 !== undefined) {
    const credentials = await keyCredentials(readSecret, r2.keySecret);
    for (const bucket of r2.buckets)
      stores.set(
        `r2://${bucket}/`,
        s3Store({
          kind: "r2",
          region: "auto",
          endpoint: { url: r2.endpoint, style: "path" },
          ...{ bucket, credentials, ttlSeconds, now },
        }),
      );
  }
  return stores;
}

async function keyCredentials(readSecret: ReadSecret, secret: string): Promise<S3Credentials> {
  const { accessId, secret: secretAccessKey } = parseAccessKey(await readSecret(secret));
  return () => Promise.resolve({ accessKeyId: accessId, secretAccessKey });
}

/** Shortest and longest session that STS gives. */
const session = { least: 3600, most: 43_200 };

function roleCredentials(
  access: S3Access,
  region: string,
  from: string,
  ttlSeconds: number,
  now: () => Date,
): S3Credentials {
  if (access.kind !== "role") throw new Error("an access key needs no role");
  return awsCredentials({
    roleArn: access.roleArn,
    region,
    sessionName: `mpegflow-${from}`,
    idToken: serviceAccountIdToken({ serviceAccount: access.serviceAccount, audience: access.audience }),
    durationSeconds: Math.min(session.most, Math.max(session.least, ttlSeconds + 120)),
    now,
  });
}

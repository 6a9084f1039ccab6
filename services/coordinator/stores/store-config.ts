import { z } from "zod";

const matching = (pattern: RegExp, allowed: string) => z.string(allowed).regex(pattern, allowed);
const bucket = "[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]";
const region = "[a-z0-9-]{2,40}";
const listOf = (item: string, allowed: string) =>
  matching(new RegExp(`^${item}(?:,${item})*$`), allowed)
    .transform((text) => [...new Set(text.split(","))])
    .default([]);
const secretVersion = matching(
  /^projects\/[^/\s]+\/secrets\/[A-Za-z0-9_-]{1,255}\/versions\/(?:latest|\d+)$/,
  'projects/PROJECT/secrets/SECRET/versions/latest of a secret like {"accessId": "…", "secret": "…"}',
).optional();
const origin = matching(/^https?:\/\/[^/\s?#]+$/, "scheme://host[:port] without a path").optional();

/** Variables of the stores besides the bucket with the job records. */
export const storeVariables = {
  MPEGFLOW_GCS_BUCKETS: listOf(bucket, "names of buckets without gs://, several joined by commas"),
  MPEGFLOW_S3_BUCKETS: listOf(`${bucket}=${region}`, "BUCKET=REGION, several joined by commas"),
  MPEGFLOW_S3_KEY_SECRET: secretVersion,
  MPEGFLOW_S3_ROLE_ARN: matching(
    /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/,
    "arn:aws:iam::ACCOUNT:role/NAME",
  ).optional(),
  MPEGFLOW_S3_SERVICE_ACCOUNT: matching(
    /^[a-z0-9][a-z0-9-]{0,62}@[a-z0-9.-]+\.gserviceaccount\.com$/,
    "the e-mail address of the service account that the role trusts",
  ).optional(),
  MPEGFLOW_S3_TOKEN_AUDIENCE: z.string().min(1, "the audience that the role trusts").optional(),
  MPEGFLOW_S3_ENDPOINT: origin,
  MPEGFLOW_R2_BUCKETS: listOf(bucket, "names of buckets, several joined by commas"),
  MPEGFLOW_R2_ACCOUNT_ID: matching(/^[0-9a-f]{32}$/, "the account's 32 hexadecimal digits").optional(),
  MPEGFLOW_R2_KEY_SECRET: secretVersion,
  MPEGFLOW_R2_ENDPOINT: origin,
  MPEGFLOW_ENCRYPTION_KEY_SECRETS: listOf(
    "projects/[^/,\\s]+/secrets/[A-Za-z0-9_-]{1,255}",
    "projects/PROJECT/secrets/SECRET, several joined by commas",
  ),
} as const;

export type S3Access =
  /** An access key in Secret Manager: `{"accessId", "secret"}`. */
  | { readonly kind: "key"; readonly secret: string }
  /** A role of AWS that trusts a Google service account: no stored key. */
  | {
      readonly kind: "role";
      readonly roleArn: string;
      readonly serviceAccount: string;
      readonly audience: string;
    };

export interface StoreConfig {
  readonly gcsBuckets: readonly string[];
  readonly s3:
    | {
        readonly buckets: readonly { readonly bucket: string; readonly region: string }[];
        readonly access: S3Access;
        readonly endpoint: string | undefined;
      }
    | undefined;
  readonly r2:
    | { readonly buckets: readonly string[]; readonly keySecret: string; readonly endpoint: string }
    | undefined;
}

type Given = Readonly<Record<string, string | undefined>>;
const roleVariables = [
  "MPEGFLOW_S3_ROLE_ARN",
  "MPEGFLOW_S3_SERVICE_ACCOUNT",
  "MPEGFLOW_S3_TOKEN_AUDIENCE",
] as const;

/** Problems of variables that are right one by one. */
export function storeProblems(given: Given): string[] {
  const problems: string[] = [];
  const missing = (name: string, why: string): void => {
    if (given[name] === undefined) problems.push(`${name} is not set; set it, because ${why}`);
  };
  if (given["MPEGFLOW_S3_BUCKETS"] !== undefined) {
    const byRole = roleVariables.filter((name) => given[name] !== undefined);
    if (byRole.length === 0) missing("MPEGFLOW_S3_KEY_SECRET", "MPEGFLOW_S3_BUCKETS is, and no role");
    else if (given["MPEGFLOW_S3_KEY_SECRET"] !== undefined)
      problems.push(`${byRole.join(", ")}: unset it, or MPEGFLOW_S3_KEY_SECRET; one of the two is used`);
    else for (const name of roleVariables) missing(name, `${byRole.join(", ")} is`);
  }
  if (given["MPEGFLOW_R2_BUCKETS"] !== undefined) {
    missing("MPEGFLOW_R2_KEY_SECRET", "MPEGFLOW_R2_BUCKETS is");
    if (given["MPEGFLOW_R2_ENDPOINT"] === undefined)
      missing("MPEGFLOW_R2_ACCOUNT_ID", "MPEGFLOW_R2_BUCKETS is");
  }
  return problems;
}

/** The stores, of variables without problems. */
export function storeConfig(data: z.output<z.ZodObject<typeof storeVariables>>): StoreConfig {
  const buckets = data.MPEGFLOW_S3_BUCKETS.map((text) => {
    const [name = "", where = ""] = text.split("=");
    return { bucket: name, region: where };
  });
  const access: S3Access =
    data.MPEGFLOW_S3_KEY_SECRET === undefined
      ? {
          kind: "role",
          roleArn: data.MPEGFLOW_S3_ROLE_ARN ?? "",
          serviceAccount: data.MPEGFLOW_S3_SERVICE_ACCOUNT ?? "",
          audience: data.MPEGFLOW_S3_TOKEN_AUDIENCE ?? "",
        }
      : { kind: "key", secret: data.MPEGFLOW_S3_KEY_SECRET };
  return {
    gcsBuckets: data.MPEGFLOW_GCS_BUCKETS,
    s3: buckets.length === 0 ? undefined : { buckets, access, endpoint: data.MPEGFLOW_S3_ENDPOINT },
    r2:
      data.MPEGFLOW_R2_BUCKETS.length === 0
        ? undefined
        : {
            buckets: data.MPEGFLOW_R2_BUCKETS,
            keySecret: data.MPEGFLOW_R2_KEY_SECRET ?? "",
            // https://developers.cloudflare.com/r2/api/s3/api/
            endpoint:
              data.MPEGFLOW_R2_ENDPOINT ??
              `https://${data.MPEGFLOW_R2_ACCOUNT_ID ?? ""}.r2.cloudflarestorage.com`,
          },
  };
}

/** What the stores are called in job requests: `gs://BUCKET/`, `s3://BUCKET/`, `r2://BUCKET/`. */
export const rootsOf = ({ gcsBuckets, s3, r2 }: StoreConfig): string[] => [
  ...gcsBuckets.map((name) => `gs://${name}/`),
  ...(s3?.buckets ?? []).map(({ bucket: name }) => `s3://${name}/`),
  ...(r2?.buckets ?? []).map((name) => `r2://${name}/`),
];

import type { coordinatorEnvironment, CoordinatorVariable, Values } from "../../environment/index.ts";
import type { Given as GivenOf } from "../../environment/read.ts";

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

type Given = GivenOf<CoordinatorVariable>;
const roleVariables = [
  "MPEGFLOW_S3_ROLE_ARN",
  "MPEGFLOW_S3_SERVICE_ACCOUNT",
  "MPEGFLOW_S3_TOKEN_AUDIENCE",
] as const;

/** Problems of combinations of valid variables. */
export function storeProblems(given: Given): string[] {
  const problems: string[] = [];
  const missing = (name: CoordinatorVariable, why: string): void => {
    if (given[name] === undefined) problems.push(`${name} is not set; set it, because ${why}`);
  };
  if (given.MPEGFLOW_S3_BUCKETS !== undefined) {
    const byRole = roleVariables.filter((name) => given[name] !== undefined);
    if (byRole.length === 0) missing("MPEGFLOW_S3_KEY_SECRET", "MPEGFLOW_S3_BUCKETS is, and no role");
    else if (given.MPEGFLOW_S3_KEY_SECRET !== undefined)
      problems.push(`${byRole.join(", ")}: unset it, or MPEGFLOW_S3_KEY_SECRET; one of the two is used`);
    else for (const name of roleVariables) missing(name, `${byRole.join(", ")} is`);
  }
  if (given.MPEGFLOW_R2_BUCKETS !== undefined) {
    missing("MPEGFLOW_R2_KEY_SECRET", "MPEGFLOW_R2_BUCKETS is");
    if (given.MPEGFLOW_R2_ENDPOINT === undefined) missing("MPEGFLOW_R2_ACCOUNT_ID", "MPEGFLOW_R2_BUCKETS is");
  }
  return problems;
}

/** The stores, of variables without problems. */
export function storeConfig(data: Values<typeof coordinatorEnvironment>): StoreConfig {
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

import { shown, type Problem } from "../validation/index.ts";

/**
 * Problems of a bucket's name. S3 takes dots in names, but then no TLS certificate of S3 fits the bucket's host.
 *
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 *
 * @param mayHaveDots for buckets that exist already
 */
export function s3BucketNameProblems(path: string, name: unknown, mayHaveDots: boolean): Problem[] {
  if (typeof name !== "string") return [];
  const because = bucketNameFault(name, mayHaveDots);
  if (because === undefined) return [];
  return [
    {
      path,
      given: shown(name),
      allowed: "3 to 63 lower-case letters, digits and -, first and last a letter or digit",
      because,
      fix: "give the bucket's name alone, without s3:// or an ARN, or choose another name",
    },
  ];
}

function bucketNameFault(name: string, mayHaveDots: boolean): string | undefined {
  if (!/^[a-z0-9.-]*$/.test(name)) return "it has a character that bucket names cannot have.";
  if (name.length < 3 || name.length > 63) return `it is ${name.length} characters long.`;
  if (!/^[a-z0-9].*[a-z0-9]$/.test(name))
    return "it begins or ends with a character other than a letter or digit.";
  if (name.includes(".") && !mayHaveDots) return "S3's certificates do not cover host names with more dots.";
  if (name.includes("..") || /^\d+\.\d+\.\d+\.\d+$/.test(name)) return "S3 takes no such dots.";
  if (/^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name))
    return "AWS reserves its beginning or end.";
  return undefined;
}

/** Problems of a region's name. */
export function awsRegionProblems(path: string, region: string | undefined): Problem[] {
  if (region === undefined || /^[a-z]{2}-[a-z]+-\d$/.test(region)) return [];
  return [
    {
      path,
      given: shown(region),
      allowed: 'a region of AWS such as "eu-central-1"',
      fix: "use the name that the bucket's properties show",
    },
  ];
}

/** Problems of a key's ARN, if it is known. */
export function kmsKeyArnProblems(path: string, arn: unknown): Problem[] {
  if (typeof arn !== "string" || /^arn:aws:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/.test(arn)) return [];
  return [
    {
      path,
      given: shown(arn),
      allowed: "the ARN of a key: arn:aws:kms:REGION:ACCOUNT:key/ID",
      because: "aliases and ids mean another key in another account.",
      fix: "use the ARN that `aws kms describe-key` shows",
    },
  ];
}

/** Problems of object name prefixes for policies, in which * and ? are wildcards. */
export function policyPrefixProblems(path: string, prefixes: readonly string[] | undefined): Problem[] {
  if (prefixes?.length === 0) {
    return [
      {
        path,
        given: "no prefix",
        allowed: "one prefix or more, or no such argument for every object",
        fix: "leave it out to mean every object",
      },
    ];
  }
  return (prefixes ?? []).flatMap((prefix, index): Problem[] => {
    if (prefix !== "" && !/^\/|[*?]|\$\{|\p{Cc}/u.test(prefix)) return [];
    return [
      {
        path: `${path}[${index}]`,
        given: shown(prefix),
        allowed: "the beginning of an object name, without a leading slash and without * ? ${: masters/",
        because:
          prefix === "" ? "an empty prefix would mean every object." : "a policy reads these as patterns.",
        fix: "name the prefix as the objects' names begin",
      },
    ];
  });
}

/**
 * Problems of a Google service account's unique id, if it is known. The e-mail address is not accepted: after deletion
 * it can be assigned to another account.
 */
export function subjectIdProblems(path: string, subjectId: unknown): Problem[] {
  if (typeof subjectId !== "string" || /^\d{15,30}$/.test(subjectId)) return [];
  return [
    {
      path,
      given: shown(subjectId),
      allowed: "the account's unique id, about 21 digits",
      because: "AWS compares the token's subject, which is this number and never the e-mail address.",
      fix: "use `uniqueId` of gcp.serviceaccount.Account, or what `gcloud iam service-accounts describe EMAIL` shows",
    },
  ];
}

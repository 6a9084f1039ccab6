import { shown, type Problem } from "./problem.ts";

/** Names that a service accepts. */
export interface NameRule {
  readonly pattern: RegExp;
  readonly shortest: number;
  readonly longest: number;
  /** Characters and ends, in words. */
  readonly form: string;
  readonly source: string;
}

const DNS = "a-z, 0-9 and -, starting with a letter, not ending with -";

/** Name rules, one row per kind of name. Components check the names that they derive. */
export const NAME_RULES = {
  bucket: {
    pattern: /^(?!goog)(?!.*g[o0]{2}g[l1]e)[a-z0-9][a-z0-9_-]*[a-z0-9]$/,
    shortest: 3,
    longest: 63,
    form: "a-z, 0-9, - and _, first and last a letter or digit, without the name of Google",
    source: "https://docs.cloud.google.com/storage/docs/buckets#naming",
  },
  account: {
    pattern: /^[a-z][a-z0-9-]*[a-z0-9]$/,
    shortest: 6,
    longest: 30,
    form: DNS,
    source: "https://docs.cloud.google.com/iam/docs/service-accounts-create",
  },
  secret: {
    pattern: /^[A-Za-z0-9_-]+$/,
    shortest: 1,
    longest: 255,
    form: "letters, digits, _ and -",
    source: "https://docs.cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets/create",
  },
  messaging: {
    pattern: /^(?!goog)[A-Za-z][A-Za-z0-9._~%+-]*$/,
    shortest: 3,
    longest: 255,
    form: "letters, digits and . _ ~ % + -, starting with a letter, not with goog",
    source: "https://docs.cloud.google.com/pubsub/docs/pubsub-basics#resource_names",
  },
  compute: {
    pattern: /^[a-z](?:[a-z0-9-]*[a-z0-9])?$/,
    shortest: 1,
    longest: 63,
    form: DNS,
    source: "https://docs.cloud.google.com/compute/docs/naming-resources",
  },
  cluster: {
    pattern: /^[a-z](?:[a-z0-9-]*[a-z0-9])?$/,
    shortest: 1,
    longest: 40,
    form: DNS,
    source:
      "https://docs.cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters",
  },
  role: {
    pattern: /^[A-Za-z0-9_.]+$/,
    shortest: 3,
    longest: 64,
    form: "letters, digits, _ and .",
    source: "https://docs.cloud.google.com/iam/docs/creating-custom-roles",
  },
  key: {
    pattern: /^[A-Za-z0-9_-]+$/,
    shortest: 1,
    longest: 63,
    form: "letters, digits, _ and -",
    source: "https://docs.cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings/create",
  },
  dataset: {
    pattern: /^\w+$/,
    shortest: 1,
    longest: 1024,
    form: "letters, digits and _",
    source: "https://docs.cloud.google.com/bigquery/docs/datasets#dataset-naming",
  },
  log: {
    pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
    shortest: 1,
    longest: 100,
    form: "letters, digits and . _ -, starting with a letter or digit",
    source: "https://docs.cloud.google.com/logging/docs/reference/v2/rest/v2/projects.sinks",
  },
  repository: {
    pattern: /^[a-z](?:[a-z0-9-]*[a-z0-9])?$/,
    shortest: 1,
    longest: 63,
    form: DNS,
    source: "https://docs.cloud.google.com/artifact-registry/docs/repositories/create-repos",
  },
  label: {
    pattern: /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/,
    shortest: 1,
    longest: 63,
    form: "a-z, 0-9 and -, first and last a letter or digit",
    source: "https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names",
  },
  awsRole: {
    pattern: /^[\w+=,.@-]+$/,
    shortest: 1,
    longest: 64,
    form: "letters, digits and + = , . @ _ -",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
  },
  queue: {
    pattern: /^[\w-]+$/,
    shortest: 1,
    longest: 80,
    form: "letters, digits, _ and -",
    source: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html",
  },
} as const satisfies Readonly<Record<string, NameRule>>;
export type NameKind = keyof typeof NAME_RULES;

/** Suffix that Pulumi adds to generated names: - and 7 hexadecimal digits. */
export const RANDOM_SUFFIX = 8;

/** A resource name derived from a component's name. */
export interface MadeName {
  readonly kind: NameKind;
  /** What it is: `a bucket`. */
  readonly what: string;
  /** The longest text that follows the component's name. @default none */
  readonly suffix?: string;
  /** Whether Pulumi adds its random suffix. @default false */
  readonly random?: boolean;
}

/** Problems of a component's name, checked against the names derived from it; reports the first that is invalid. */
export function componentNameProblems(name: string, made: readonly MadeName[], fix?: string): Problem[] {
  for (const { kind, what, suffix = "", random = false } of made) {
    const rule: NameRule = NAME_RULES[kind];
    const added = suffix.length + (random ? RANDOM_SUFFIX : 0);
    const whole = `${name}${suffix}${random ? "-0000000" : ""}`;
    const longest = rule.longest - added;
    if (rule.pattern.test(whole) && whole.length >= rule.shortest && whole.length <= rule.longest) continue;
    return [
      {
        path: "name",
        given: shown(name),
        allowed: `${Math.max(1, rule.shortest - added)} to ${longest} characters of ${rule.form}`,
        because: `${what} is named after it${added > 0 ? `, with ${added} more characters` : ""}.`,
        fix: fix ?? "give the component another name",
      },
    ];
  }
  return [];
}

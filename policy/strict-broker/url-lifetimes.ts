import type { ResourceValidationPolicy } from "@pulumi/policy";
import { WORKLOAD } from "../model/kinds.ts";
import { resourceRule } from "../model/rule.ts";
import { podSpecsOf, variablesOf } from "../model/workloads.ts";

interface LifetimeSettings {
  readonly maxSeconds: number;
}

/** A variable that says how long signed URLs are good for: `MPEGFLOW_URL_TTL_SECONDS`, `SIGNED_URL_EXPIRY_MINUTES`. */
const LIFETIME =
  /(?:^|_)(?:(?:(?:PRE)?SIGNED_?)?URLS?|(?:PRE)?SIGN(?:ED|ER|ING|ATURES?)?)_(?:.*_)?(?:TTL|EXPIR|LIFETIME|VALID)/;
/** How long an answer is kept, by a CDN or a program, says nothing of how long its URL works. */
const OF_A_CACHE = /(?:^|_)CACHED?(?:_|$)/;
const UNITS: readonly (readonly [RegExp, number])[] = [
  [/_(MS|MILLIS(ECONDS)?)$/i, 0.001],
  [/_MIN(UTE)?S?$/i, 60],
  [/_H(OU)?RS?$/i, 3_600],
  [/_DAYS?$/i, 86_400],
];

export const signedUrlsAreShortLived: ResourceValidationPolicy = resourceRule<LifetimeSettings>({
  name: "signed-urls-are-short-lived",
  family: "strict-broker",
  subject: "a workload",
  tokens: WORKLOAD,
  displayName: "Signed URLs are short-lived",
  description:
    "Programs must not sign URLs for longer than the configured cap. For how long Cloud CDN keeps an answer " +
    "(signedUrlCacheMaxAgeSec) is another matter: it checks the signature of each request, and an expired one gets nothing from its cache.",
  severity: "high",
  url: "https://docs.cloud.google.com/storage/docs/authentication/creating-signatures",
  reason:
    "a signed URL works for whoever has it until it expires; and one signed by IAM is dependable for 12 hours only, because Google's keys rotate.",
  fix: "set a lifetime that covers one job's step, such as 900 seconds",
  config: {
    maxSeconds: {
      type: "integer",
      minimum: 1,
      maximum: 604_800,
      default: 43_200,
      description: "Longest lifetime in seconds; Google's own limit is 604800.",
    },
  },
  *judge({ type, props }, { maxSeconds }) {
    for (const { name, value } of podSpecsOf(type, props).flatMap(variablesOf)) {
      if (!saysLifetime(name)) continue;
      const seconds = Number(value()) * unitOf(name);
      if (seconds > maxSeconds) yield `signs URLs for ${seconds} seconds (${name}); at most ${maxSeconds}`;
    }
  },
});

function saysLifetime(variable: string): boolean {
  const words = variable.replaceAll(/([a-z\d])([A-Z])/g, "$1_$2").toUpperCase();
  return LIFETIME.test(words) && !OF_A_CACHE.test(words);
}

function unitOf(name: string): number {
  return UNITS.find(([pattern]) => pattern.test(name))?.[1] ?? 1;
}

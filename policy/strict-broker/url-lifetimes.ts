import type { ResourceValidationPolicy } from "@pulumi/policy";
import { BACKEND_BUCKET, WORKLOAD } from "../model/kinds.ts";
import { block, wholeNumber } from "../model/known.ts";
import { resourceRule } from "../model/rule.ts";
import { podSpecOf, variablesOf } from "../model/workloads.ts";

interface LifetimeSettings {
  readonly maxSeconds: number;
}

/** A variable that says how long signed URLs are good for: `MPEGFLOW_URL_TTL_SECONDS`, `SIGNED_URL_EXPIRY_MINUTES`. */
const LIFETIME = /(URL|SIGN).*(TTL|EXPIR|LIFETIME|VALID)/i;
const UNITS: readonly (readonly [RegExp, number])[] = [
  [/_(MS|MILLIS(ECONDS)?)$/i, 0.001],
  [/_MIN(UTE)?S?$/i, 60],
  [/_H(OU)?RS?$/i, 3_600],
  [/_DAYS?$/i, 86_400],
];

export const signedUrlsAreShortLived: ResourceValidationPolicy = resourceRule<LifetimeSettings>({
  name: "signed-urls-are-short-lived",
  family: "strict-broker",
  subject: "what signs or caches",
  tokens: new Set([...WORKLOAD, ...BACKEND_BUCKET]),
  displayName: "Signed URLs are short-lived",
  description:
    "Programs must not sign URLs for longer than the configured cap, nor Cloud CDN keep the answers to them for longer.",
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
    if (BACKEND_BUCKET.has(type)) {
      const seconds = wholeNumber(block(props, "cdnPolicy") ?? {}, "signedUrlCacheMaxAgeSec");
      if (seconds !== undefined && seconds > maxSeconds) {
        yield `keeps answers to signed URLs for ${seconds} seconds (cdnPolicy.signedUrlCacheMaxAgeSec); at most ${maxSeconds}`;
      }
      return;
    }
    for (const { name, value } of variablesOf(podSpecOf(type, props))) {
      if (!LIFETIME.test(name)) continue;
      const seconds = Number(value()) * unitOf(name);
      if (seconds > maxSeconds) yield `signs URLs for ${seconds} seconds (${name}); at most ${maxSeconds}`;
    }
  },
});

function unitOf(name: string): number {
  return UNITS.find(([pattern]) => pattern.test(name))?.[1] ?? 1;
}

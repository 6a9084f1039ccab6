import { boolean, integer, list, object, string } from "../fields.ts";
import { isUnknown, listOf, objectOf, textOf, type Properties, type Value } from "../values.ts";
import { nameOf } from "./compute-names.ts";
import { computeResource } from "./compute-resource.ts";

/** Longest times, in seconds. https://docs.cloud.google.com/cdn/docs/using-ttl-overrides */
const YEAR = 31_622_400;
const DAY = 86_400;
const WEEK = 604_800;
/** https://docs.cloud.google.com/cdn/docs/using-negative-caching */
const NEGATIVE = { codes: [300, 301, 308, 404, 405, 410, 421, 451, 501], longest: 1800 };

const ttl = (max: number) => integer({ min: 0, max });
const TTLS = ["clientTtl", "defaultTtl", "maxTtl"] as const;

const cdnPolicy = object({
  cacheMode: string({
    allowed: ["USE_ORIGIN_HEADERS", "FORCE_CACHE_ALL", "CACHE_ALL_STATIC"],
  }),
  clientTtl: ttl(DAY),
  defaultTtl: ttl(YEAR),
  maxTtl: ttl(YEAR),
  negativeCaching: boolean(),
  negativeCachingPolicies: list(object({ code: integer(), ttl: integer({ min: 0, max: NEGATIVE.longest }) })),
  requestCoalescing: boolean(),
  serveWhileStale: integer({ min: 0, max: WEEK }),
  signedUrlCacheMaxAgeSec: integer({ min: 0 }),
  cacheKeyPolicy: object({ queryStringWhitelists: list(string()), includeHttpHeaders: list(string()) }),
  bypassCacheOnRequestHeaders: list(object({ headerName: string() })),
});

/** https://www.pulumi.com/registry/packages/gcp/api-docs/compute/backendbucket/ */
export const backendBucket = computeResource({
  type: "gcp:compute/backendBucket:BackendBucket",
  fields: {
    bucketName: string(),
    cdnPolicy,
    compressionMode: string({ allowed: ["AUTOMATIC", "DISABLED"] }),
    customResponseHeaders: list(
      string({ pattern: /^[!-9;-~]+:.*$/, rule: 'a header such as "Name: value"' }),
    ),
    description: string(),
    edgeSecurityPolicy: string(),
    enableCdn: boolean(),
    loadBalancingScheme: string({ allowed: ["INTERNAL_MANAGED"] }),
  },
  pathOf: (inputs, { project }) => `projects/${project}/global/backendBuckets/${nameOf(inputs)}`,
  report: (inputs) => (inputs["enableCdn"] === true ? { cdnPolicy: completed(inputs["cdnPolicy"]) } : {}),
  problems: (inputs) => [
    ...policyProblems(objectOf(inputs["cdnPolicy"])),
    ...(inputs["enableCdn"] === true && inputs["loadBalancingScheme"] === "INTERNAL_MANAGED"
      ? ["enableCdn cannot be true with loadBalancingScheme INTERNAL_MANAGED"]
      : []),
  ],
});

/** What the service fills in where the program says nothing. https://docs.cloud.google.com/cdn/docs/using-ttl-overrides */
function completed(given: Value | undefined): Properties {
  const policy = objectOf(given);
  const cacheMode = policy["cacheMode"] ?? "CACHE_ALL_STATIC";
  const ttls = {
    clientTtl: 3600,
    defaultTtl: 3600,
    ...(cacheMode === "CACHE_ALL_STATIC" && { maxTtl: DAY }),
  };
  return { ...(cacheMode !== "USE_ORIGIN_HEADERS" && ttls), negativeCaching: false, ...policy, cacheMode };
}

function policyProblems(policy: Properties): string[] {
  return [...ttlProblems(policy), ...negativeProblems(policy), ...bypassProblems(policy)];
}

function ttlProblems(policy: Properties): string[] {
  const given = TTLS.filter((name) => policy[name] !== undefined);
  if (policy["cacheMode"] === "USE_ORIGIN_HEADERS") {
    return given.map((name) => `cdnPolicy.${name} must be left out with cacheMode USE_ORIGIN_HEADERS`);
  }
  const above = (one: (typeof TTLS)[number], other: (typeof TTLS)[number]): string[] => {
    const [lower, upper] = [policy[one], policy[other]];
    return typeof lower === "number" && typeof upper === "number" && lower > upper
      ? [`cdnPolicy.${one} (${lower}) must not be more than ${other} (${upper})`]
      : [];
  };
  return [...above("defaultTtl", "maxTtl"), ...above("clientTtl", "maxTtl")];
}

function negativeProblems(policy: Properties): string[] {
  const codes = listOf(policy["negativeCachingPolicies"]).map((one) => objectOf(one)["code"]);
  const known = codes.filter((code): code is number => typeof code === "number");
  return [
    ...known
      .filter((code) => !NEGATIVE.codes.includes(code))
      .map(
        (code) =>
          `cdnPolicy.negativeCachingPolicies: code ${code} must be one of ${NEGATIVE.codes.join(", ")}`,
      ),
    ...(new Set(known).size < known.length
      ? ["cdnPolicy.negativeCachingPolicies: a code is given more than once"]
      : []),
    ...(codes.length > 0 && policy["negativeCaching"] !== true && !isUnknown(policy["negativeCaching"])
      ? ["cdnPolicy.negativeCachingPolicies need negativeCaching true"]
      : []),
  ];
}

function bypassProblems(policy: Properties): string[] {
  const headers = listOf(policy["bypassCacheOnRequestHeaders"]).map((one) =>
    textOf(objectOf(one)["headerName"]),
  );
  return headers.length > 5
    ? [`cdnPolicy.bypassCacheOnRequestHeaders: ${headers.length} headers, at most 5`]
    : [];
}

import { createHash } from "node:crypto";
import { integer, list, string } from "../fields.ts";
import type { ResourceModel } from "../model.ts";
import { listOf, type Properties } from "../values.ts";
import { backendBucket } from "./backend-bucket.ts";
import { nameOf, sameResource } from "./compute-names.ts";
import { computeResource, fingerprintOf } from "./compute-resource.ts";
import { backendBucketSignedUrlKey } from "./signed-url-key.ts";
import { urlMap } from "./url-map.ts";

const description = string();
const urlMapReference = string({ same: sameResource });
const httpKeepAliveTimeoutSec = integer({ min: 5, max: 1200 });

const globalAddress = computeResource({
  type: "gcp:compute/globalAddress:GlobalAddress",
  labelled: true,
  fields: {
    address: string(),
    addressType: string({ allowed: ["EXTERNAL"] }),
    description,
    ipVersion: string({ allowed: ["IPV4", "IPV6"] }),
  },
  pathOf: (inputs, { project }) => `projects/${project}/global/addresses/${nameOf(inputs)}`,
  report: (inputs, _project, id) => ({
    address: inputs["address"] ?? addressOf(id, inputs["ipVersion"] === "IPV6"),
  }),
});

/** One of the addresses that are kept for documentation (RFC 5737, RFC 3849), the same each time for the same resource. */
function addressOf(id: string, six: boolean): string {
  const digest = createHash("sha256").update(id).digest();
  return six
    ? `2001:db8::${digest.readUInt16BE(0).toString(16)}`
    : `203.0.113.${String(((digest[0] ?? 0) % 254) + 1)}`;
}

const globalForwardingRule = computeResource({
  type: "gcp:compute/globalForwardingRule:GlobalForwardingRule",
  labelled: true,
  fields: {
    description,
    ipAddress: string(),
    ipProtocol: string({ allowed: ["TCP", "UDP"] }),
    ipVersion: string({ allowed: ["IPV4", "IPV6"] }),
    loadBalancingScheme: string({
      allowed: ["EXTERNAL", "EXTERNAL_MANAGED", "INTERNAL_MANAGED", "INTERNAL_SELF_MANAGED"],
    }),
    networkTier: string({ allowed: ["PREMIUM"] }),
    portRange: string({
      exception: {
        because: "the service refuses a rule of a target proxy that has none",
        says: { required: true },
      },
      same: (one, other) => wholeRange(one) === wholeRange(other),
      pattern: /^\d+(-\d+)?$/,
      rule: 'a port or a range of ports such as "443"',
    }),
    target: string({ same: sameResource }),
  },
  outputs: ["forwardingRuleId"],
  pathOf: (inputs, { project }) => `projects/${project}/global/forwardingRules/${nameOf(inputs)}`,
  report: (inputs, _project, id) => ({
    forwardingRuleId: 1,
    ipAddress: inputs["ipAddress"] ?? addressOf(id, inputs["ipVersion"] === "IPV6"),
    ipProtocol: inputs["ipProtocol"] ?? "TCP",
    networkTier: inputs["networkTier"] ?? "PREMIUM",
  }),
});

/** `443` and `443-443` are the same to the service. */
const wholeRange = (range: string): string => (range.includes("-") ? range : `${range}-${range}`);

const targetHttpProxy = computeResource({
  type: "gcp:compute/targetHttpProxy:TargetHttpProxy",
  fields: { description, httpKeepAliveTimeoutSec, urlMap: urlMapReference },
  outputs: ["fingerprint", "proxyId"],
  changing: ["fingerprint"],
  pathOf: (inputs, { project }) => `projects/${project}/global/targetHttpProxies/${nameOf(inputs)}`,
  report: (inputs) => ({ fingerprint: fingerprintOf(inputs), proxyId: 1 }),
});

const targetHttpsProxy = computeResource({
  type: "gcp:compute/targetHttpsProxy:TargetHttpsProxy",
  fields: {
    certificateMap: string({
      pattern:
        /^\/\/certificatemanager\.googleapis\.com\/projects\/[^/]+\/locations\/global\/certificateMaps\/[^/]+$/,
      rule: '"//certificatemanager.googleapis.com/projects/P/locations/global/certificateMaps/M"',
    }),
    description,
    httpKeepAliveTimeoutSec,
    quicOverride: string({ allowed: ["NONE", "ENABLE", "DISABLE"] }),
    sslCertificates: list(string({ same: sameResource })),
    sslPolicy: string({ same: sameResource }),
    tlsEarlyData: string({ allowed: ["STRICT", "PERMISSIVE", "UNRESTRICTED", "DISABLED"] }),
    urlMap: urlMapReference,
  },
  outputs: ["fingerprint", "proxyId"],
  changing: ["fingerprint"],
  pathOf: (inputs, { project }) => `projects/${project}/global/targetHttpsProxies/${nameOf(inputs)}`,
  report: (inputs) => ({
    fingerprint: fingerprintOf(inputs),
    proxyId: 1,
    tlsEarlyData: inputs["tlsEarlyData"] ?? "DISABLED",
  }),
  problems: (inputs) =>
    inputs["certificateMap"] === undefined && listOf(inputs["sslCertificates"]).length === 0
      ? ["an HTTPS proxy needs a certificateMap or sslCertificates"]
      : [],
});

const sslPolicy = computeResource({
  type: "gcp:compute/sSLPolicy:SSLPolicy",
  fields: {
    customFeatures: list(string()),
    description,
    minTlsVersion: string({ allowed: ["TLS_1_0", "TLS_1_1", "TLS_1_2", "TLS_1_3"] }),
    postQuantumKeyExchange: string({ allowed: ["DEFAULT", "ENABLED", "DEFERRED"] }),
    profile: string({
      allowed: ["COMPATIBLE", "MODERN", "RESTRICTED", "CUSTOM", "FIPS_202205"],
    }),
  },
  outputs: ["enabledFeatures", "fingerprint"],
  changing: ["enabledFeatures", "fingerprint"],
  pathOf: (inputs, { project }) => `projects/${project}/global/sslPolicies/${nameOf(inputs)}`,
  report: (inputs) => ({
    enabledFeatures: inputs["customFeatures"] ?? [],
    fingerprint: fingerprintOf(inputs),
  }),
  problems: sslProblems,
});

/** https://docs.cloud.google.com/load-balancing/docs/ssl-policies-concepts */
function sslProblems({ customFeatures, minTlsVersion, profile }: Properties): string[] {
  return [
    ...((profile === "CUSTOM") === listOf(customFeatures).length > 0
      ? []
      : ["customFeatures go with profile CUSTOM, and with no other"]),
    ...(minTlsVersion === "TLS_1_3" && profile !== "RESTRICTED"
      ? ["minTlsVersion TLS_1_3 needs profile RESTRICTED"]
      : []),
    ...(profile === "FIPS_202205" && minTlsVersion !== "TLS_1_2"
      ? ["profile FIPS_202205 needs minTlsVersion TLS_1_2"]
      : []),
  ];
}

/** A global load balancer in front of buckets: recorded, serves nothing. */
export const loadBalancing: ResourceModel[] = [
  backendBucket,
  backendBucketSignedUrlKey,
  urlMap,
  globalAddress,
  sslPolicy,
  targetHttpProxy,
  targetHttpsProxy,
  globalForwardingRule,
];

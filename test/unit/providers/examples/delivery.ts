import { secret } from "../../../../sandbox/providers/values.ts";
import { projectId, projectNumber } from "../local-cloud.ts";
import type { Example } from "./example.ts";

const global = `projects/${projectId}/global`;
const certificates = `projects/${projectId}/locations/global`;
const selfLink = (path: string) => `https://www.googleapis.com/compute/v1/${global}/${path}`;
const segments = `${global}/backendBuckets/segments`;
const fill = `serviceAccount:service-${projectNumber}@cloud-cdn-fill.iam.gserviceaccount.com`;

/** In the order of their dependencies. */
export const deliveryExamples: Example[] = [
  {
    type: "gcp:compute/backendBucket:BackendBucket",
    inputs: {
      name: "segments",
      bucketName: "mpegflow-media",
      enableCdn: true,
      compressionMode: "AUTOMATIC",
      customResponseHeaders: ["X-Cache: {cdn_cache_status}"],
      cdnPolicy: {
        cacheMode: "CACHE_ALL_STATIC",
        defaultTtl: 3600,
        clientTtl: 600,
        maxTtl: 86_400,
        requestCoalescing: true,
        negativeCaching: true,
        negativeCachingPolicies: [{ code: 404, ttl: 1 }],
        signedUrlCacheMaxAgeSec: 3600,
        cacheKeyPolicy: { queryStringWhitelists: ["version"] },
      },
    },
    update: { cdnPolicy: { cacheMode: "USE_ORIGIN_HEADERS" }, description: "outputs" },
    id: segments,
    outputs: { selfLink: selfLink("backendBuckets/segments"), project: projectId },
  },
  {
    type: "gcp:compute/backendBucketSignedUrlKey:BackendBucketSignedUrlKey",
    inputs: { name: "a", backendBucket: "segments", keyValue: secret("nZtRohdNF9m3cKM24IcK4w==") },
    notImportable: true,
    // The id names the backend, not the key.
    id: segments,
    outputs: { project: projectId, deletionPolicy: "DELETE" },
  },
  {
    type: "gcp:storage/bucketIAMMember:BucketIAMMember",
    inputs: { bucket: "mpegflow-media", role: "roles/storage.objectViewer", member: fill },
    id: `b/mpegflow-media/roles/storage.objectViewer/${fill}`,
    importIds: [`b/mpegflow-media roles/storage.objectViewer ${fill}`],
    outputs: { bucket: "b/mpegflow-media" },
  },
  {
    type: "gcp:compute/uRLMap:URLMap",
    inputs: {
      name: "delivery",
      defaultService: segments,
      hostRules: [{ hosts: ["*"], pathMatcher: "media" }],
      pathMatchers: [
        {
          name: "media",
          defaultService: segments,
          routeRules: [{ priority: 1, service: segments, matchRules: [{ pathTemplateMatch: "/**.m3u8" }] }],
        },
      ],
    },
    update: { description: "by file extension" },
    id: `${global}/urlMaps/delivery`,
    outputs: { selfLink: selfLink("urlMaps/delivery") },
  },
  {
    type: "gcp:compute/globalAddress:GlobalAddress",
    inputs: { name: "delivery", ipVersion: "IPV6" },
    update: { labels: { team: "video" } },
    id: `${global}/addresses/delivery`,
    outputs: { addressType: "EXTERNAL", ipVersion: "IPV6", selfLink: selfLink("addresses/delivery") },
  },
  {
    type: "gcp:compute/sSLPolicy:SSLPolicy",
    inputs: { name: "modern", profile: "MODERN", minTlsVersion: "TLS_1_2" },
    update: { profile: "RESTRICTED", minTlsVersion: "TLS_1_3" },
    id: `${global}/sslPolicies/modern`,
    outputs: { profile: "MODERN" },
  },
  {
    type: "gcp:certificatemanager/dnsAuthorization:DnsAuthorization",
    inputs: { name: "media", domain: "media.example.com" },
    update: { labels: { team: "video" } },
    id: `${certificates}/dnsAuthorizations/media`,
    outputs: { type: "FIXED_RECORD", location: "global" },
  },
  {
    type: "gcp:certificatemanager/certificate:Certificate",
    inputs: {
      name: "media",
      managed: {
        domains: ["media.example.com"],
        dnsAuthorizations: [`${certificates}/dnsAuthorizations/media`],
      },
    },
    update: { description: "for viewers" },
    id: `${certificates}/certificates/media`,
    outputs: { sanDnsnames: ["media.example.com"], scope: "DEFAULT" },
  },
  {
    type: "gcp:certificatemanager/certificateMap:CertificateMap",
    inputs: { name: "media" },
    update: { labels: { team: "video" } },
    id: `${certificates}/certificateMaps/media`,
    outputs: { project: projectId },
  },
  {
    type: "gcp:certificatemanager/certificateMapEntry:CertificateMapEntry",
    inputs: {
      name: "media",
      map: "media",
      hostname: "media.example.com",
      certificates: [`${certificates}/certificates/media`],
    },
    update: { description: "for viewers" },
    id: `${certificates}/certificateMaps/media/certificateMapEntries/media`,
    outputs: { state: "ACTIVE" },
  },
  {
    type: "gcp:compute/targetHttpProxy:TargetHttpProxy",
    inputs: { name: "redirect", urlMap: `${global}/urlMaps/delivery` },
    update: { urlMap: `${global}/urlMaps/other` },
    id: `${global}/targetHttpProxies/redirect`,
    outputs: { selfLink: selfLink("targetHttpProxies/redirect") },
  },
  {
    type: "gcp:compute/targetHttpsProxy:TargetHttpsProxy",
    inputs: {
      name: "delivery",
      urlMap: `${global}/urlMaps/delivery`,
      certificateMap: `//certificatemanager.googleapis.com/${certificates}/certificateMaps/media`,
      sslPolicy: `${global}/sslPolicies/modern`,
    },
    update: { quicOverride: "ENABLE" },
    id: `${global}/targetHttpsProxies/delivery`,
    outputs: { quicOverride: "NONE" },
  },
  {
    type: "gcp:compute/globalForwardingRule:GlobalForwardingRule",
    inputs: {
      name: "delivery",
      ipAddress: "203.0.113.7",
      portRange: "443",
      loadBalancingScheme: "EXTERNAL_MANAGED",
      target: `${global}/targetHttpsProxies/delivery`,
    },
    update: { labels: { team: "video" } },
    id: `${global}/forwardingRules/delivery`,
    outputs: { ipProtocol: "TCP", networkTier: "PREMIUM" },
  },
];

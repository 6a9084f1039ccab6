import { describe, expect, test } from "vitest";
import { checkFields } from "../../../sandbox/providers/check.ts";
import { gcpModel } from "../../../sandbox/providers/gcp/model.ts";
import type { Properties } from "../../../sandbox/providers/values.ts";
import { connect } from "./engine-client.ts";
import { projectId, projectNumber, startTestCloud } from "./local-cloud.ts";

/** Every problem that a preview would show. */
function problemsOf(type: string, given: Properties): string[] {
  const model = gcpModel.resources.find((resource) => resource.type === type);
  if (model === undefined) throw new Error(`no model of ${type}`);
  const { inputs, problems } = checkFields(model.fields, { name: "media", ...given });
  return problems.length > 0 ? problems : (model.problems?.(inputs, { project: projectId }) ?? []);
}

const BACKEND = "gcp:compute/backendBucket:BackendBucket";
const KEY = "gcp:compute/backendBucketSignedUrlKey:BackendBucketSignedUrlKey";
const MAP = "gcp:compute/uRLMap:URLMap";
const backend = (cdnPolicy: Properties): Properties => ({ bucketName: "media", enableCdn: true, cdnPolicy });
const map = (pathMatcher: Properties): Properties => ({
  defaultService: "s",
  hostRules: [{ hosts: ["*"], pathMatcher: "m" }],
  pathMatchers: [{ name: "m", defaultService: "s", ...pathMatcher }],
});

describe("the service refuses", () => {
  test.each<[string, string, Properties, string]>([
    [
      "times of its own beside the origin's headers",
      BACKEND,
      backend({ cacheMode: "USE_ORIGIN_HEADERS", defaultTtl: 1 }),
      "cdnPolicy.defaultTtl must be left out with cacheMode USE_ORIGIN_HEADERS",
    ],
    [
      "a default time above the longest",
      BACKEND,
      backend({ defaultTtl: 20, maxTtl: 10 }),
      "cdnPolicy.defaultTtl (20) must not be more than maxTtl (10)",
    ],
    [
      "more than a day at the viewer",
      BACKEND,
      backend({ clientTtl: 86_401 }),
      "cdnPolicy.clientTtl must be an integer from 0 to 86400, not 86401",
    ],
    [
      "negative caching of 403",
      BACKEND,
      backend({ negativeCaching: true, negativeCachingPolicies: [{ code: 403, ttl: 1 }] }),
      "cdnPolicy.negativeCachingPolicies: code 403 must be one of 300, 301, 308, 404, 405, 410, 421, 451, 501",
    ],
    [
      "negative caching policies with negative caching off",
      BACKEND,
      backend({ negativeCachingPolicies: [{ code: 404, ttl: 1 }] }),
      "cdnPolicy.negativeCachingPolicies need negativeCaching true",
    ],
    [
      "a signing key of another length",
      KEY,
      { name: "a", backendBucket: "b", keyValue: "c2hvcnQ=" },
      'keyValue must be 128 bits in URL-safe base64, not "c2hvcnQ="',
    ],
    [
      "a file extension in a path rule",
      MAP,
      map({ pathRules: [{ paths: ["/*.m3u8"], service: "s" }] }),
      'path matcher m: path /*.m3u8 must begin with "/" and may have a * only at its end, after a "/"',
    ],
    [
      "more after ** than text",
      MAP,
      map({ routeRules: [{ priority: 1, service: "s", matchRules: [{ pathTemplateMatch: "/**/a/*.ts" }] }] }),
      "path matcher m: in pathTemplateMatch /**/a/*.ts nothing but text may follow **",
    ],
    [
      "a host rule for no path matcher",
      MAP,
      { defaultService: "s", hostRules: [{ hosts: ["*"], pathMatcher: "m" }] },
      "hostRules: there is no path matcher m",
    ],
    [
      "a URL map that leads nowhere",
      MAP,
      {},
      "give exactly one of defaultRouteAction.weightedBackendServices, defaultService, defaultUrlRedirect; given: none",
    ],
    [
      "an HTTPS proxy without certificates",
      "gcp:compute/targetHttpsProxy:TargetHttpsProxy",
      { urlMap: "m" },
      "an HTTPS proxy needs a certificateMap or sslCertificates",
    ],
    [
      "TLS 1.3 alone with old ciphers",
      "gcp:compute/sSLPolicy:SSLPolicy",
      { minTlsVersion: "TLS_1_3", profile: "MODERN" },
      "minTlsVersion TLS_1_3 needs profile RESTRICTED",
    ],
    [
      "authorization of a wildcard",
      "gcp:certificatemanager/dnsAuthorization:DnsAuthorization",
      { domain: "*.example.com" },
      'domain must be a domain in lower case without a wildcard: it covers the domain\'s wildcard too, not "*.example.com"',
    ],
    [
      "a certificate for a wildcard without authorization",
      "gcp:certificatemanager/certificate:Certificate",
      { managed: { domains: ["*.example.com"] } },
      "managed.domains: a wildcard needs dnsAuthorizations",
    ],
  ])("%s", (_what, type, inputs, problem) => {
    expect(problemsOf(type, inputs)).toEqual([problem]);
  });
});

test("a backend takes three keys and no fourth, even at once; the fill account comes with the first", async () => {
  const cloud = await startTestCloud();
  const engine = await connect(gcpModel, cloud.addressFile, { project: projectId });
  try {
    await engine.make({ type: "gcp:storage/bucket:Bucket" }, { name: "mpegflow-media", location: "US" });
    await engine.make({ type: BACKEND }, { name: "segments", bucketName: "mpegflow-media" });
    const grant = () =>
      engine.make(
        { type: "gcp:storage/bucketIAMMember:BucketIAMMember" },
        {
          bucket: "mpegflow-media",
          role: "roles/storage.objectViewer",
          member: `serviceAccount:service-${projectNumber}@cloud-cdn-fill.iam.gserviceaccount.com`,
        },
      );
    await expect(grant()).rejects.toThrow("gets its first signed URL key");
    const keys = await Promise.allSettled(
      ["a", "b", "c", "d"].map((name) =>
        engine.make({ type: KEY }, { name, backendBucket: "segments", keyValue: "nZtRohdNF9m3cKM24IcK4w==" }),
      ),
    );
    expect(keys.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
    expect(String(keys.find((one) => one.status === "rejected")?.reason)).toContain("has 3 keys already");
    await expect(grant()).resolves.toBeDefined();
  } finally {
    await engine.close();
    await cloud.close();
  }
});

test("a key that no longer signs may be deleted, which changes nothing of it, and then is", async () => {
  const cloud = await startTestCloud();
  const engine = await connect(gcpModel, cloud.addressFile, { project: projectId });
  try {
    await engine.make({ type: BACKEND }, { name: "segments", bucketName: "mpegflow-media" });
    const target = { type: KEY };
    const given = { name: "a", backendBucket: "segments", keyValue: "nZtRohdNF9m3cKM24IcK4w==" };
    const key = await engine.make(target, { ...given, deletionPolicy: "PREVENT" });
    await expect(engine.delete(target, key)).rejects.toThrow("PREVENT");
    const { inputs } = await engine.check(target, { ...given, deletionPolicy: "DELETE" }, key.inputs);
    expect(await engine.diff(target, key, inputs)).toMatchObject({ changed: true, replaces: [] });
    const free = await engine.update(target, key, inputs);
    expect(await engine.diff(target, free, inputs)).toMatchObject({ changed: false });
    await engine.delete(target, free);
    expect((await engine.read(target, free.id, free)).id).toBe("");
  } finally {
    await engine.close();
    await cloud.close();
  }
});

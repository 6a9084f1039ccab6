import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { objectsUnderPrefixes, prefixesByCondition } from "../../../components/delivery/access.ts";
import { logicalOperators } from "../../../components/storage/conditions.ts";
import { CdnDelivery, type CdnDeliveryArgs } from "../../../components/index.ts";
import { clearTexts } from "../identity/clear-texts.ts";
import { once } from "../once.ts";
import { recordPulumi, valueOf } from "../pulumi-mocks.ts";

const BYTES = Buffer.from([251, 255, 254, ...Array.from({ length: 13 }, (_, index) => index)]);
const BACKEND = "gcp:compute/backendBucket:BackendBucket";
const KEY = "gcp:compute/backendBucketSignedUrlKey:BackendBucketSignedUrlKey";
const GRANT = "gcp:storage/bucketIAMMember:BucketIAMMember";
const ADDRESS = "gcp:compute/globalAddress:GlobalAddress";
const RULE = "gcp:compute/globalForwardingRule:GlobalForwardingRule";
const SECRET_VERSION = "gcp:secretmanager/secretVersion:SecretVersion";

const made = once(async (args: Partial<CdnDeliveryArgs> = {}) => {
  const recorder = await recordPulumi({
    outputs: ({ type, name, inputs }) => {
      if (type === "random:index/randomBytes:RandomBytes") return { base64: BYTES.toString("base64") };
      if (type === ADDRESS) return { address: name.endsWith("ipv6") ? "2001:db8::1" : "203.0.113.1" };
      if (type !== "gcp:certificatemanager/dnsAuthorization:DnsAuthorization") return {};
      const { domain } = inputs as { domain: string };
      return { dnsResourceRecords: [{ name: `_acme-challenge.${domain}.`, type: "CNAME", data: "proof." }] };
    },
  });
  const delivery = new CdnDelivery("vod", {
    projectId: "my-project",
    projectNumber: "123456789012",
    bucket: "media",
    domains: ["media.example.com"],
    regions: ["us-central1", "us-east1"],
    ...args,
  });
  await recorder.settled();
  return { recorder, delivery };
});

describe("CdnDelivery for signed requests", () => {
  test("keeps playlists and segments of one bucket in caches of their own", async () => {
    const { recorder } = await made();
    const policies = recorder
      .ofType(BACKEND)
      .map(({ name, inputs }) => [
        name,
        inputs["bucketName"],
        (inputs["cdnPolicy"] as Record<string, unknown>)["signedUrlCacheMaxAgeSec"],
      ]);
    expect(policies).toEqual([
      ["vod-playlists", "media", 60],
      ["vod-segments", "media", 31_536_000],
    ]);
  });

  test("puts each key on both backends under one name, in URL-safe base64", async () => {
    const { recorder } = await made();
    const keys = recorder
      .ofType(KEY)
      .map(({ inputs }) => [inputs["backendBucket"], inputs["name"], inputs["keyValue"]]);
    const value = "-__-AAECAwQFBgcICQoLDA==";
    expect(Buffer.from(value, "base64url")).toEqual(BYTES);
    expect(keys).toEqual([
      ["vod-playlists", "a", value],
      ["vod-segments", "a", value],
    ]);
  });

  test("shows the key to nobody: not in inputs, outputs or the state of its resources", async () => {
    const { recorder, delivery } = await made();
    const secrets = [BYTES.toString("base64"), BYTES.toString("base64url"), "-__-AAECAwQFBgcICQoLDA=="];
    const clear = recorder.resources.flatMap(({ wire }) => clearTexts(wire));
    expect(clear.filter((text) => secrets.some((secret) => text.includes(secret)))).toEqual([]);
    const outputs = JSON.stringify(await valueOf(delivery.keySecretVersions));
    expect(secrets.filter((secret) => outputs.includes(secret))).toEqual([]);
    expect(recorder.ofType(KEY).map(({ additionalSecretOutputs }) => additionalSecretOutputs)).toEqual([
      ["keyValue"],
      ["keyValue"],
    ]);
  });

  test("stores the key as the signer takes it, for the given readers", async () => {
    const { recorder, delivery } = await made({ coordinatorPrincipals: ["principal://coordinator"] });
    const { inputs } = recorder.only(SECRET_VERSION);
    expect(JSON.parse(inputs["secretData"] as string)).toEqual({
      name: "a",
      value: "-__-AAECAwQFBgcICQoLDA==",
    });
    expect(recorder.only("gcp:secretmanager/secretIamMember:SecretIamMember").inputs["member"]).toBe(
      "principal://coordinator",
    );
    const path = "projects/my-project/secrets/vod-key-a/versions/latest";
    expect(await valueOf(delivery.keySecretVersions)).toEqual({ a: path });
    expect(await valueOf(delivery.activeKeySecretVersion)).toBe(path);
  });

  test("lets the fill account read, once a key has made it", async () => {
    const { recorder } = await made();
    const grant = recorder.only(GRANT);
    expect(grant.inputs).toEqual({
      bucket: "media",
      role: "roles/storage.objectViewer",
      member: "serviceAccount:service-123456789012@cloud-cdn-fill.iam.gserviceaccount.com",
    });
    expect(grant.dependencies).toEqual(
      expect.arrayContaining([`${KEY}::vod-key-a-playlists`, `${KEY}::vod-key-a-segments`]),
    );
  });

  test("protects the key that signs and the addresses, and nothing that a rotation removes", async () => {
    const { recorder } = await made({
      signedRequests: { keys: [{ name: "a" }, { name: "b" }], activeKey: "b" },
    });
    const kept = recorder.resources.filter(({ protect }) => protect).map(({ name }) => name);
    expect(new Set(kept)).toEqual(
      new Set(["vod-key-b", "vod-key-b-playlists", "vod-key-b-segments", "vod-ipv4"]),
    );
    const preventing = recorder.resources.filter(({ inputs }) => inputs["deletionPolicy"] === "PREVENT");
    expect(new Set(preventing.map(({ name }) => name))).toEqual(
      new Set(["vod-key-b", "vod-key-b-playlists", "vod-key-b-segments", "vod-ipv4"]),
    );
  });

  test("protects nothing when disposable", async () => {
    const { recorder } = await made({ disposable: true });
    expect(recorder.resources.filter(({ protect }) => protect)).toEqual([]);
  });
});

describe("CdnDelivery for everyone", () => {
  const everyone: Partial<CdnDeliveryArgs> = { access: "Everyone", servedPrefixes: ["outputs/", "posters/"] };

  test("lets the load balancer's account read what is named, and makes no key", async () => {
    const { recorder, delivery } = await made(everyone);
    expect(recorder.only(GRANT).inputs).toEqual({
      bucket: "media",
      role: "roles/storage.objectViewer",
      member: "serviceAccount:service-123456789012@https-lb.iam.gserviceaccount.com",
      condition: {
        title: "vod-served",
        expression:
          'resource.name.startsWith("projects/_/buckets/media/objects/outputs/") || ' +
          'resource.name.startsWith("projects/_/buckets/media/objects/posters/")',
      },
    });
    expect(recorder.ofType(KEY)).toEqual([]);
    expect(await valueOf(delivery.keySecretVersions)).toEqual({});
    expect(await valueOf(delivery.activeKeySecretVersion)).toBeUndefined();
  });

  const prefixes = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}\/$/), { minLength: 1, maxLength: 60 });

  test("grants the same whatever the order of the prefixes, in conditions that Google takes", () => {
    fc.assert(
      fc.property(
        prefixes.chain((given) =>
          fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length })),
        ),
        ([given, shuffled]) => {
          const parts = prefixesByCondition(given);
          expect(prefixesByCondition([...shuffled, ...given.slice(0, 1)])).toEqual(parts);
          expect(parts.flat()).toEqual(given.toSorted());
          for (const part of parts)
            expect(logicalOperators(objectsUnderPrefixes("media", part))).toBeLessThanOrEqual(12);
        },
      ),
    );
  });

  test("reads 30 prefixes by three grants, of which the first has the name that it had alone", async () => {
    const servedPrefixes = Array.from(
      { length: 30 },
      (_, index) => `show-${String(index).padStart(2, "0")}/`,
    );
    const { recorder } = await made({ ...everyone, servedPrefixes });
    const grants = recorder.ofType(GRANT);
    expect(grants.map(({ name, inputs }) => [name, inputs["condition"]])).toEqual(
      ["", "-2", "-3"].map((suffix): unknown[] => [
        `vod-reads${suffix}`,
        expect.objectContaining({ title: `vod-served${suffix}` }),
      ]),
    );
    expect(JSON.stringify(grants.map(({ inputs }) => inputs)).match(/objects\/show-\d\d\//g)).toHaveLength(
      30,
    );
  });

  test("grants once a backend has made the account", async () => {
    const { recorder } = await made(everyone);
    expect(recorder.only(GRANT).dependencies).toEqual(
      expect.arrayContaining([`${BACKEND}::vod-playlists`, `${BACKEND}::vod-segments`]),
    );
  });
});

describe("the load balancer", () => {
  test("answers HTTPS, and HTTP only to redirect, by a proxy of its own on every address", async () => {
    const { recorder } = await made({ ipv6: true });
    const rules = recorder
      .ofType(RULE)
      .map(({ inputs }) => [
        inputs["ipAddress"],
        inputs["portRange"],
        inputs["target"],
        inputs["loadBalancingScheme"],
      ]);
    expect(new Set(rules.map(String))).toEqual(
      new Set([
        "203.0.113.1,443,vod-id,EXTERNAL_MANAGED",
        "203.0.113.1,80,vod-redirect-id,EXTERNAL_MANAGED",
        "2001:db8::1,443,vod-id,EXTERNAL_MANAGED",
        "2001:db8::1,80,vod-redirect-id,EXTERNAL_MANAGED",
      ]),
    );
    expect(recorder.only("gcp:compute/uRLMap:URLMap", "vod-redirect").inputs["defaultUrlRedirect"]).toEqual({
      httpsRedirect: true,
      redirectResponseCode: "MOVED_PERMANENTLY_DEFAULT",
      stripQuery: false,
    });
  });

  test("takes TLS 1.2 and newer", async () => {
    const { recorder } = await made();
    expect(recorder.only("gcp:compute/sSLPolicy:SSLPolicy").inputs).toMatchObject({
      minTlsVersion: "TLS_1_2",
      profile: "MODERN",
    });
  });

  test("tells the DNS records of every domain, and its own addresses", async () => {
    const { delivery } = await made({ domains: ["a.example.com", "b.example.com"], ipv6: true });
    expect(await valueOf(delivery.dnsRecords)).toEqual([
      { name: "a.example.com.", type: "A", data: "203.0.113.1" },
      { name: "a.example.com.", type: "AAAA", data: "2001:db8::1" },
      { name: "b.example.com.", type: "A", data: "203.0.113.1" },
      { name: "b.example.com.", type: "AAAA", data: "2001:db8::1" },
      { name: "_acme-challenge.a.example.com.", type: "CNAME", data: "proof." },
      { name: "_acme-challenge.b.example.com.", type: "CNAME", data: "proof." },
    ]);
    expect(await valueOf(delivery.addresses)).toEqual(["203.0.113.1", "2001:db8::1"]);
    expect(await valueOf(delivery.url)).toBe("https://a.example.com");
  });

  test("makes no certificate where a map is given", async () => {
    const certificateMap =
      "//certificatemanager.googleapis.com/projects/p/locations/global/certificateMaps/m";
    const { recorder } = await made({ certificateMap });
    expect(recorder.resources.filter(({ type }) => type.startsWith("gcp:certificatemanager"))).toEqual([]);
    expect(recorder.only("gcp:compute/targetHttpsProxy:TargetHttpsProxy").inputs["certificateMap"]).toBe(
      certificateMap,
    );
  });
});

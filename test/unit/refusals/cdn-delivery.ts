import {
  CdnDelivery,
  CustomerSuppliedEncryption,
  type CdnCacheMode,
  type CdnDeliveryArgs,
  type MinTlsVersion,
} from "../../../components/index.ts";
import type { Refusal } from "./refusal.ts";

const good = {
  projectId: "my-project",
  projectNumber: "123456789012",
  bucket: "media",
  domains: ["media.example.com"],
  regions: ["us-central1"],
};
const everyone: Partial<CdnDeliveryArgs> = { access: "Everyone", servedPrefixes: ["outputs/"] };

const delivery = (when: string, args: Partial<CdnDeliveryArgs>, ...says: string[]): Refusal => ({
  when,
  make: () => new CdnDelivery("vod", { ...good, ...args }),
  subject: 'CdnDelivery "vod"',
  says,
});

const domain = "a whole domain name in lower case, without a scheme or a wildcard, each once";
const keyName = "1 to 20 characters of a-z, 0-9 and -, the first a letter, the last no -; each name once";

export const cdnDeliveryRefusals: Refusal[] = [
  delivery(
    "no domain",
    { domains: [] },
    'domains: given []; allowed: at least one domain. Reason: certificates are made for names. Fix: name the host that viewers ask: ["media.example.com"]',
  ),
  delivery(
    "a URL, and a domain twice",
    { domains: ["https://media.example.com", "a.example.com", "a.example.com"] },
    `domains[0]: given "https://media.example.com"; allowed: ${domain}. Fix: write the name alone`,
    `domains[2]: given "a.example.com"; allowed: ${domain}. Fix: write the name alone`,
  ),
  delivery(
    "a wildcard",
    { domains: ["*.example.com"] },
    `domains[0]: given "*.example.com"; allowed: ${domain}. Fix: name the hosts, and give certificateMap for a wildcard certificate`,
  ),
  delivery(
    "a project's id for its number",
    { projectNumber: "my-project" },
    'projectNumber: given "my-project"; allowed: the project\'s number, digits only. ' +
      "Fix: look it up: gcloud projects describe PROJECT_ID --format='value(projectNumber)'",
  ),
  delivery(
    "keys without a region for their secrets",
    { regions: [] },
    "regions: given []; allowed: at least one region. Fix: pass the regions of the bucket's placement",
  ),
  delivery(
    "forced caching of a private bucket",
    { caching: { cacheMode: "FORCE_CACHE_ALL" as CdnCacheMode } },
    'caching.cacheMode: given "FORCE_CACHE_ALL"; allowed: USE_ORIGIN_HEADERS or CACHE_ALL_STATIC. ' +
      "Reason: it keeps responses that the origin marks private, and the cache key has no signature in it: what one viewer was allowed to read could be served to others. " +
      "Fix: leave cacheMode out, and give objects that everyone may read a Cache-Control of their own",
  ),
  delivery(
    "times that nothing would go by",
    { ...everyone, caching: { cacheMode: "USE_ORIGIN_HEADERS", segmentSeconds: 60 } },
    "caching.segmentSeconds: given times together with cacheMode USE_ORIGIN_HEADERS; allowed: no times, or another cacheMode, with access Everyone. " +
      "Reason: in this mode nothing but an object's own Cache-Control says how long it is kept. Fix: leave the times out, or cacheMode",
  ),
  delivery(
    "a missing object kept for an hour, and a segment for half a second",
    { caching: { missingSeconds: 3600, segmentSeconds: 0.5 } },
    "caching.segmentSeconds: given 0.5; allowed: a whole number from 0 to 31622400. Fix: use a number in that range",
    "caching.missingSeconds: given 3600; allowed: a whole number from 0 to 1800. Fix: use a number in that range",
  ),
  delivery(
    "a signature's parameter in the cache key",
    { caching: { queryParameters: ["Signature"] } },
    'caching.queryParameters[0]: given "Signature"; allowed: parameters that change what is served. ' +
      "Reason: it belongs to a signature, so every viewer would get copies of their own. Fix: remove it",
  ),
  delivery(
    "no key",
    { signedRequests: { keys: [] } },
    'signedRequests.keys: given 0 keys; allowed: 1 to 3 keys. Reason: a backend has at most 3 keys, and signatures need one. Fix: declare one: [{ name: "a" }]',
  ),
  delivery(
    "four keys",
    { signedRequests: { keys: ["a", "b", "c", "d"].map((name) => ({ name })) } },
    "signedRequests.keys: given 4 keys; allowed: 1 to 3 keys. Reason: a backend has at most 3 keys, and signatures need one. Fix: leave out the keys that no longer sign",
  ),
  delivery(
    "a key's name that no backend takes, and one twice",
    { signedRequests: { keys: [{ name: "a" }, { name: "2026_key" }, { name: "a" }] } },
    `signedRequests.keys[1].name: given "2026_key"; allowed: ${keyName}. Fix: use short names that say nothing of state or date, such as "a" and "b"`,
    `signedRequests.keys[2].name: given "a"; allowed: ${keyName}. Fix: use short names that say nothing of state or date, such as "a" and "b"`,
  ),
  delivery(
    "signing with a key that the CDN does not have",
    { signedRequests: { keys: [{ name: "a" }, { name: "b" }], activeKey: "c" } },
    'signedRequests.activeKey: given "c"; allowed: "a" or "b". Reason: the CDN refuses signatures by a key that its backends do not have. Fix: name a declared key, or declare this one',
  ),
  delivery(
    "the whole bucket for everyone",
    { access: "Everyone" },
    "servedPrefixes: given nothing; allowed: at least one prefix with access Everyone. " +
      'Reason: everyone could read the whole bucket, including mezzanines and job records. Fix: name what is to be public: ["outputs/"]',
  ),
  delivery(
    "keys where everybody may watch",
    { ...everyone, signedRequests: {} },
    "signedRequests: given keys together with access Everyone; allowed: nothing with access Everyone. " +
      "Reason: unsigned requests would be served as well, so a signature would protect nothing. Fix: leave signedRequests out, or set access to SignedRequests",
  ),
  delivery(
    "a prefix that starts as a path, and one that begins other names too",
    { servedPrefixes: ["/outputs/", "outputs"] },
    ...["/outputs/", "outputs"].map(
      (prefix, index) =>
        `servedPrefixes[${index}]: given "${prefix}"; allowed: the beginning of an object's name, ending in "/" and not starting with it, without quotes: "outputs/". Fix: write it as object names begin`,
    ),
  ),
  delivery(
    "more prefixes than an account's conditions have room for",
    { servedPrefixes: Array.from({ length: 261 }, (_, index) => `show-${index}/`) },
    "servedPrefixes: given 261 prefixes; allowed: up to 260. " +
      "Reason: Google takes 20 conditions for one role and account, each with 13 prefixes. Fix: serve prefixes that more objects share",
  ),
  delivery(
    "a certificate map by its id alone",
    { certificateMap: "projects/p/locations/global/certificateMaps/m" },
    'certificateMap: given "projects/p/locations/global/certificateMaps/m"; allowed: //certificatemanager.googleapis.com/projects/P/locations/global/certificateMaps/M. ' +
      "Fix: write //certificatemanager.googleapis.com/ and the map's id",
  ),
  delivery(
    "an old TLS version",
    { tls: { minVersion: "TLS_1_0" as MinTlsVersion } },
    'tls.minVersion: given "TLS_1_0"; allowed: TLS_1_2 or TLS_1_3. Fix: use one of these',
  ),
  delivery(
    "TLS 1.3 alone with the wrong ciphers",
    { tls: { minVersion: "TLS_1_3", profile: "MODERN" } },
    "tls.profile: given MODERN with TLS_1_3; allowed: RESTRICTED. Reason: Google takes TLS 1.3 as the oldest version with that profile only. Fix: leave profile out, or take TLS_1_2",
  ),
  delivery(
    "a response header without a value",
    { responseHeaders: ["X-Cache-Status"] },
    'responseHeaders[0]: given "X-Cache-Status"; allowed: a name, a colon and a value on one line: "X-Cache-Status: {cdn_cache_status}". Fix: write it as it is sent',
  ),
  delivery(
    "a bucket whose objects may be encrypted by keys that clients hold",
    { customerSuppliedEncryption: CustomerSuppliedEncryption.Allowed },
    "customerSuppliedEncryption: given ALLOWED together with a CDN; allowed: FORBIDDEN, or nothing, where there is a CDN. " +
      "Reason: a CDN has no key to send, so it could serve no such object. Fix: encrypt by a key in Cloud KMS (kmsKeyName) instead, or use another bucket for these objects",
  ),
];

import { defaultEndpoint, parseEndpoint } from "./endpoint.ts";
import type { Scheme } from "./scheme.ts";
import type { SigningKey, UrlToSign } from "./types.ts";
import { headerProblems } from "./validate-headers.ts";

/** Longest validity, counted from `at`. https://docs.cloud.google.com/storage/docs/authentication/signatures */
export const longestTtlSeconds = 604_800;
/**
 * Longest validity of a URL signed by signBlob, whose keys rotate.
 * https://docs.cloud.google.com/storage/docs/authentication/creating-signatures
 */
export const longestBlobTtlSeconds = 43_200;
/** UTF-8 bytes of an object name. https://docs.cloud.google.com/storage/docs/objects#naming */
const longestObjectName = 1024;

export const loneSurrogate = /\p{Cs}/u;
export const controlCharacter = /\p{Cc}/u;
const methods: readonly string[] = ["GET", "HEAD", "PUT", "POST", "DELETE"];
const authentication = [
  "algorithm",
  "credential",
  "date",
  "expires",
  "signedheaders",
  "signature",
  "security-token",
];

/** All problems of a request, one sentence each, in the order of the fields. */
export function requestProblems(request: UrlToSign, scheme: Scheme, kind: SigningKey["kind"]): string[] {
  return [
    ...methodProblems(request.method),
    ...bucketProblems(request.bucket),
    ...(request.object === undefined ? [] : objectProblems(request.object)),
    ...headerProblems(request, scheme),
    ...queryProblems(request.query ?? {}, scheme),
    ...timeProblems(request, kind === "blob" ? longestBlobTtlSeconds : longestTtlSeconds),
    ...endpointProblems(request),
  ];
}

export const isMethod = (method: string): boolean => methods.includes(method);

const methodProblems = (method: string): string[] =>
  isMethod(method) ? [] : [`method: ${quote(method)} must be one of ${methods.join(", ")}`];

/** https://docs.cloud.google.com/storage/docs/buckets#naming */
export function bucketProblems(bucket: string): string[] {
  const well =
    /^(?=.{3,222}$)[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?)*$/.test(
      bucket,
    ) && !/^\d+\.\d+\.\d+\.\d+$/.test(bucket);
  return well
    ? []
    : [
        `bucket: ${quote(bucket)} must be 3 to 63 characters (222 with dots, 63 between dots) of a-z 0-9 - _ ., starting and ending with a letter or digit, and no IP address`,
      ];
}

export function objectProblems(object: string): string[] {
  const problems: string[] = [];
  const say = (problem: string): number => problems.push(`object: ${quote(object)} ${problem}`);
  if (object === "") problems.push("object: is empty; leave it out for a request on the bucket");
  if (loneSurrogate.test(object)) say("holds half a surrogate pair and has no UTF-8 form");
  if (controlCharacter.test(object)) say("holds a control character; remove it");
  if (Buffer.byteLength(object) > longestObjectName)
    say(`is longer than ${longestObjectName} bytes of UTF-8; shorten it`);
  if (object.split("/").some((segment) => segment === "." || segment === ".."))
    say('has a "." or ".." between slashes, which HTTP clients resolve before sending; rename the object');
  return problems;
}

function queryProblems(query: Readonly<Record<string, string>>, scheme: Scheme): string[] {
  const problems: string[] = [];
  for (const [name, value] of Object.entries(query)) {
    const say = (problem: string): number => problems.push(`query: parameter ${quote(name)} ${problem}`);
    const lowerCase = name.toLowerCase();
    if (name === "") say("has no name");
    if (loneSurrogate.test(name) || loneSurrogate.test(value))
      say("holds half a surrogate pair and has no UTF-8 form");
    if (controlCharacter.test(name) || controlCharacter.test(value))
      say("holds a control character; remove it");
    if (lowerCase.startsWith(scheme.foreignPrefix))
      say(`does not belong to ${scheme.algorithm}; the x-goog- and x-amz- schemes cannot be mixed`);
    if (authentication.some((part) => lowerCase === `${scheme.headerPrefix}${part}`))
      say("is set by the signer; leave it out");
  }
  return problems;
}

export function timeProblems(
  { ttlSeconds, at }: Pick<UrlToSign, "ttlSeconds" | "at">,
  longest: number,
): string[] {
  const problems: string[] = [];
  if (!Number.isInteger(ttlSeconds) || ttlSeconds < 1 || ttlSeconds > longest)
    problems.push(
      `ttlSeconds: ${String(ttlSeconds)} must be a whole number from 1 to ${longest}${
        longest === longestBlobTtlSeconds
          ? " (keys behind signBlob rotate; a key of your own allows more)"
          : ""
      }`,
    );
  const year = at.getUTCFullYear();
  if (!(year >= 1970 && year <= 9999)) problems.push("at: must be a valid date in the years 1970 to 9999");
  return problems;
}

export function endpointProblems({
  endpoint = defaultEndpoint,
  headers = {},
}: Pick<UrlToSign, "endpoint" | "headers">): string[] {
  const problems: string[] = [];
  const styles: readonly string[] = ["path", "virtual-hosted", "bucket-bound"];
  if (!styles.includes(endpoint.style))
    problems.push(`endpoint.style: ${quote(endpoint.style)} must be one of ${styles.join(", ")}`);
  const parts = parseEndpoint(endpoint.url);
  if (parts === undefined) {
    problems.push(
      "endpoint.url: must be scheme://host[:port] with scheme http or https, and nothing after it (value not shown)",
    );
    return problems;
  }
  const isNumeric = /^\[|^\d+(\.\d+){3}$/.test(parts.hostname);
  if (endpoint.style === "virtual-hosted" && isNumeric)
    problems.push(`endpoint.style: virtual-hosted needs a host name, not ${parts.hostname}; use path style`);
  const isLoopback = /^localhost$|^127\.|^\[::1\]$/.test(parts.hostname);
  const sendsKey = Object.keys(headers).some((name) => /^x-goog-(copy-source-)?encryption-key$/i.test(name));
  if (sendsKey && parts.protocol === "http" && !isLoopback)
    problems.push(
      "endpoint.url: customer-supplied encryption keys travel over https only; change the scheme to https",
    );
  return problems;
}

export const quote = (text: unknown): string => {
  const quoted = JSON.stringify(text) as string | undefined;
  return quoted === undefined ? String(text) : quoted.length > 120 ? `${quoted.slice(0, 120)}…` : quoted;
};

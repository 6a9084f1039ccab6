import type { Scheme } from "./scheme.ts";
import type { UrlToSign } from "./types.ts";

/** Between two neighbours only (RFC 9110, section 7.6.1): a proxy removes them, and the signature would not match. */
const hopByHop: readonly string[] = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** Tabs become spaces. Beyond ASCII, clients and servers disagree about the bytes. */
export const headerValue = /^[\t -~]*$/;

/** Problems of the headers to sign. Values are not quoted, because one may be an encryption key. */
export function headerProblems({ headers = {} }: UrlToSign, scheme: Scheme): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const [name, value] of Object.entries(headers)) {
    const lowerCase = name.toLowerCase();
    const say = (problem: string): number =>
      problems.push(`headers: ${JSON.stringify(name.slice(0, 120))} ${problem}`);
    // RFC 9110, section 5.6.2, and the slash, which a conformance vector signs although no client can send it.
    if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z/]+$/.test(name)) say("is not a header name");
    if (!headerValue.test(value))
      say("has a value with characters other than visible ASCII, space and tab; encode it (value not shown)");
    if (lowerCase === "content-length" && !/^\d+$/.test(value)) say("must be a number of bytes");
    if (lowerCase === "host") say("comes from the endpoint; leave it out");
    if (hopByHop.includes(lowerCase)) say("ends at the next proxy and cannot be signed; leave it out");
    if (lowerCase.startsWith(scheme.foreignPrefix))
      say(`does not belong to ${scheme.algorithm}; the x-goog- and x-amz- schemes cannot be mixed`);
    if (seen.has(lowerCase)) say("is there twice; keep one");
    seen.add(lowerCase);
  }
  return problems;
}

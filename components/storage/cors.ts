import type * as gcp from "@pulumi/gcp";
import { shown, sorted, type Problem } from "../validation/index.ts";

/**
 * Lets web pages of other origins use the bucket's objects, where they are allowed to read or write them at all: by a
 * signed URL, for example.
 *
 * Source: https://docs.cloud.google.com/storage/docs/cross-origin
 */
export interface CorsRule {
  /** Origins of the pages, scheme and host, and a port where it is not the scheme's own; or `*` for any. */
  origins: string[];
  /** HTTP methods in capitals: `GET`, `HEAD`, `PUT`, `POST`, `PATCH`, `DELETE`, `OPTIONS`; or `*` for any. */
  methods: string[];
  /**
   * Headers that pages may send, and may read from answers. A page that uploads with a signed URL has to name those that
   * the signature covers, such as `content-type` and `x-goog-if-generation-match`.
   * @default none but the simple ones
   */
  responseHeaders?: string[];
  /**
   * Seconds for which a browser remembers the answer to a preflight request, 0 to 86400.
   * @default Google's own
   */
  maxAgeSeconds?: number;
}

const METHODS = ["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "OPTIONS", "*"];
/** Browsers remember for a day at most. Source: https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Access-Control-Max-Age */
const LONGEST_SECONDS = 86_400;
/** A header's name: https://www.rfc-editor.org/rfc/rfc9110#name-tokens */
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;

/** The bucket's CORS rules, where there are any. */
export function corsOf(rules: readonly CorsRule[] | undefined): {
  cors?: gcp.types.input.storage.BucketCor[];
} {
  return rules === undefined ? {} : { cors: rules.map((rule) => ({ ...rule, ...sortedLists(rule) })) };
}

const sortedLists = ({ origins, methods, responseHeaders }: CorsRule) => ({
  origins: sorted(origins),
  methods: sorted(methods),
  ...(responseHeaders && { responseHeaders: sorted(responseHeaders) }),
});

/** Problems of the rules; paths begin with `cors`. */
export function corsProblems(rules: readonly CorsRule[]): Problem[] {
  return rules.flatMap((rule, index) => {
    const path = `cors[${index}]`;
    return [
      ...emptyProblems(`${path}.origins`, rule.origins, "an origin"),
      ...rule.origins.flatMap((origin, at) => originProblems(`${path}.origins[${at}]`, origin)),
      ...emptyProblems(`${path}.methods`, rule.methods, "a method"),
      ...rule.methods.flatMap((method, at) => methodProblems(`${path}.methods[${at}]`, method)),
      ...(rule.responseHeaders ?? []).flatMap((header, at) =>
        headerProblems(`${path}.responseHeaders[${at}]`, header),
      ),
      ...maxAgeProblems(`${path}.maxAgeSeconds`, rule.maxAgeSeconds),
    ];
  });
}

function emptyProblems(path: string, items: readonly string[], what: string): Problem[] {
  if (items.length > 0) return [];
  return [{ path, given: "[]", allowed: `${what} or more`, fix: `name ${what}, or remove the rule` }];
}

function originProblems(path: string, origin: string): Problem[] {
  if (origin === "*" || (URL.canParse(origin) && /^https?:$/.test(new URL(origin).protocol))) {
    // What a browser sends, and Google compares with, is exactly this.
    const exact = origin === "*" ? "*" : new URL(origin).origin;
    if (origin === exact && (origin === "*" || !origin.includes("*"))) return [];
    if (!exact.includes("*")) {
      return [
        {
          path,
          given: shown(origin),
          allowed: `${shown(exact)}, as browsers send it`,
          fix: `write ${shown(exact)}`,
        },
      ];
    }
  }
  return [
    {
      path,
      given: shown(origin),
      allowed: "an origin such as https://studio.example.com or http://localhost:8080, or * alone",
      fix: "write scheme and host, and nothing behind",
    },
  ];
}

function methodProblems(path: string, method: string): Problem[] {
  if (METHODS.includes(method)) return [];
  return [{ path, given: shown(method), allowed: METHODS.join(", "), fix: "use one of these, in capitals" }];
}

function headerProblems(path: string, header: string): Problem[] {
  if (HEADER_NAME.test(header)) return [];
  return [
    {
      path,
      given: shown(header),
      allowed: "the name of a header, or *",
      fix: "name one header, without its value",
    },
  ];
}

function maxAgeProblems(path: string, seconds: number | undefined): Problem[] {
  if (seconds === undefined) return [];
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= LONGEST_SECONDS) return [];
  return [
    {
      path,
      given: shown(seconds),
      allowed: `whole seconds, 0 to ${LONGEST_SECONDS}`,
      because: "browsers remember for a day at most.",
      fix: "choose a duration in this range",
    },
  ];
}

import { malformedSecurity, notModelled, StorageError } from "../errors.ts";
import type { Query } from "../http/exchange.ts";

/** Service and request type of the credential scope: https://docs.cloud.google.com/storage/docs/authentication/signatures */
const SCHEMES = {
  "AWS4-HMAC-SHA256": { prefix: "amz", service: "s3", requestType: "aws4_request", secretPrefix: "AWS4" },
  "GOOG4-HMAC-SHA256": {
    prefix: "goog",
    service: "storage",
    requestType: "goog4_request",
    secretPrefix: "GOOG4",
  },
  "GOOG4-RSA-SHA256": {
    prefix: "goog",
    service: "storage",
    requestType: "goog4_request",
    secretPrefix: undefined,
  },
} as const;
export type Algorithm = keyof typeof SCHEMES;
export type Scheme = (typeof SCHEMES)[Algorithm];

/** A V4 signature as it came, checked for form only. */
export interface Claim {
  readonly where: "query" | "header";
  readonly algorithm: Algorithm;
  readonly scheme: Scheme;
  /** HMAC access id, or a service account's e-mail address. */
  readonly authorizer: string;
  /** `YYYYMMDD/location/service/request type` */
  readonly scope: string;
  readonly scopeDate: string;
  readonly location: string;
  /** `YYYYMMDD'T'HHMMSS'Z'` */
  readonly datetime: string;
  readonly at: Date;
  /** Seconds; signed URLs only. */
  readonly expires?: number;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

type GetHeader = (name: string) => string | undefined;

/** https://docs.cloud.google.com/storage/docs/authentication/signatures: 7 days, counted from X-Goog-Date. */
const MAX_EXPIRES_SECONDS = 604_800;

/**
 * Finds the V4 signature of a request.
 *
 * @returns undefined for a request that carries none
 * @throws for one that is malformed, of an algorithm or version not modelled, or asks for more than seven days
 */
export function parseClaim(query: Query, header: GetHeader): Claim | undefined {
  if (query.has("X-Goog-Algorithm") || query.has("X-Goog-Signature")) return fromQuery(query, "X-Goog-");
  if (query.has("X-Amz-Algorithm") || query.has("X-Amz-Signature")) return fromQuery(query, "X-Amz-");
  if (query.has("Signature") && (query.has("GoogleAccessId") || query.has("AWSAccessKeyId"))) {
    throw notModelled("A V2 signature");
  }
  const authorization = header("authorization");
  if (authorization === undefined || /^Bearer\s/i.test(authorization)) return undefined;
  return fromHeader(authorization, header);
}

function fromQuery(query: Query, prefix: "X-Goog-" | "X-Amz-"): Claim {
  const need = (name: string): string => {
    const value = query.get(prefix + name);
    if (value === undefined || value === "")
      throw malformedSecurity(prefix + name, `${prefix}${name} is missing.`);
    return value;
  };
  const algorithm = algorithmOf(need("Algorithm"), prefix);
  const expires = Number(need("Expires"));
  if (!/^\d+$/.test(need("Expires"))) {
    throw malformedSecurity(`${prefix}Expires`, `${prefix}Expires must be a whole number of seconds.`);
  }
  if (expires > MAX_EXPIRES_SECONDS) {
    // The cap is documented, the code of the answer is not: this is the name that S3 uses.
    throw new StorageError({
      status: 400,
      reason: "invalid",
      code: "AuthorizationQueryParametersError",
      message: `${prefix}Expires must be at most ${MAX_EXPIRES_SECONDS} seconds (7 days); given ${expires}.`,
    });
  }
  return claim("query", algorithm, `${prefix}Credential`, need("Credential"), {
    datetime: need("Date"),
    signedHeaders: need("SignedHeaders"),
    signature: need("Signature"),
    expires,
  });
}

function fromHeader(authorization: string, header: GetHeader): Claim {
  const [name = "", ...rest] = authorization.split(/\s+/);
  const parts = new Map(
    rest
      .join("")
      .split(",")
      .map((part) => [part.slice(0, part.indexOf("=")), part.slice(part.indexOf("=") + 1)] as const),
  );
  const need = (part: string): string => {
    const value = parts.get(part);
    if (value === undefined || value === "") {
      throw malformedSecurity("Authorization", `The Authorization header has no ${part}.`);
    }
    return value;
  };
  const algorithm = algorithmOf(name, undefined);
  return claim("header", algorithm, "Authorization", need("Credential"), {
    datetime: header("x-goog-date") ?? header("x-amz-date") ?? "",
    signedHeaders: need("SignedHeaders"),
    signature: need("Signature"),
  });
}

function algorithmOf(name: string, prefix: "X-Goog-" | "X-Amz-" | undefined): Algorithm {
  if (!Object.hasOwn(SCHEMES, name)) {
    throw malformedSecurity(
      prefix === undefined ? "Authorization" : `${prefix}Algorithm`,
      `Given ${JSON.stringify(name)}; allowed: ${Object.keys(SCHEMES).join(", ")}.`,
    );
  }
  const algorithm = name as Algorithm;
  if (prefix !== undefined && (SCHEMES[algorithm].prefix === "amz") !== (prefix === "X-Amz-")) {
    throw malformedSecurity(`${prefix}Algorithm`, `${name} does not go with ${prefix}* parameters.`);
  }
  return algorithm;
}

interface Parts {
  readonly datetime: string;
  readonly signedHeaders: string;
  readonly signature: string;
  readonly expires?: number;
}

function claim(
  where: Claim["where"],
  algorithm: Algorithm,
  credentialName: string,
  credential: string,
  { datetime, signedHeaders, signature, expires }: Parts,
): Claim {
  const scheme = SCHEMES[algorithm];
  const at = parseDatetime(datetime);
  if (at === undefined) {
    throw malformedSecurity(
      `X-${scheme.prefix === "amz" ? "Amz" : "Goog"}-Date`,
      "The date must be YYYYMMDD'T'HHMMSS'Z'.",
    );
  }
  const match = /^(.+)\/(\d{8})\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(credential);
  const [, authorizer = "", scopeDate = "", location = "", service = "", requestType = ""] = match ?? [];
  if (match === null || service !== scheme.service || requestType !== scheme.requestType) {
    throw malformedSecurity(
      credentialName,
      `The credential of ${algorithm} must be AUTHORIZER/YYYYMMDD/LOCATION/${scheme.service}/${scheme.requestType}.`,
    );
  }
  if (scopeDate !== datetime.slice(0, 8)) {
    throw malformedSecurity(
      credentialName,
      "The credential scope's date is not the day of the signature's date.",
    );
  }
  return {
    where,
    algorithm,
    scheme,
    authorizer,
    scope: `${scopeDate}/${location}/${service}/${requestType}`,
    scopeDate,
    location,
    datetime,
    at,
    ...(expires !== undefined && { expires }),
    signedHeaders: signedHeaders.toLowerCase().split(";"),
    signature,
  };
}

function parseDatetime(text: string): Date | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

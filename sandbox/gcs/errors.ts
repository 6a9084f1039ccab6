/** What a request is refused with; the JSON and the XML API render the same error in their own shapes. */
export interface Refusal {
  readonly status: number;
  /** JSON `reason`. */
  readonly reason: string;
  /** XML `Code`. */
  readonly code: string;
  /** JSON `message`. The XML API shows `xmlMessage` and puts this into `Details`. */
  readonly message: string;
  readonly xmlMessage?: string;
  /** Further XML elements: name to text. */
  readonly elements?: Readonly<Record<string, string>>;
  readonly locationType?: string;
  readonly location?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown by every part of the store; anything else that is thrown is a defect and answered with 500. */
export class StorageError extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.message);
    this.name = "StorageError";
    this.refusal = refusal;
  }
}

const refuse = (refusal: Refusal): StorageError => new StorageError(refusal);

export const invalid = (message: string, location?: string): StorageError =>
  refuse({
    status: 400,
    reason: "invalid",
    code: "InvalidArgument",
    message,
    xmlMessage: "Invalid argument.",
    ...(location !== undefined && { locationType: "parameter", location }),
  });

export const required = (message: string, location: string): StorageError =>
  refuse({
    status: 400,
    reason: "required",
    code: "InvalidArgument",
    message,
    xmlMessage: "Invalid argument.",
    locationType: "parameter",
    location,
  });

/** For what Google has and this store has not: said plainly, so that no test passes by accident. */
export const notModelled = (what: string): StorageError =>
  refuse({
    status: 501,
    reason: "notImplemented",
    code: "NotImplemented",
    message: `${what} is not modelled by the sandbox's Cloud Storage.`,
  });

export const bucketNotFound = (): StorageError =>
  refuse({
    status: 404,
    reason: "notFound",
    code: "NoSuchBucket",
    message: "The specified bucket does not exist.",
  });

export const objectNotFound = (bucket: string, name: string): StorageError =>
  refuse({
    status: 404,
    reason: "notFound",
    code: "NoSuchKey",
    message: `No such object: ${bucket}/${name}`,
    xmlMessage: "The specified key does not exist.",
  });

export const notFound = (message = "Not Found"): StorageError =>
  refuse({ status: 404, reason: "notFound", code: "NotFound", message });

export const conflict = (message: string, code = "Conflict"): StorageError =>
  refuse({ status: 409, reason: "conflict", code, message });

export const preconditionFailed = (name: string): StorageError =>
  refuse({
    status: 412,
    reason: "conditionNotMet",
    code: "PreconditionFailed",
    message: "At least one of the pre-conditions you specified did not hold.",
    locationType: "header",
    location: name,
    elements: { Details: name },
  });

export const notModified = (): StorageError =>
  refuse({ status: 304, reason: "notModified", code: "NotModified", message: "Not Modified" });

export const methodNotAllowed = (method: string): StorageError =>
  refuse({
    status: 405,
    reason: "methodNotAllowed",
    code: "MethodNotAllowed",
    message: `The specified method is not allowed against this resource: ${method}`,
    xmlMessage: "The specified method is not allowed against this resource.",
  });

export const forbidden = (message: string): StorageError =>
  refuse({
    status: 403,
    reason: "forbidden",
    code: "AccessDenied",
    message,
    xmlMessage: "Access denied.",
  });

export const unauthenticated = (message: string, reason: "required" | "authError"): StorageError =>
  refuse({
    status: 401,
    reason,
    code: "AuthenticationRequired",
    message,
    xmlMessage: "Authentication required.",
    locationType: "header",
    location: "Authorization",
    headers: { "www-authenticate": 'Bearer realm="https://accounts.google.com/"' },
  });

export const held = (
  reason: "retentionPolicyNotMet" | "objectUnderActiveHold",
  message: string,
): StorageError =>
  refuse({
    status: 403,
    reason,
    code: reason.charAt(0).toUpperCase() + reason.slice(1),
    message,
  });

export const hashMismatch = (kind: "MD5" | "CRC32C" | "SHA256", given: string, found: string): StorageError =>
  refuse({
    status: 400,
    reason: "invalid",
    code: kind === "CRC32C" ? "CrcMismatch" : "BadDigest",
    message: `Provided ${kind} hash "${given}" doesn't match calculated ${kind} hash "${found}".`,
  });

export const rangeNotSatisfiable = (size: number): StorageError =>
  refuse({
    status: 416,
    reason: "requestedRangeNotSatisfiable",
    code: "InvalidRange",
    message: "The requested range cannot be satisfied.",
    headers: { "content-range": `bytes */${size}` },
  });

/** A malformed signed request, detected before the key is looked up. */
export const malformedSecurity = (parameter: string, details: string): StorageError =>
  refuse({
    status: 400,
    reason: "invalid",
    code: "MalformedSecurityHeader",
    message: details,
    xmlMessage: "Your request has a malformed header.",
    elements: { ParameterName: parameter },
  });

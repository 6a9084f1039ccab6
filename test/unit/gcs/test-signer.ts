import { createHash, createHmac, sign as signRsa } from "node:crypto";

/** What a test signs with. */
export type TestKey =
  | { kind: "hmac"; algorithm: "AWS4-HMAC-SHA256" | "GOOG4-HMAC-SHA256"; accessId: string; secret: string }
  | { kind: "rsa"; algorithm: "GOOG4-RSA-SHA256"; email: string; privateKey: string };

export interface TestRequest {
  method?: string;
  /** Encoded path, `/bucket/object`. */
  path: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  host: string;
  at: Date;
  expires?: number;
  /** Changes the credential scope. */
  scopeDate?: string;
  service?: string;
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** A V4 signed path and query, for the requests that no official client can be made to sign. */
export function signPath(key: TestKey, request: TestRequest): string {
  const aws = key.algorithm.startsWith("AWS4");
  const prefix = aws ? "X-Amz-" : "X-Goog-";
  const datetime = request.at.toISOString().replaceAll(/[-:]|\.\d{3}/g, "");
  const day = request.scopeDate ?? datetime.slice(0, 8);
  const [service, type] = aws ? ["s3", "aws4_request"] : ["storage", "goog4_request"];
  const scope = [day, "auto", request.service ?? service, type].join("/");
  const headers = Object.entries({ host: request.host, ...request.headers })
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const signedHeaders = headers.map(([name]) => name).join(";");
  const query = Object.entries({
    ...request.query,
    [`${prefix}Algorithm`]: key.algorithm,
    [`${prefix}Credential`]: `${key.kind === "rsa" ? key.email : key.accessId}/${scope}`,
    [`${prefix}Date`]: datetime,
    [`${prefix}Expires`]: String(request.expires ?? 900),
    [`${prefix}SignedHeaders`]: signedHeaders,
  })
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join("&");
  const canonical = [
    request.method ?? "GET",
    request.path,
    query,
    ...headers.map(([name, value]) => `${name}:${value}`),
    "",
    signedHeaders,
    "UNSIGNED-PAYLOAD",
  ].join("\n");
  const toSign = [key.algorithm, datetime, scope, createHash("sha256").update(canonical).digest("hex")].join(
    "\n",
  );
  return `${request.path}?${query}&${prefix}Signature=${signature(key, toSign, scope)}`;
}

function signature(key: TestKey, toSign: string, scope: string): string {
  if (key.kind === "rsa") return signRsa("RSA-SHA256", Buffer.from(toSign), key.privateKey).toString("hex");
  const derived = scope
    .split("/")
    .reduce<string | Buffer>(
      (secret, part) => createHmac("sha256", secret).update(part).digest(),
      (key.algorithm.startsWith("AWS4") ? "AWS4" : "GOOG4") + key.secret,
    );
  return createHmac("sha256", derived).update(toSign).digest("hex");
}

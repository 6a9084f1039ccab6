import { byCodePoint, encodeComponent } from "./encoding.ts";

/** Payload line of a request whose body is not part of the signature. */
export const unsignedPayload = "UNSIGNED-PAYLOAD";

/** The parts of a canonical request, each already in its canonical form. */
export interface CanonicalParts {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** Name and value, in order, `host` among them. */
  readonly headers: readonly (readonly [string, string])[];
  readonly payload: string;
}

/**
 * The text whose hash is signed.
 * @see https://docs.cloud.google.com/storage/docs/authentication/canonical-requests
 */
export function canonicalRequest({ method, path, query, headers, payload }: CanonicalParts): string {
  // Each header line ends itself, so that one empty line comes before the names.
  const lines = headers.map(([name, value]) => `${name}:${value}\n`).join("");
  return [method, path, query, lines, signedHeaderNames(headers), payload].join("\n");
}

export function signedHeaderNames(headers: readonly (readonly [string, string])[]): string {
  return headers.map(([name]) => name).join(";");
}

/** Names in lower case, values trimmed and their runs of white space made one space, sorted by name. */
export function canonicalHeaders(headers: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(headers)
    .map(([name, value]): [string, string] => [name.toLowerCase(), canonicalValue(value)])
    .sort(byCodePoint);
}

/** Trimmed, each run of white space made one space. */
export const canonicalValue = (value: string): string =>
  /\s/.test(value) ? value.trim().replace(/\s+/g, " ") : value;

/** `name=value&…`, both encoded, sorted by encoded name: by name alone, so that `a` comes before `a-b`. */
export function canonicalQuery(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .map(([name, value]): [string, string] => [encodeComponent(name), encodeComponent(value)])
    .sort(byCodePoint)
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

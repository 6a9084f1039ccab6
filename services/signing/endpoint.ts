import { encodePath } from "./encoding.ts";
import type { Endpoint, UrlToSign } from "./types.ts";

export const defaultEndpoint: Endpoint = { url: "https://storage.googleapis.com", style: "path" };

export interface EndpointParts {
  readonly protocol: "http" | "https";
  /** Lower case; an IPv6 address keeps its brackets. */
  readonly hostname: string;
  /** As written, even when it is the default one: Google's vectors keep `:443` in the URL. */
  readonly port: string | undefined;
}

const shape = /^(https?):\/\/(\[[0-9a-f:.]+\]|[^\s/?#@:[\]\\]+)(?::(\d{1,5}))?\/?$/i;

/** Splits `scheme://host[:port]`; undefined for anything else, and for hosts that a URL parser would rewrite. */
export function parseEndpoint(url: string): EndpointParts | undefined {
  const match = shape.exec(url);
  const [, protocol, host, port] = match ?? [];
  if (protocol === undefined || host === undefined) return undefined;
  const hostname = host.toLowerCase();
  const base = `${protocol.toLowerCase()}://${hostname}`;
  // `0x7f.1`, `ｅxample.com` and the like become another host on the wire than the one that was signed.
  if (!URL.canParse(port === undefined ? base : `${base}:${port}`)) return undefined;
  if (new URL(base).hostname !== hostname) return undefined;
  return { protocol: protocol.toLowerCase() === "http" ? "http" : "https", hostname, port };
}

export interface Target {
  /** `scheme://host[:port]` of the request. */
  readonly origin: string;
  /** The signed `host`. */
  readonly host: string;
  /** Encoded, always with a leading slash. */
  readonly path: string;
}

/**
 * Host and path of a request.
 * @param signsPort whether a non-default port belongs to the signed host
 * @throws TypeError when the endpoint's URL is not `scheme://host[:port]`
 */
export function targetOf(
  request: Pick<UrlToSign, "bucket" | "object" | "endpoint">,
  signsPort: boolean,
): Target {
  const endpoint = request.endpoint ?? defaultEndpoint;
  const parts = parseEndpoint(endpoint.url);
  if (parts === undefined) throw new TypeError("endpoint.url must be scheme://host[:port]");
  const { protocol, port } = parts;
  const hostname =
    endpoint.style === "virtual-hosted" ? `${request.bucket}.${parts.hostname}` : parts.hostname;
  const isDefaultPort = port === undefined || Number(port) === (protocol === "http" ? 80 : 443);
  const objectPath = request.object === undefined ? "" : `/${encodePath(request.object)}`;
  const path = endpoint.style === "path" ? `/${request.bucket}${objectPath}` : objectPath || "/";
  return {
    origin: `${protocol}://${hostname}${port === undefined ? "" : `:${port}`}`,
    host: signsPort && !isDefaultPort ? `${hostname}:${String(Number(port))}` : hostname,
    path,
  };
}

import { unauthenticated } from "../errors.ts";
import { wireText, type Exchange } from "../http/exchange.ts";
import { parseClaim } from "../signature/parse.ts";
import { verifyClaim } from "../signature/verify.ts";
import type { State } from "../state.ts";
import { ANONYMOUS, type Caller } from "../types.ts";

/** Signature (query or header), bearer token, or anonymous. */
export function authenticateXml(state: State, exchange: Exchange): Caller {
  const claim = parseClaim(exchange.query, exchange.header);
  if (claim !== undefined) {
    const { options, hmacKeys } = state;
    const { method, rawPath, query } = exchange;
    return verifyClaim({ method, rawPath, query, headers: headersOf(exchange) }, claim, {
      now: options.clock(),
      findHmacKey: hmacKeys.find,
      publicKeys: options.publicKeys,
      serviceAccountExists: (email) => options.authorizer.serviceAccountExists(email),
    });
  }
  const authorization = exchange.header("authorization");
  if (authorization === undefined) return ANONYMOUS;
  const token = /^Bearer\s+(\S+)$/i.exec(authorization)?.[1];
  const principal = token === undefined ? undefined : state.options.tokens.verify(token);
  if (principal === undefined) throw unauthenticated("Invalid Credentials", "authError");
  return { principal };
}

function headersOf(exchange: Exchange): Map<string, string[]> {
  const { rawHeaders } = exchange.request;
  const headers = new Map<string, string[]>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? "").toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), wireText(rawHeaders[index + 1] ?? "")]);
  }
  return headers;
}

import { createHmac, timingSafeEqual } from "node:crypto";
import type { Tokens } from "./types.ts";

/** Tokens are the principal and its expiry, signed; `ya29.` is how Google's access tokens begin. */
export function signedTokens(key: Uint8Array, clock: () => Date): Tokens {
  const sign = (payload: string): Buffer => createHmac("sha256", key).update(payload).digest();
  return {
    issue: (principal, ttlSeconds) => {
      const expires = Math.floor(clock().getTime() / 1000) + ttlSeconds;
      const payload = Buffer.from(JSON.stringify([principal, expires])).toString("base64url");
      return `ya29.${payload}.${sign(payload).toString("base64url")}`;
    },
    verify: (token) => {
      const [prefix, payload, signature] = token.split(".");
      if (prefix !== "ya29" || payload === undefined || signature === undefined) return undefined;
      const given = Buffer.from(signature, "base64url");
      const right = sign(payload);
      if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
      const [principal, expires] = JSON.parse(Buffer.from(payload, "base64url").toString()) as [
        string,
        number,
      ];
      return clock().getTime() / 1000 < expires ? principal : undefined;
    },
  };
}

import { z } from "zod";

const claimsSchema = z.object({ iss: z.string().optional(), exp: z.number().optional() });
/** Unverified claims of a token, used only to choose how to verify it. */
export type UnprovenClaims = z.infer<typeof claimsSchema>;

/** @returns undefined if it is not a JSON web token */
export function unprovenClaims(token: string): UnprovenClaims | undefined {
  const [, payload, signature, ...rest] = token.split(".");
  if (payload === undefined || signature === undefined || rest.length > 0) return undefined;
  try {
    return claimsSchema.safeParse(JSON.parse(Buffer.from(payload, "base64url").toString())).data;
  } catch {
    return undefined;
  }
}

import { z } from "zod";

const claimsSchema = z.object({ iss: z.string().optional(), exp: z.number().optional() });
/** What a token says of itself, unproven: good for choosing who is to prove it, and for nothing else. */
export type UnprovenClaims = z.infer<typeof claimsSchema>;

/** @returns undefined for what is no JSON web token */
export function unprovenClaims(token: string): UnprovenClaims | undefined {
  const [, payload, signature, ...rest] = token.split(".");
  if (payload === undefined || signature === undefined || rest.length > 0) return undefined;
  try {
    return claimsSchema.safeParse(JSON.parse(Buffer.from(payload, "base64url").toString())).data;
  } catch {
    return undefined;
  }
}

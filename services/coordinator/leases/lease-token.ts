import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { jobIdSchema } from "../../protocol/index.ts";

/**
 * What a lease token says. It carries all that a replica needs to serve the lease without having issued it, so
 * signing URLs needs no read of the record.
 */
export const leaseClaimsSchema = z.strictObject({
  job: jobIdSchema,
  attempt: z.number().int().positive(),
  /** When the attempt started, ms since 1970; with `attempt`, names one lease even if a record is made anew. */
  startedAt: z.number().int(),
  ackId: z.string().min(1),
  /** Pub/Sub's count of deliveries; 0 where it does not count. */
  deliveryAttempt: z.number().int().nonnegative(),
  /** Generation of the record when it was last written under this lease. */
  generation: z.string().regex(/^\d+$/),
  /** When that was, ms since 1970. */
  recordedAt: z.number().int(),
  /** The lease is over at this time, ms since 1970. */
  expiresAt: z.number().int(),
  /** Address of the input. */
  input: z.string().min(1),
  /** Address below which this attempt's outputs are, ending in /. */
  outputs: z.string().endsWith("/"),
  /** Secrets with the keys of input and outputs, by name. */
  inputKey: z.string().optional(),
  outputKey: z.string().optional(),
});
export type LeaseClaims = z.infer<typeof leaseClaimsSchema>;

export type TokenCheck =
  { readonly outcome: "valid" | "expired"; readonly claims: LeaseClaims } | { readonly outcome: "refused" };

const version = "v1";

/** Names the purpose, so that the key's other uses (there are none today) can never yield a lease token. */
const macOf = (key: Uint8Array, payload: string): string =>
  createHmac("sha256", key).update(`mpegflow-lease\n${version}\n${payload}`).digest("base64url");

/** `v1.<claims as base64url JSON>.<HMAC-SHA256 as base64url>` */
export function issueToken(key: Uint8Array, claims: LeaseClaims): string {
  const payload = Buffer.from(JSON.stringify(claims)).toString("base64url");
  return `${version}.${payload}.${macOf(key, payload)}`;
}

/**
 * Tokens found to be authentic, of the key that says so: a worker sends the same one with every call until the next
 * heartbeat. Kept are claims, which are as true the second time; whether the lease is over is asked each time.
 */
const authentic = new WeakMap<Uint8Array, Map<string, LeaseClaims>>();
const mostKept = 1000;

function keep(key: Uint8Array, token: string, claims: LeaseClaims): void {
  const known = authentic.get(key) ?? new Map<string, LeaseClaims>();
  authentic.set(key, known);
  const [oldest] = known.keys();
  if (oldest !== undefined && known.size >= mostKept) known.delete(oldest);
  known.set(token, claims);
}

const outcomeOf = (claims: LeaseClaims, now: Date): TokenCheck => ({
  outcome: claims.expiresAt > now.getTime() ? "valid" : "expired",
  claims,
});

/**
 * Checks a token in constant time. `expired` means authentic but over: its claims are still true statements about
 * a lease that was given.
 */
export function checkToken(key: Uint8Array, token: string, now: Date): TokenCheck {
  const known = authentic.get(key)?.get(token);
  if (known !== undefined) return outcomeOf(known, now);
  const [head, payload = "", mac = "", ...rest] = token.split(".");
  if (head !== version || rest.length > 0) return { outcome: "refused" };
  // Texts are compared, not decoded bytes: base64url has several spellings of the same bytes.
  const expected = Buffer.from(macOf(key, payload));
  const given = Buffer.from(mac);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return { outcome: "refused" };
  const claims = leaseClaimsSchema.safeParse(JSON.parse(Buffer.from(payload, "base64url").toString()));
  // Signed by us, but by another release of the program.
  if (!claims.success) return { outcome: "refused" };
  keep(key, token, claims.data);
  return outcomeOf(claims.data, now);
}

import { answerCache } from "../answer-cache.ts";
import { Problem } from "../problem.ts";
import type { ReadEncryptionKey } from "../ports.ts";
import type { ReadSecret } from "./secrets.ts";

/** How long a key read from Secret Manager is used without asking again. */
const keptMs = 300_000;
const mostKept = 200;
const keyBytes = 32;

/**
 * Reads customer-supplied keys: 32 raw bytes, or base64. Only listed secrets are read, so that a job cannot use the
 * coordinator's other secrets as keys.
 *
 * @param allowed `projects/P/secrets/S`
 */
export function encryptionKeys(
  readSecret: ReadSecret,
  allowed: readonly string[],
  now: () => number,
): ReadEncryptionKey {
  const keys = answerCache<Uint8Array>({ most: mostKept, now, lifetimeMs: () => keptMs });
  return async (version) => {
    if (!allowed.includes(version.replace(/\/versions\/[^/]+$/, "")))
      throw new Problem(
        403,
        "key-not-allowed",
        `${version} is none of the secrets that hold encryption keys.`,
      );
    return keys(version, async () => {
      const payload = Buffer.from(await readSecret(version));
      if (payload.length === keyBytes) return payload;
      const text = payload.toString("latin1").trim();
      const decoded = /^[A-Za-z0-9+/]{43}=$/.test(text) ? Buffer.from(text, "base64") : undefined;
      if (decoded?.length === keyBytes) return decoded;
      throw new Error(`Secret ${version} holds no encryption key: 32 bytes, or their base64`);
    });
  };
}

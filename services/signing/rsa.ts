import { createPrivateKey, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import type { RsaKey } from "./types.ts";

const parsedKeys = new WeakMap<RsaKey, KeyObject>();

/** The parsed private key, or undefined when the PEM holds no RSA private key that can be read without a passphrase. */
export function readRsaKey(key: RsaKey): KeyObject | undefined {
  const known = parsedKeys.get(key);
  if (known !== undefined) return known;
  try {
    const parsed = createPrivateKey(key.privateKey);
    if (parsed.asymmetricKeyType !== "rsa") return undefined;
    parsedKeys.set(key, parsed);
    return parsed;
  } catch {
    // The parser's own error is dropped: nothing derived from the key may reach a message.
    return undefined;
  }
}

/** Lower-case hex RSASSA-PKCS1-v1_5 signature, made off the event loop: it takes about a millisecond of computing. */
export async function rsaSignature(key: KeyObject, text: string): Promise<string> {
  const signature = await new Promise<Buffer>((resolve, reject) => {
    sign("sha256", Buffer.from(text), key, (error, bytes) => {
      if (error) reject(error);
      else resolve(bytes);
    });
  });
  return signature.toString("hex");
}

import { createHmac } from "node:crypto";
import { signerOf } from "./scheme.ts";
import type { HmacKey } from "./types.ts";

/** The last derived key of each HMAC key: it changes once a day, while URLs are signed by the thousand. */
const derivedKeys = new WeakMap<HmacKey, { readonly day: string; readonly bytes: Buffer }>();

/** Lower-case hex signature of `text`, with the key that is derived for `day` (`YYYYMMDD`). */
export function hmacSignature(key: HmacKey, day: string, text: string): string {
  let derived = derivedKeys.get(key);
  if (derived?.day !== day) {
    derived = { day, bytes: deriveKey(key, day) };
    derivedKeys.set(key, derived);
  }
  return createHmac("sha256", derived.bytes).update(text).digest("hex");
}

/** @see https://docs.cloud.google.com/storage/docs/authentication/signatures#derive-key */
function deriveKey(key: HmacKey, day: string): Buffer {
  const { scheme, location } = signerOf(key);
  const steps = [day, location, scheme.service, scheme.requestType];
  return steps.reduce(
    (bytes, step) => createHmac("sha256", bytes).update(step).digest(),
    Buffer.from(`${key.scheme}${key.secret}`),
  );
}

import { z } from "zod";
import { type Endpoint, signOperation, type SigningKey } from "../../signing/index.ts";
import type { Signer } from "../ports.ts";

/**
 * Where signed URLs point: like Google's libraries, STORAGE_EMULATOR_HOST wins over Cloud Storage itself.
 *
 * @param emulator value of STORAGE_EMULATOR_HOST, scheme://host[:port]
 */
export const endpointFor = (emulator: string | undefined): Endpoint => ({
  url: emulator ?? "https://storage.googleapis.com",
  style: "path",
});

const hmacPayload = z.object({ accessId: z.string().min(1), secret: z.string().min(1) });
const rsaPayload = z.object({ client_email: z.string().min(1), private_key: z.string().min(1) });

/** Reads `{"accessId","secret"}` of an HMAC key of Cloud Storage, or of an access key of S3 or R2. */
export function parseAccessKey(payload: Uint8Array): { accessId: string; secret: string } {
  const key = hmacPayload.safeParse(jsonOf(payload));
  if (key.success) return key.data;
  throw new Error('The signer secret must be JSON like {"accessId": "GOOG1…", "secret": "…"}');
}

function jsonOf(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(payload));
  } catch {
    return undefined;
  }
}

/**
 * Reads a signing key: `{"accessId","secret"}` of an HMAC key, or a service account's key file. The payload is in no
 * error.
 */
export function parseSigningKey(kind: "hmac" | "rsa", payload: Uint8Array): SigningKey {
  if (kind === "hmac") return { kind, scheme: "GOOG4", ...parseAccessKey(payload) };
  const key = rsaPayload.safeParse(jsonOf(payload));
  if (key.success) return { kind, clientEmail: key.data.client_email, privateKey: key.data.private_key };
  throw new Error(
    'The signer key must be a service account key file, JSON with "client_email" and "private_key"',
  );
}

/** A signer for one bucket of Cloud Storage; every URL it makes ends `ttlSeconds` from now. */
export const signerFor =
  (options: {
    key: SigningKey;
    /** Signs downloads instead of `key`, whose account then need not read. @default `key` */
    readKey?: SigningKey;
    bucket: string;
    endpoint: Endpoint;
    ttlSeconds: number;
    now: () => Date;
  }): Signer =>
  (operation, audit) =>
    signOperation(
      operation.do === "download" ? (options.readKey ?? options.key) : options.key,
      {
        store: "gcs",
        bucket: options.bucket,
        endpoint: options.endpoint,
        ttlSeconds: options.ttlSeconds,
        at: options.now(),
        audit,
      },
      operation,
    );

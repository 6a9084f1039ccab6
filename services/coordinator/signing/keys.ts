import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { SigningKey } from "../../signing/index.ts";
import type { Config, SignerSource } from "../config.ts";
import type { MediaStore } from "../ports.ts";
import { messageOf } from "../problem.ts";
import { parseLeaseKey, type ReadSecret } from "./secrets.ts";
import type { SignBlob } from "./sign-blob.ts";
import { parseSigningKey } from "./signer.ts";

/** Keys and other secrets of a coordinator. */
export interface Keys {
  /** Signs what writes. */
  readonly write: SigningKey;
  /** Signs what reads. */
  readonly read: SigningKey;
  /** Signs lease tokens. */
  readonly lease: Uint8Array;
  /** Buckets besides the one with the job records. */
  readonly stores: ReadonlyMap<string, MediaStore>;
}

const firstRetryMs = 1000;
const longestRetryMs = 15_000;

/**
 * Loads the keys, with retries until it works or the signal fires (then undefined): a new pod's identity, or a new
 * grant, takes a while.
 *
 * @param onFailure told why, each time
 */
export async function loadKeys(options: {
  readonly config: Pick<Config, "signer" | "leaseSecret">;
  readonly readSecret: ReadSecret;
  readonly signBlob: SignBlob;
  /** Opens the other buckets, whose keys are secrets too. @default none */
  readonly openStores?: (signing: Pick<Keys, "read" | "write">) => Promise<ReadonlyMap<string, MediaStore>>;
  readonly signal: AbortSignal;
  readonly onFailure: (reason: string) => void;
}): Promise<Keys | undefined> {
  const { config, readSecret, signBlob, signal, onFailure } = options;
  for (let retryMs = firstRetryMs; ; retryMs = Math.min(retryMs * 2, longestRetryMs)) {
    try {
      const [signing, lease] = await Promise.all([
        signingKeys(config.signer, readSecret, signBlob),
        readSecret(config.leaseSecret).then(parseLeaseKey),
      ]);
      const stores = (await options.openStores?.(signing)) ?? new Map<string, MediaStore>();
      return { ...signing, lease, stores };
    } catch (error) {
      if (!signal.aborted) onFailure(messageOf(error));
    }
    try {
      await sleep(retryMs, undefined, { signal });
    } catch {
      return undefined;
    }
  }
}

async function signingKeys(
  signer: SignerSource,
  readSecret: ReadSecret,
  signBlob: SignBlob,
): Promise<Pick<Keys, "read" | "write">> {
  const both = async (
    write: string,
    read: string | undefined,
    keyOf: (name: string) => Promise<SigningKey>,
  ): Promise<Pick<Keys, "read" | "write">> => {
    const [first, second] = await Promise.all([keyOf(write), read === undefined ? undefined : keyOf(read)]);
    return { write: first, read: second ?? first };
  };
  switch (signer.kind) {
    case "hmac":
      return both(signer.secret, signer.readSecret, async (secret) =>
        parseSigningKey("hmac", await readSecret(secret)),
      );
    case "rsa":
      return both(signer.keyFile, undefined, async (file) => parseSigningKey("rsa", await readFile(file)));
    case "signBlob":
      return both(signer.email, signer.readEmail, (email) => blobKey(email, signBlob));
  }
}

/** A fixed text that is not a valid token. */
const probe = Buffer.from("mpegflow: may this coordinator sign in this account's name?");

/** Signs once, so that a coordinator without its grant is not ready and reports it. */
async function blobKey(email: string, signBlob: SignBlob): Promise<SigningKey> {
  await signBlob(email, probe);
  return { kind: "blob", clientEmail: email, signBlob: (bytes) => signBlob(email, bytes) };
}

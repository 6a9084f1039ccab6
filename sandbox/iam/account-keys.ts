import { createPublicKey, generateKeyPair, randomBytes, sign } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { openDocuments } from "../state/documents.ts";

const keySchema = z.strictObject({ keyId: z.string(), privateKey: z.string() });
type Key = z.infer<typeof keySchema>;

export interface AccountKeys {
  /** RSASSA-PKCS1-v1_5 with SHA-256, as signBlob signs. */
  sign(uniqueId: string, bytes: Uint8Array): Promise<{ keyId: string; signature: Buffer }>;
  /** PEM; none before the first signature. */
  publicKeys(uniqueId: string): readonly string[];
}

/**
 * One RSA key for each service account, made when it signs first, below `directory` in a file only its owner reads. It
 * goes by the unique id: an account that is deleted and made again under its old address has another key.
 */
export function openAccountKeys(directory: string): AccountKeys {
  const keys = openDocuments(join(directory, "account-keys.json"), (value) => keySchema.parse(value));
  const publicKeys = new Map<string, string>();
  const beingMade = new Map<string, Promise<Key>>();

  const make = async (uniqueId: string): Promise<Key> => {
    const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
    const key = {
      keyId: randomBytes(20).toString("hex"),
      privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    };
    keys.put(uniqueId, key);
    beingMade.delete(uniqueId);
    return key;
  };
  const keyOf = (uniqueId: string): Promise<Key> => {
    const known = keys.get(uniqueId);
    if (known !== undefined) return Promise.resolve(known);
    const making = beingMade.get(uniqueId) ?? make(uniqueId);
    beingMade.set(uniqueId, making);
    return making;
  };

  return {
    sign: async (uniqueId, bytes) => {
      const { keyId, privateKey } = await keyOf(uniqueId);
      return { keyId, signature: sign("sha256", bytes, privateKey) };
    },
    publicKeys: (uniqueId) => {
      const key = keys.get(uniqueId);
      if (key === undefined) return [];
      const known =
        publicKeys.get(uniqueId) ??
        createPublicKey(key.privateKey).export({ type: "spki", format: "pem" }).toString();
      publicKeys.set(uniqueId, known);
      return [known];
    },
  };
}

import { createHash, randomBytes } from "node:crypto";
import { chmod, mkdir } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { invalid, notFound, preconditionFailed } from "./errors.ts";
import type { Locks } from "./locks.ts";
import { readJsonFiles, writeJson } from "./persistence.ts";
import { without } from "./records.ts";

const states = ["ACTIVE", "INACTIVE", "DELETED"] as const;
export type HmacKeyState = (typeof states)[number];

const hmacKeySchema = z.strictObject({
  accessId: z.string(),
  /** Gone with the key. */
  secret: z.exactOptional(z.string()),
  serviceAccountEmail: z.string(),
  state: z.enum(states),
  timeCreated: z.string(),
  updated: z.string(),
});
export type HmacKey = z.infer<typeof hmacKeySchema>;

/**
 * Source of every number here: https://docs.cloud.google.com/storage/docs/authentication/hmackeys. A later virtual
 * clock has to add: usable within 60 s of creation, state changes within 3 min.
 */
const MAX_KEYS_PER_ACCOUNT = 10;
const ACCESS_ID_LENGTH = 61;
const ACCESS_ID_PREFIX = "GOOG1E";
const SECRET_BYTES = 30; // 40 characters of Base64
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export interface HmacKeys {
  /** @throws when the account does not exist or has its ten keys */
  create(serviceAccountEmail: string): Promise<HmacKey & { secret: string }>;
  /** Deleted keys are still found, as DELETED. */
  readonly find: (accessId: string) => HmacKey | undefined;
  get(accessId: string): HmacKey;
  list(filter: { serviceAccountEmail?: string | undefined; deleted: boolean }): HmacKey[];
  setState(accessId: string, state: string, etag: string | undefined): Promise<HmacKey>;
  remove(accessId: string): Promise<void>;
}

interface HmacKeysOptions {
  readonly directory: string;
  readonly clock: () => Date;
  readonly locks: Locks;
  readonly serviceAccountExists: (email: string) => boolean;
}

export async function openHmacKeys(options: HmacKeysOptions): Promise<HmacKeys> {
  const { directory, clock, locks } = options;
  const keys = new Map<string, HmacKey>();
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  await readJsonFiles(directory, (value) => {
    const key = hmacKeySchema.parse(value);
    keys.set(key.accessId, key);
  });

  const save = async <K extends HmacKey>(key: K): Promise<K> => {
    await writeJson(path.join(directory, `${key.accessId}.json`), key, 0o600);
    keys.set(key.accessId, key);
    return key;
  };
  const get = (accessId: string): HmacKey => {
    const key = keys.get(accessId);
    if (key === undefined) throw notFound(`Access ID not found: ${accessId}`);
    return key;
  };
  const list: HmacKeys["list"] = ({ serviceAccountEmail, deleted }) =>
    [...keys.values()]
      .filter((key) => serviceAccountEmail === undefined || key.serviceAccountEmail === serviceAccountEmail)
      .filter((key) => deleted || key.state !== "DELETED")
      .sort((a, b) => (a.accessId < b.accessId ? -1 : 1));

  return {
    find: (accessId) => keys.get(accessId),
    get,
    list,

    create: (serviceAccountEmail) =>
      locks(`hmac keys of ${serviceAccountEmail}`, async () => {
        if (!options.serviceAccountExists(serviceAccountEmail)) {
          throw notFound(`Service account not found: ${serviceAccountEmail}`);
        }
        // The cap is documented, the answer when it is reached is not: code and wording are ours.
        if (list({ serviceAccountEmail, deleted: false }).length >= MAX_KEYS_PER_ACCOUNT) {
          throw invalid(
            `${serviceAccountEmail} already has ${MAX_KEYS_PER_ACCOUNT} HMAC keys, the most allowed.`,
          );
        }
        const now = clock().toISOString();
        return save({
          accessId: newAccessId(),
          secret: randomBytes(SECRET_BYTES).toString("base64"),
          serviceAccountEmail,
          state: "ACTIVE" as const,
          timeCreated: now,
          updated: now,
        });
      }),

    setState: (accessId, state, etag) =>
      locks(`hmac key ${accessId}`, async () => {
        const key = get(accessId);
        if (state !== "ACTIVE" && state !== "INACTIVE") {
          throw invalid(`state: given ${JSON.stringify(state)}; allowed: ACTIVE, INACTIVE.`, "state");
        }
        if (key.state === "DELETED") throw invalid(`Cannot update a key in the DELETED state: ${accessId}`);
        if (etag !== undefined && etag !== hmacKeyEtag(key)) throw preconditionFailed("etag");
        return save({ ...key, state, updated: clock().toISOString() });
      }),

    remove: (accessId) =>
      locks(`hmac key ${accessId}`, async () => {
        const key = get(accessId);
        if (key.state === "DELETED") throw notFound(`Access ID not found: ${accessId}`);
        if (key.state !== "INACTIVE") {
          throw invalid(`Cannot delete a key in the ${key.state} state: set it to INACTIVE first.`);
        }
        await save({ ...without(key, "secret"), state: "DELETED", updated: clock().toISOString() });
      }),
  };
}

/** Changes with every change of the key, and reveals nothing of the secret. */
export function hmacKeyEtag(key: HmacKey): string {
  return createHash("sha256")
    .update(`${key.accessId} ${key.state} ${key.updated}`)
    .digest("base64url")
    .slice(0, 12);
}

function newAccessId(): string {
  const random = randomBytes(ACCESS_ID_LENGTH - ACCESS_ID_PREFIX.length);
  return ACCESS_ID_PREFIX + Array.from(random, (byte) => BASE32.charAt(byte % BASE32.length)).join("");
}

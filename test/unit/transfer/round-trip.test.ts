import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signUrl } from "../../../services/signing/index.ts";
import type { HmacKey, HttpMethod, SigningKey } from "../../../services/signing/index.ts";
import { download, TransferError, upload } from "../../../services/transfer/index.ts";
import { createWorld, PROJECT, SIGNER } from "../gcs/world.ts";
import type { World } from "../gcs/world.ts";

/** Signer and client against the sandbox's store, which verifies signatures with code of its own. */
let world: World;
let folder: string;
let keys: Record<"GOOG4-RSA-SHA256" | "GOOG4-HMAC-SHA256" | "AWS4-HMAC-SHA256", SigningKey>;
const content = randomBytes(300_001);

beforeAll(async () => {
  world = await createWorld();
  folder = await mkdtemp(join(tmpdir(), "round-trip-"));
  await writeFile(join(folder, "source"), content);
  await world.client().createBucket("media", { location: "us-central1" });
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  world.publicKeys.set(SIGNER, [publicKey]);
  const { body } = await world.json("POST", `/projects/${PROJECT}/hmacKeys?serviceAccountEmail=${SIGNER}`);
  const { accessId } = body["metadata"] as { accessId: string };
  const hmac: HmacKey = { kind: "hmac", scheme: "GOOG4", accessId, secret: String(body["secret"]) };
  // A new HMAC key works within a minute.
  world.clock.shiftSeconds = 61;
  keys = {
    "GOOG4-RSA-SHA256": { kind: "rsa", clientEmail: SIGNER, privateKey },
    "GOOG4-HMAC-SHA256": hmac,
    "AWS4-HMAC-SHA256": { ...hmac, scheme: "AWS4" },
  };
});
afterAll(async () => {
  await world.close();
  await rm(folder, { recursive: true });
});

const sign = (key: SigningKey, method: HttpMethod, object: string, headers: Record<string, string> = {}) =>
  signUrl(key, {
    method,
    bucket: "media",
    object,
    headers,
    ttlSeconds: 900,
    at: world.clock.now(),
    endpoint: { url: world.url, style: "path" },
  });

describe.each(["GOOG4-RSA-SHA256", "GOOG4-HMAC-SHA256", "AWS4-HMAC-SHA256"] as const)(
  "a file sent and fetched with %s",
  { timeout: 30_000 },
  (algorithm) => {
    it("comes back the same under any object name", async () => {
      const name = fc
        .string({ unit: "grapheme", minLength: 1, maxLength: 30 })
        .filter((text) => !/[\p{Cc}\p{Cs}]/u.test(text) && !/(?:^|\/)\.{1,2}(?:\/|$)/.test(text));
      let count = 0;
      await fc.assert(
        fc.asyncProperty(name, async (text) => {
          count += 1;
          const object = `${algorithm}/${count}/${text}`;
          const sent = await upload(await sign(keys[algorithm], "PUT", object), join(folder, "source"));
          const got = await download(await sign(keys[algorithm], "GET", object), join(folder, "copy"));
          expect(got).toMatchObject({
            bytes: content.length,
            crc32c: sent.crc32c,
            generation: sent.generation,
          });
        }),
        // Names go through every signature in test/unit/gcs/names.test.ts; here each takes a file along.
        { numRuns: 5 },
      );
      expect((await readFile(join(folder, "copy"))).equals(content)).toBe(true);
    });
  },
);

describe("a create-only upload", () => {
  it("is accepted once", async () => {
    const headers = {
      "content-length": String(content.length),
      "content-type": "video/mp4",
      "x-goog-if-generation-match": "0",
    };
    const signed = await sign(keys["GOOG4-HMAC-SHA256"], "PUT", "once", headers);
    await upload(signed, join(folder, "source"));
    const second = await upload(signed, join(folder, "source")).catch((error: unknown) => error);
    expect(second instanceof TransferError && second.code).toBe("precondition-failed");
  });
});

describe("the store's refusals", () => {
  it("reach the caller as not-found for an object that is not there", async () => {
    const signed = await sign(keys["GOOG4-HMAC-SHA256"], "GET", "missing");
    const error = await download(signed, join(folder, "copy")).catch((reason: unknown) => reason);
    expect(error instanceof TransferError && error.code).toBe("not-found");
  });

  it("reach the caller as access-denied for a header that is not signed", async () => {
    const signed = await sign(keys["GOOG4-HMAC-SHA256"], "PUT", "sneaky");
    const altered = { ...signed, headers: { "x-goog-meta-note": "unsigned" } };
    const error = await upload(altered, join(folder, "source")).catch((reason: unknown) => reason);
    expect(error instanceof TransferError && error.code).toBe("access-denied");
  });

  it("reach the caller as url-expired when the time is over", async () => {
    const signed = await sign(keys["GOOG4-HMAC-SHA256"], "GET", "once");
    world.clock.shiftSeconds += 901;
    const error = await download(signed, join(folder, "copy")).catch((reason: unknown) => reason);
    world.clock.shiftSeconds -= 901;
    expect(error instanceof TransferError && error.code).toBe("url-expired");
  });
});

import { createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { googleTokens, type ReviewGoogleToken } from "../../../../services/coordinator/index.ts";

const { privateKey, publicKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
let server: Server;
let review: ReviewGoogleToken;
const audience = "mpegflow-coordinator";

beforeAll(async () => {
  server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ key1: publicKey }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  review = googleTokens(`http://127.0.0.1:${(server.address() as AddressInfo).port}/certs`);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const now = (): number => Math.floor(Date.now() / 1000);
const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
function token(changed: object = {}, key = createPrivateKey(privateKey)): string {
  const claims = {
    iss: "https://accounts.google.com",
    aud: audience,
    sub: "1",
    email: "ann@example.com",
    email_verified: true,
    iat: now() - 10,
    exp: now() + 600,
    ...changed,
  };
  const signed = `${encoded({ alg: "RS256", kid: "key1", typ: "JWT" })}.${encoded(claims)}`;
  return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), key).toString("base64url")}`;
}

describe("a Google account's token", () => {
  it("tells the verified address", async () => {
    expect(await review(token(), audience)).toBe("ann@example.com");
  });

  it.each([
    ["for somebody else", { aud: "another" }],
    ["by another issuer", { iss: "https://example.com" }],
    ["that has expired", { iat: now() - 8000, exp: now() - 4000 }],
    ["whose address nobody verified", { email_verified: false }],
  ])("is no good %s", async (_, changed) => {
    expect(await review(token(changed), audience)).toBeUndefined();
  });

  it("is no good by another key", async () => {
    const other = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    expect(await review(token({}, other), audience)).toBeUndefined();
  });

  it.each(["", "a.b.c", "x"])("is no good as %j", async (text) => {
    expect(await review(text, audience)).toBeUndefined();
  });

  it("cannot be told without the keys", async () => {
    await expect(googleTokens("http://127.0.0.1:1/certs")(token(), audience)).rejects.toThrow(
      "Google's public keys cannot be read",
    );
  });
});

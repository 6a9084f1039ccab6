import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** As Google's own tokens say, so that endpoints can be tested as they are. */
const issuer = "https://accounts.google.com";
const hourSeconds = 3600;

export type IdentityTokens = ReturnType<typeof openIdentityTokens>;

/**
 * OpenID Connect tokens of service accounts, signed by a key of the sandbox's own that is kept in `file`.
 * https://docs.cloud.google.com/pubsub/docs/authenticate-push-subscriptions#jwt-format
 */
export function openIdentityTokens(file: string, clock: () => Date) {
  if (!existsSync(file)) {
    const { privateKey: fresh } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    writeFileSync(file, fresh.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  }
  const privateKey = createPrivateKey(readFileSync(file));
  const jwk = createPublicKey(privateKey).export({ format: "jwk" });
  const kid = createHash("sha256")
    .update(jwk.n ?? "")
    .digest("hex")
    .slice(0, 40);
  const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

  return {
    /** JSON Web Key Set, for those who verify. */
    keys: () => ({ keys: [{ ...jwk, kid, alg: "RS256", use: "sig" }] }),
    issue: (account: { email: string; uniqueId: string }, audience: string): string => {
      const now = Math.floor(clock().getTime() / 1000);
      const claims = {
        iss: issuer,
        aud: audience,
        azp: account.uniqueId,
        sub: account.uniqueId,
        email: account.email,
        email_verified: true,
        iat: now,
        exp: now + hourSeconds,
      };
      const signed = `${encoded({ alg: "RS256", kid, typ: "JWT" })}.${encoded(claims)}`;
      return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), privateKey).toString("base64url")}`;
    },
  };
}

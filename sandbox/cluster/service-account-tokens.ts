import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
  sign,
  verify,
} from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";

/** The API server's own audience and the issuer, by the name that every cluster's API server has inside. */
export const issuer = "https://kubernetes.default.svc.cluster.local";

export interface TokenRequest {
  namespace: string;
  serviceAccount: { name: string; uid: string };
  /** The token ends with this pod. */
  pod?: { name: string; uid: string };
  audiences: readonly string[];
  /** Seconds, at least 600 as the API server has it. */
  expirationSeconds: number;
}

/** Who a token was issued to. */
export type TokenClaims = z.infer<typeof claimsSchema>;

const claimsSchema = z.object({
  aud: z.array(z.string()),
  exp: z.number(),
  iat: z.number(),
  nbf: z.number(),
  iss: z.literal(issuer),
  jti: z.string(),
  sub: z.string(),
  "kubernetes.io": z.object({
    namespace: z.string(),
    serviceaccount: z.object({ name: z.string(), uid: z.string() }),
    pod: z.object({ name: z.string(), uid: z.string() }).optional(),
  }),
});

export type ServiceAccountTokens = ReturnType<typeof openServiceAccountTokens>;

/**
 * Bound service account tokens, with the claims that Kubernetes gives them, signed by a key that is kept in `file`.
 * https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-tokens
 */
export function openServiceAccountTokens(file: string, clock: () => Date = () => new Date()) {
  if (!existsSync(file)) {
    const { privateKey: fresh } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    writeFileSync(file, fresh.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  }
  const privateKey = createPrivateKey(readFileSync(file));
  const publicKey = createPublicKey(privateKey);
  const kid = createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest("base64url");
  const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const seconds = (): number => Math.floor(clock().getTime() / 1000);

  return {
    issue: (request: TokenRequest): { token: string; expires: Date } => {
      const now = seconds();
      const exp = now + request.expirationSeconds;
      const { namespace, serviceAccount, pod } = request;
      const claims: TokenClaims = {
        aud: [...request.audiences],
        exp,
        iat: now,
        nbf: now,
        iss: issuer,
        jti: randomUUID(),
        sub: `system:serviceaccount:${namespace}:${serviceAccount.name}`,
        "kubernetes.io": { namespace, serviceaccount: serviceAccount, ...(pod && { pod }) },
      };
      const signed = `${encoded({ alg: "RS256", kid })}.${encoded(claims)}`;
      const signature = sign("RSA-SHA256", Buffer.from(signed), privateKey).toString("base64url");
      return { token: `${signed}.${signature}`, expires: new Date(exp * 1000) };
    },
    /** @returns what a token of ours says while it is valid; else why it is not */
    verify: (token: string): { claims: TokenClaims } | { error: string } => {
      const [header = "", body = "", signature = "", ...rest] = token.split(".");
      const genuine =
        rest.length === 0 &&
        verify(
          "RSA-SHA256",
          Buffer.from(`${header}.${body}`),
          publicKey,
          Buffer.from(signature, "base64url"),
        );
      if (!genuine) return { error: "invalid bearer token" };
      const claims = claimsSchema.parse(JSON.parse(Buffer.from(body, "base64url").toString()));
      const now = seconds();
      if (now >= claims.exp) return { error: "service account token has expired" };
      if (now < claims.nbf) return { error: "service account token is not valid yet" };
      return { claims };
    },
  };
}

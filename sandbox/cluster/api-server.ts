import fastify, { type FastifyReply } from "fastify";
import { z } from "zod";
import type { Certified } from "../../services/certificates/index.ts";
import type { Action } from "./rbac.ts";
import { issuer, type ServiceAccountTokens, type TokenClaims } from "./service-account-tokens.ts";

const reviewSchema = z.looseObject({
  apiVersion: z.literal("authentication.k8s.io/v1").optional(),
  kind: z.literal("TokenReview").optional(),
  spec: z.looseObject({ token: z.string().min(1), audiences: z.array(z.string()).default([issuer]) }),
});

const reviews: Action = { apiGroup: "authentication.k8s.io", resource: "tokenreviews", verb: "create" };

/**
 * What pods can ask of the stand-in cluster's API server, by HTTPS: `POST /apis/authentication.k8s.io/v1/tokenreviews`, for service
 * accounts that a ClusterRoleBinding lets. It has no other resource, and says so.
 * https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-review-v1/
 */
export async function serveApi(options: {
  certified: Certified;
  tokens: Pick<ServiceAccountTokens, "verify">;
  /** Whether the service account, and the pod that the token is bound to, are still there. */
  exists: (claims: TokenClaims) => boolean;
  may: (account: { namespace: string; name: string }, action: Action) => boolean;
}): Promise<{ address: string; close: () => Promise<void> }> {
  const { certified, tokens, exists, may } = options;
  const server = fastify({
    https: { cert: certified.certificate, key: certified.key },
    forceCloseConnections: true,
  });

  const authenticated = (token: string): { claims: TokenClaims } | { error: string } => {
    const verified = tokens.verify(token);
    if ("error" in verified || exists(verified.claims)) return verified;
    return { error: "service account token has been invalidated" };
  };

  server.addHook("onRequest", async (request, reply) => {
    if (["/livez", "/readyz", "/healthz"].includes(request.url)) return;
    const bearer = /^Bearer (?<token>\S+)$/.exec(request.headers.authorization ?? "")?.groups?.["token"];
    const verified = bearer === undefined ? { error: "no token" } : authenticated(bearer);
    if ("error" in verified || !verified.claims.aud.includes(issuer)) {
      await failure(reply, 401, "Unauthorized", "Unauthorized");
      return;
    }
    const { namespace, serviceaccount } = verified.claims["kubernetes.io"];
    const asked = request.method === "POST" && request.url === reviewsPath;
    if (asked && may({ namespace, name: serviceaccount.name }, reviews)) return;
    const what = asked
      ? `cannot create resource "tokenreviews" in API group "authentication.k8s.io" at the cluster scope`
      : `cannot ${request.method} ${request.url}: the sandbox's stand-in for a cluster answers token reviews only`;
    await failure(reply, 403, "Forbidden", `forbidden: User "${verified.claims.sub}" ${what}`);
  });

  for (const path of ["/livez", "/readyz", "/healthz"]) server.get(path, () => "ok");
  server.post(reviewsPath, (request, reply) => {
    const parsed = reviewSchema.safeParse(request.body);
    if (!parsed.success) return failure(reply, 422, "Invalid", z.prettifyError(parsed.error));
    const { spec } = parsed.data;
    return reply.code(201).send({
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenReview",
      metadata: {},
      spec,
      status: statusOf(authenticated(spec.token), spec.audiences),
    });
  });

  const url = new URL(await server.listen({ host: "127.0.0.1", port: 0 }));
  return { address: url.host, close: () => server.close() };
}

const reviewsPath = "/apis/authentication.k8s.io/v1/tokenreviews";

function statusOf(verified: { claims: TokenClaims } | { error: string }, wanted: readonly string[]) {
  if ("error" in verified) return { user: {}, error: `[${verified.error}]` };
  const { claims } = verified;
  const audiences = wanted.filter((one) => claims.aud.includes(one));
  if (audiences.length === 0) {
    return {
      user: {},
      error: `[invalid bearer token, token audiences ${JSON.stringify(claims.aud)} is invalid for the target audiences ${JSON.stringify(wanted)}]`,
    };
  }
  const { namespace, serviceaccount, pod } = claims["kubernetes.io"];
  return {
    authenticated: true,
    audiences,
    user: {
      username: claims.sub,
      uid: serviceaccount.uid,
      groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
      extra: {
        "authentication.kubernetes.io/credential-id": [`JTI=${claims.jti}`],
        ...(pod && {
          "authentication.kubernetes.io/pod-name": [pod.name],
          "authentication.kubernetes.io/pod-uid": [pod.uid],
        }),
      },
    },
  };
}

/** As the API server puts its errors. */
function failure(reply: FastifyReply, code: number, reason: string, message: string): FastifyReply {
  return reply
    .code(code)
    .send({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, code });
}

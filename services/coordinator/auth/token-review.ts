import { readFile } from "node:fs/promises";
import { Agent, request } from "undici";
import { z } from "zod";
import { messageOf } from "../problem.ts";
import { podSchema } from "../../protocol/index.ts";
import type { Pod } from "./caller.ts";
import type { KubernetesAuth } from "./config.ts";

/** The API server's review of a token: its subject, or that it is invalid. */
export type Review = { readonly username: string; readonly pod?: Pod } | undefined;

/**
 * Reviews a token with the API server.
 *
 * @param audience that the token must have been made for; undefined for the API server's own
 * @throws Error when it cannot tell; the text names no token
 */
export type ReviewToken = (token: string, audience: string | undefined) => Promise<Review>;

const answerSchema = z.object({
  status: z.object({
    authenticated: z.boolean().default(false),
    user: z
      .object({
        username: z.string().default(""),
        extra: z.record(z.string(), z.array(z.string())).nullish(),
      })
      .default({ username: "" }),
    audiences: z.array(z.string()).nullish(),
    error: z.string().optional(),
  }),
});

const timeoutMs = 5000;
const largestAnswer = 256 * 1024;

/**
 * TokenReview by REST. Token and certificate files are read at each call: Kubernetes rotates them, and calls are few,
 * since reviews are kept for a while.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-review-v1/
 */
export function tokenReviews(
  place: Pick<KubernetesAuth, "api" | "tokenFile" | "caFile">,
): ReviewToken & { readonly close: () => Promise<void> } {
  let connection: { readonly ca: string; readonly agent: Agent } | undefined;

  const agentFor = (ca: string): Agent => {
    if (connection?.ca === ca) return connection.agent;
    void connection?.agent.close();
    const agent = new Agent({
      connect: { ca, timeout: timeoutMs },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      maxResponseSize: largestAnswer,
    });
    connection = { ca, agent };
    return agent;
  };

  const review: ReviewToken = async (token, audience) => {
    const [own, ca] = await Promise.all([
      readFile(place.tokenFile, "utf8"),
      readFile(place.caFile, "utf8"),
    ]).catch((error: unknown) => {
      const reason = messageOf(error);
      throw new Error(`the coordinator's own service account is not mounted: ${reason}`, { cause: error });
    });
    const response = await request(`${place.api}/apis/authentication.k8s.io/v1/tokenreviews`, {
      method: "POST",
      dispatcher: agentFor(ca),
      headers: { authorization: `Bearer ${own.trim()}`, "content-type": "application/json" },
      body: JSON.stringify({
        apiVersion: "authentication.k8s.io/v1",
        kind: "TokenReview",
        spec: { token, ...(audience !== undefined && { audiences: [audience] }) },
      }),
    });
    const text = await response.body.text();
    if (response.statusCode !== 200 && response.statusCode !== 201)
      throw new Error(
        response.statusCode === 401 || response.statusCode === 403
          ? `the API server answers ${response.statusCode}: the coordinator's service account needs create on tokenreviews.authentication.k8s.io (ClusterRole system:auth-delegator)`
          : `the API server answers ${response.statusCode} to a TokenReview`,
      );
    const parsed = answerSchema.safeParse(parseJson(text));
    if (!parsed.success) throw new Error("the API server's answer to a TokenReview is not understood");
    const { authenticated, user, audiences } = parsed.data.status;
    if (!authenticated || user.username === "") return undefined;
    // An authenticator without support for audiences returns none: then the token's audience is not verified.
    if (audience !== undefined && audiences?.includes(audience) !== true) return undefined;
    const pod = podOf(user.extra ?? {});
    return { username: user.username, ...(pod && { pod }) };
  };
  return Object.assign(review, { close: async () => connection?.agent.close() });
}

/**
 * The pod that a token is bound to, as confirmed by the API server, never from the token alone.
 *
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#additional-metadata-in-pod-bound-tokens
 */
function podOf(extra: Readonly<Record<string, readonly string[]>>): Pod | undefined {
  const only = (name: string): string | undefined => {
    const values = extra[`authentication.kubernetes.io/${name}`] ?? [];
    return values.length === 1 ? values[0] : undefined;
  };
  const pod = podSchema.safeParse({ name: only("pod-name"), uid: only("pod-uid") });
  return pod.success ? pod.data : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

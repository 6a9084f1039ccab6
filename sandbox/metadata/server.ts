import fastify, { type FastifyInstance } from "fastify";
import type { Tokens } from "../iam/index.ts";

/**
 * GKE's metadata server as one pod sees it: with the pod's own principal only. Google's libraries find it by
 * `GCE_METADATA_HOST`. https://docs.cloud.google.com/kubernetes-engine/docs/concepts/workload-identity#metadata_server
 *
 * @param principal the pod's `principal://…/subject/ns/NAMESPACE/sa/SERVICE_ACCOUNT`
 */
export function metadataServer(options: {
  principal: string;
  tokens: Tokens;
  projectId: string;
  projectNumber: string;
}): FastifyInstance {
  const { principal, tokens, projectId, projectNumber } = options;
  const server = fastify();
  const lifetimeSeconds = 3600;
  const account = `${projectId}.svc.id.goog`;
  const token = () => ({
    access_token: tokens.issue(principal, lifetimeSeconds),
    expires_in: lifetimeSeconds,
    token_type: "Bearer",
  });
  const values: Record<string, () => unknown> = {
    "": () => "computeMetadata/\n",
    instance: () => "service-accounts/\n",
    "project/project-id": () => projectId,
    "project/numeric-project-id": () => projectNumber,
    "universe/universe-domain": () => "googleapis.com",
    "instance/service-accounts": () => ({ default: { aliases: ["default"], email: account, scopes: [] } }),
    "instance/service-accounts/default": () => ({ aliases: ["default"], email: account, scopes: [] }),
    "instance/service-accounts/default/email": () => account,
    "instance/service-accounts/default/token": token,
  };
  server.get("/*", (request, reply) => {
    const path = new URL(request.url, "http://localhost").pathname;
    void reply.header("metadata-flavor", "Google");
    if (path === "/") return "computeMetadata/\n";
    if (request.headers["metadata-flavor"] !== "Google") {
      return reply.code(403).send("Missing Metadata-Flavor:Google header.");
    }
    const value = values[path.replace(/^\/computeMetadata\/v1\/?/, "").replace(/\/$/, "")];
    return value === undefined ? reply.code(404).send("not found") : reply.send(value());
  });
  return server;
}

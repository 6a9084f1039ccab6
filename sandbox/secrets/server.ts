import fastify, { type FastifyInstance } from "fastify";
import { z } from "zod";
import type { Authorizer, Tokens } from "../iam/index.ts";
import { acceptEmptyJson, isClientFault } from "../http/json-bodies.ts";
import { SecretsError, type Secret, type Secrets, type SecretVersion } from "./secrets.ts";

const createBody = z.looseObject({
  labels: z.record(z.string(), z.string()).default({}),
  annotations: z.record(z.string(), z.string()).default({}),
  replication: z.unknown(),
});
const patchBody = z.looseObject({
  labels: z.record(z.string(), z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
  replication: z.unknown(),
});
const addVersionBody = z.looseObject({ payload: z.looseObject({ data: z.base64() }) });

const permissionsBody = z.looseObject({ permissions: z.array(z.string()).min(1) });

const path =
  /^projects\/(?<project>[^/]+)\/secrets(?:\/(?<secret>[^/:]+)(?:\/versions\/(?<version>[^/:]+))?)?(?::(?<verb>\w+))?$/;

interface Call {
  secret: string;
  version: string;
  verb: string;
  principal: string;
}

/**
 * The part of Secret Manager's REST API that Pulumi's provider and a reader of secrets use.
 * https://docs.cloud.google.com/secret-manager/docs/reference/rest
 */
export function secretsServer(options: {
  secrets: Secrets;
  authorizer: Authorizer;
  tokens: Tokens;
  projectId: string;
  projectNumber: string;
}): FastifyInstance {
  const { secrets, authorizer, tokens, projectId, projectNumber } = options;
  const server = fastify({ bodyLimit: 1 << 20 });
  acceptEmptyJson(server);

  const resourceOf = (secret: string): string =>
    `//secretmanager.googleapis.com/projects/${projectId}/secrets/${secret}`;
  const principalOf = (authorization: string | undefined): string => {
    const principal = tokens.verify(authorization?.replace(/^Bearer /i, "") ?? "");
    if (principal !== undefined) return principal;
    throw new HttpError(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.");
  };
  const authorize = (principal: string, permission: string, secret: string): void => {
    const resource = resourceOf(secret);
    if (!authorizer.allows(principal, permission, resource)) {
      throw new HttpError(
        403,
        "PERMISSION_DENIED",
        `Permission '${permission}' denied for resource '${resource.slice(2)}' (or it may not exist).`,
      );
    }
  };
  const describe = (id: string, secret: Secret) => ({
    name: `projects/${projectNumber}/secrets/${id}`,
    createTime: secret.createTime,
    labels: secret.labels,
    annotations: secret.annotations,
    replication: secret.replication,
  });
  const describeVersion = (id: string, number: number, version: SecretVersion) => ({
    name: `projects/${projectNumber}/secrets/${id}/versions/${number}`,
    createTime: version.createTime,
    state: version.state,
  });

  /** Without a permission any authenticated caller may use it. */
  const operations: Record<
    string,
    { permission?: string; run: (call: Call, body: unknown, query: URLSearchParams) => unknown }
  > = {
    "POST secrets": {
      permission: "secretmanager.secrets.create",
      run: (_, body, query) => {
        const id = query.get("secretId") ?? "";
        if (!/^[A-Za-z0-9_-]{1,255}$/.test(id)) {
          throw new HttpError(
            400,
            "INVALID_ARGUMENT",
            `secretId ${JSON.stringify(id)} must match [A-Za-z0-9_-]{1,255}.`,
          );
        }
        const { labels, annotations, replication } = createBody.parse(body);
        return describe(id, secrets.create(id, { labels, annotations, replication }));
      },
    },
    "GET secret": {
      permission: "secretmanager.secrets.get",
      run: ({ secret }) => describe(secret, secrets.get(secret)),
    },
    "PATCH secret": {
      permission: "secretmanager.secrets.update",
      run: ({ secret }, body, query) => {
        const masked = (query.get("updateMask") ?? "").split(",");
        const { labels, annotations, replication } = patchBody.parse(body);
        return describe(
          secret,
          secrets.update(secret, {
            ...(labels && masked.includes("labels") && { labels }),
            ...(annotations && masked.includes("annotations") && { annotations }),
            ...(replication !== undefined && masked.includes("replication") && { replication }),
          }),
        );
      },
    },
    "DELETE secret": {
      permission: "secretmanager.secrets.delete",
      run: ({ secret }) => {
        secrets.delete(secret);
        return {};
      },
    },
    "GET secret:getIamPolicy": {
      permission: "secretmanager.secrets.getIamPolicy",
      run: ({ secret }) => {
        secrets.get(secret);
        return authorizer.policy(resourceOf(secret));
      },
    },
    "POST secret:testIamPermissions": {
      run: ({ secret, principal }, body) => {
        secrets.get(secret);
        const { permissions } = permissionsBody.parse(body);
        const held = permissions.filter((permission) =>
          authorizer.allows(principal, permission, resourceOf(secret)),
        );
        return held.length > 0 ? { permissions: held } : {};
      },
    },
    "POST secret:addVersion": {
      permission: "secretmanager.versions.add",
      run: ({ secret }, body) => {
        const number = secrets.addVersion(secret, addVersionBody.parse(body).payload.data);
        return describeVersion(secret, number, secrets.version(secret, String(number)).version);
      },
    },
    "GET version": {
      permission: "secretmanager.versions.get",
      run: ({ secret, version }) => {
        const found = secrets.version(secret, version);
        return describeVersion(secret, found.number, found.version);
      },
    },
    "GET version:access": {
      permission: "secretmanager.versions.access",
      run: ({ secret, version }) => {
        const { number, data } = secrets.access(secret, version);
        return { name: `projects/${projectNumber}/secrets/${secret}/versions/${number}`, payload: { data } };
      },
    },
    ...Object.fromEntries(
      (["ENABLED", "DISABLED", "DESTROYED"] as const).map((state) => {
        const verb = { ENABLED: "enable", DISABLED: "disable", DESTROYED: "destroy" }[state];
        return [
          `POST version:${verb}`,
          {
            permission: `secretmanager.versions.${verb}`,
            run: ({ secret, version }: Call) => {
              const changed = secrets.setState(secret, version, state);
              return describeVersion(secret, secrets.version(secret, version).number, changed);
            },
          },
        ];
      }),
    ),
  };

  server.all("/v1/*", (request) => {
    const url = new URL(request.url, "http://localhost");
    const match = path.exec(decodeURIComponent(url.pathname.slice("/v1/".length)))?.groups;
    const project = match?.["project"];
    if (match === undefined || (project !== projectId && project !== projectNumber)) {
      throw new HttpError(404, "NOT_FOUND", `${url.pathname} is not a secret of project ${projectId}.`);
    }
    const kind =
      match["version"] !== undefined ? "version" : match["secret"] !== undefined ? "secret" : "secrets";
    const verb = match["verb"] ?? "";
    const operation = operations[`${request.method} ${kind}${verb && `:${verb}`}`];
    if (operation === undefined) {
      throw new HttpError(
        501,
        "UNIMPLEMENTED",
        `The sandbox models ${Object.keys(operations).join(", ")}; not ${request.method} ${url.pathname}.`,
      );
    }
    const principal = principalOf(request.headers.authorization);
    const call = { secret: match["secret"] ?? "", version: match["version"] ?? "", verb, principal };
    if (operation.permission !== undefined) authorize(principal, operation.permission, call.secret);
    return operation.run(call, request.body, url.searchParams);
  });

  server.setErrorHandler((error, _request, reply) => {
    const { status, reason, message } =
      error instanceof HttpError
        ? error
        : error instanceof SecretsError
          ? { ...error.fault, message: error.message }
          : error instanceof z.ZodError
            ? { status: 400, reason: "INVALID_ARGUMENT", message: z.prettifyError(error) }
            : isClientFault(error)
              ? { status: 400, reason: "INVALID_ARGUMENT", message: error.message }
              : {
                  status: 500,
                  reason: "INTERNAL",
                  message: error instanceof Error ? error.message : String(error),
                };
    return reply.code(status).send({ error: { code: status, status: reason, message } });
  });
  return server;
}

class HttpError extends Error {
  readonly status: number;
  readonly reason: string;
  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

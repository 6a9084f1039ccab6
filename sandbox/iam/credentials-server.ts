import fastify, { type FastifyInstance } from "fastify";
import { z } from "zod";
import { acceptEmptyJson, isClientFault } from "../http/json-bodies.ts";
import type { AccountKeys } from "./account-keys.ts";
import type { Iam } from "./iam.ts";
import type { Tokens } from "./types.ts";

/** https://docs.cloud.google.com/iam/quotas: sign requests per project and minute. */
const quotaPerMinute = 60_000;
const minuteMs = 60_000;

const signBlobBody = z.strictObject({
  payload: z.base64().min(1),
  // Delegation is refused below, by name.
  delegates: z.array(z.string()).default([]),
});

/**
 * The part of the IAM Service Account Credentials API that signs for others:
 * `POST /v1/projects/-/serviceAccounts/EMAIL:signBlob`. Statuses and messages beyond those of the reference are ours.
 * https://docs.cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/signBlob
 *
 * @param options.quota signatures that the project has a minute; the real figure unless a test wants to meet it
 */
export function credentialsServer(options: {
  iam: Iam;
  keys: AccountKeys;
  tokens: Tokens;
  clock: () => Date;
  projectId: string;
  quota?: number;
}): FastifyInstance {
  const { iam, keys, tokens, clock, projectId, quota = quotaPerMinute } = options;
  const server = fastify({ bodyLimit: 1 << 20, routerOptions: { maxParamLength: 1000 } });
  acceptEmptyJson(server);
  const minute = { began: 0, signatures: 0 };

  const spendQuota = (): void => {
    const now = clock().getTime();
    if (now - minute.began >= minuteMs) Object.assign(minute, { began: now, signatures: 0 });
    if (minute.signatures >= quota) {
      throw new Refusal(
        429,
        "RESOURCE_EXHAUSTED",
        "Quota exceeded for quota metric 'Sign requests' and limit 'Sign requests per minute'.",
      );
    }
    minute.signatures += 1;
  };

  server.post("/v1/projects/:project/serviceAccounts/:call", async (request) => {
    const { project, call } = parameters.parse(request.params);
    const principal = tokens.verify(request.headers.authorization?.replace(/^Bearer /i, "") ?? "");
    if (principal === undefined) {
      throw new Refusal(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.");
    }
    const [, email = "", method] = /^([^:]+):(\w+)$/.exec(call) ?? [];
    if (method !== "signBlob") {
      throw new Refusal(501, "UNIMPLEMENTED", `The sandbox models signBlob, not ${JSON.stringify(call)}.`);
    }
    if (project !== "-") {
      throw new Refusal(400, "INVALID_ARGUMENT", "The project must be -; replacing the wildcard is invalid.");
    }
    const { payload, delegates } = signBlobBody.parse(request.body);
    if (delegates.length > 0)
      throw new Refusal(501, "UNIMPLEMENTED", "The sandbox does not model delegates.");
    const resource = `//iam.googleapis.com/projects/${projectId}/serviceAccounts/${email}`;
    const account = iam.serviceAccounts.get(email);
    // Callers without permission to sign must not learn whether an account exists.
    if (!iam.allows(principal, "iam.serviceAccounts.signBlob", resource) || account === undefined) {
      throw new Refusal(
        403,
        "PERMISSION_DENIED",
        "Permission 'iam.serviceAccounts.signBlob' denied on resource (or it may not exist).",
      );
    }
    if (account.disabled) {
      throw new Refusal(400, "FAILED_PRECONDITION", `The service account ${email} is disabled.`);
    }
    spendQuota();
    const { keyId, signature } = await keys.sign(account.uniqueId, Buffer.from(payload, "base64"));
    return { keyId, signedBlob: signature.toString("base64") };
  });

  server.setNotFoundHandler((request, reply) =>
    reply.code(404).send(answer(404, "NOT_FOUND", `The sandbox does not model ${request.url}.`)),
  );
  server.setErrorHandler((error, _request, reply) => {
    const { status, reason, message } =
      error instanceof Refusal
        ? error
        : error instanceof z.ZodError
          ? { status: 400, reason: "INVALID_ARGUMENT", message: z.prettifyError(error) }
          : isClientFault(error)
            ? { status: 400, reason: "INVALID_ARGUMENT", message: error.message }
            : { status: 500, reason: "INTERNAL", message: error instanceof Error ? error.message : "" };
    return reply.code(status).send(answer(status, reason, message));
  });
  return server;
}

const parameters = z.object({ project: z.string(), call: z.string() });

const answer = (code: number, status: string, message: string) => ({ error: { code, status, message } });

class Refusal extends Error {
  readonly status: number;
  readonly reason: string;
  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

import type { FastifyInstance } from "fastify";

/**
 * Google's APIs read an empty body as an empty message, whatever its content type says: their clients send one with `:enable` and other
 * methods without parameters. Fastify would answer that JSON must not be empty.
 */
export function acceptEmptyJson(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser("error", "error");
  server.removeContentTypeParser("application/json");
  server.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    const text = body.toString();
    if (text.trim() === "") done(null, {});
    else void parse(request, text, done);
  });
}

/** Whether the fault is the client's, as malformed JSON is, in the words of the server's own checks. */
export const isClientFault = (error: unknown): error is Error =>
  error instanceof Error &&
  "statusCode" in error &&
  typeof error.statusCode === "number" &&
  error.statusCode >= 400 &&
  error.statusCode < 500;

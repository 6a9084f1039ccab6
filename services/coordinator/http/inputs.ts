import type { FastifyRequest, preValidationHookHandler } from "fastify";
import { z } from "zod";
import { jobIdSchema } from "../../protocol/index.ts";
import { issuesText } from "../jobs/job-request.ts";
import { Problem } from "../problem.ts";

/** The path of what is about one job. */
export const jobPath = z.object({ jobId: jobIdSchema });

/** The id of the job that the path is about. */
export const jobIdOf = ({ params }: Pick<FastifyRequest, "params">): string =>
  parsePath(jobPath, params).jobId;

/** Longest body of which all problems are looked for, in bytes. */
const shortBody = 64 * 1024;
/** Elements of a list in a longer one that are told of. */
const shownElements = 20;

const schemaOf = (given: unknown): z.ZodType | undefined => (given instanceof z.ZodType ? given : undefined);

/**
 * Checks what a request says by its route's schemas, and puts what they make of it in its place. It is no validator of
 * fastify's, since those do not know how long the body was.
 *
 * @throws Problem 400
 */
export const checkInputs: preValidationHookHandler = (request, _reply, done) => {
  const { params, body, querystring } = request.routeOptions.schema ?? {};
  try {
    const path = schemaOf(params);
    if (path instanceof z.ZodObject) request.params = parsePath(path, request.params);
    const content = schemaOf(body);
    if (content !== undefined) {
      const isShort = Number(request.headers["content-length"] ?? Infinity) <= shortBody;
      request.body = parseBody(content, request.body, isShort);
    }
    const query = schemaOf(querystring);
    if (query !== undefined) request.query = parse(query, request.query);
    done();
  } catch (error) {
    done(error instanceof Error ? error : new Error(String(error)));
  }
};

/**
 * Of a short body all problems are told; of a long one those of the first elements, since 100,000 wrong ones would take
 * a second to describe.
 */
function parseBody(schema: z.ZodType, body: unknown, isShort: boolean): unknown {
  if (isShort || z.validate(schema, body)) return parse(schema, body);
  parse(schema, beginningOf(body));
  throw new Problem(
    400,
    "invalid-request",
    `The body does not follow its schema, beyond the first ${shownElements} elements of its lists.`,
  );
}

function beginningOf(body: unknown): unknown {
  if (typeof body !== "object" || body === null) return body;
  return Object.fromEntries(
    Object.entries(body).map(([name, value]: [string, unknown]) => [
      name,
      Array.isArray(value) ? value.slice(0, shownElements) : value,
    ]),
  );
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Problem(400, "invalid-request", issuesText(parsed.error).slice(0, 2000));
}

/** What a path holds, such as the id of a job. */
function parsePath<Path extends z.ZodObject>(schema: Path, params: unknown): z.output<Path> {
  const parsed = schema.safeParse(params);
  if (parsed.success) return parsed.data;
  const [name = ""] = parsed.error.issues.map(({ path }) => String(path[0]));
  const told = parsed.error.issues.map((issue) => ({ ...issue, path: issue.path.slice(1) }));
  throw new Problem(
    400,
    "invalid-request",
    `The ${name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)} in the path is not valid: ${issuesText(new z.ZodError(told))}`,
  );
}

import { z } from "zod";

/** https://docs.cloud.google.com/storage/docs/retry-strategy: what a client has to be ready for. */
const statuses = [408, 429, 500, 502, 503, 504] as const;

const bytes = z.number().int().nonnegative();

/** Which requests are hit; all that is given must fit. Each is compared with what came over the wire. */
const matcherSchema = z.strictObject({
  api: z.enum(["json", "xml"]).optional(),
  method: z.enum(["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH"]).optional(),
  /** Regular expression over the decoded path. */
  path: z.string().max(500).refine(isExpression, "must be a regular expression").optional(),
  /** Names of query parameters that must all be there: `["uploadId", "partNumber"]` are parts of multipart uploads. */
  query: z.array(z.string()).optional(),
  /** True for requests with a Range header, false for those without. */
  range: z.boolean().optional(),
});

const actionSchema = z.discriminatedUnion("kind", [
  /**
   * An error status. `after` does the work first, so that the client cannot know: for requests that change something.
   */
  z.strictObject({
    kind: z.literal("status"),
    status: z.literal(statuses),
    retryAfterSeconds: z.number().int().nonnegative().optional(),
    when: z.enum(["before", "after"]).default("before"),
  }),
  /** The connection is reset: at once, after some of the request's bytes, or when the work is done. */
  z.strictObject({
    kind: z.literal("reset"),
    when: z.enum(["before", "after"]).default("before"),
    afterRequestBytes: bytes.optional(),
  }),
  /** The answer stands still: before its head, or after some of its body. */
  z.strictObject({
    kind: z.literal("stall"),
    milliseconds: z.number().int().positive().max(600_000),
    afterBodyBytes: bytes.optional(),
  }),
  /** The response body ends early, after some bytes; `reset` resets the connection. */
  z.strictObject({ kind: z.literal("truncate"), afterBodyBytes: bytes, reset: z.boolean().default(false) }),
  /** One byte of the answer's body is another one, or the checksum in its head. */
  z.strictObject({ kind: z.literal("corrupt"), what: z.enum(["body", "checksum"]) }),
  /** The store's clock is wrong while it verifies the request: signatures look expired, or not yet valid. */
  z.strictObject({ kind: z.literal("clock-skew"), seconds: z.number().int() }),
]);

/** A fault to inject. The first rule that fits a request takes it. */
export const faultRuleSchema = z.strictObject({
  match: matcherSchema.default({}),
  action: actionSchema,
  /** Requests that fit and are let through first. @default 0 */
  skip: z.number().int().nonnegative().default(0),
  /** Requests hit before the rule is spent. @default no end */
  times: z.number().int().positive().optional(),
  /** Share of the fitting requests that are hit, by chance. @default 1 */
  share: z.number().min(0).max(1).default(1),
});
export type FaultRule = z.infer<typeof faultRuleSchema>;
/** As a caller writes it, with what has a default left out. */
export type FaultRuleInput = z.input<typeof faultRuleSchema>;
export type FaultAction = z.infer<typeof actionSchema>;

function isExpression(text: string): boolean {
  try {
    new RegExp(text, "u");
    return true;
  } catch {
    return false;
  }
}

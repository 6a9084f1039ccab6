import type { FastifySchema, onRouteHookHandler } from "fastify";
import { z } from "zod";
import { errorResponseSchema } from "../../protocol/index.ts";
import { bodiesAtOnce, bodyLimits, type Rates } from "./limits.ts";

/** What a route's schema says of one status: what it means, and its body, if it has one. */
export interface Described {
  readonly description: string;
  readonly content?: Readonly<Record<string, { readonly schema: z.ZodType }>>;
}

/** A body of JSON. */
export const answer = <Schema extends z.ZodType>(description: string, schema: Schema) => ({
  description,
  content: { "application/json": { schema } },
});

/** @param codes what `code` may be, beside those that every route of its kind has at this status */
export const refusal = (codes: string) => answer(codes, errorResponseSchema);

const invalid = "`invalid-request`";
const unavailable =
  "`not-ready`, `draining`, `upstream-unavailable`, `bucket-not-served`, `record-unavailable`, `record-contended`";
const tooMany = "`too-many-requests`, with `Retry-After`";
const proven = {
  401: "`unauthenticated`",
  403: "`not-allowed`",
  429: tooMany,
} as const;

/** Who calls a route; routes of one kind share a scope with its rate. `kubelet` is anyone, and learns of health alone. */
export type CallerKind = keyof Rates | "kubelet";

/** How every route of a scope may refuse. */
const refusals: Readonly<Record<CallerKind, Readonly<Record<number, string>>>> = {
  client: { ...proven, 400: invalid, 503: `${unavailable}, \`authentication-unavailable\`` },
  worker: { ...proven, 400: invalid, 503: `${unavailable}, \`authentication-unavailable\`` },
  lease: {
    400: invalid,
    401: "`bad-token`",
    403: "`encryption-needs-tls`, `key-not-allowed`",
    409: "`lease-lost` (stop the attempt)",
    429: tooMany,
    503: unavailable,
  },
  scaler: { ...proven, 503: "`authentication-unavailable`" },
  anybody: { 429: tooMany },
  kubelet: {},
};

/** Tokens by the scopes that take one. */
export const bearers: Readonly<Partial<Record<CallerKind, string>>> = {
  client:
    "A client: a Kubernetes service account token for the coordinator's audience, or a Google account's OpenID Connect token.",
  worker: "A worker: a projected Kubernetes service account token for the coordinator's audience.",
  lease: "The token of the lease, from the newest answer that held one.",
  scaler: "KEDA's bound service account token.",
};

/** The statuses of a route's schema; fastify takes anything for them. */
export const answersOf = (schema: FastifySchema | undefined): Readonly<Record<string, Described>> =>
  (schema?.response ?? {}) as Readonly<Record<string, Described>>;

/**
 * Refuses a route that does not say what it is: its name, what it does, what it answers when all is well, and what its
 * path holds.
 */
export const requireDescription: onRouteHookHandler = ({ method, url, schema }) => {
  const params = schema?.params;
  const described = params instanceof z.ZodObject ? Object.keys(params.shape) : [];
  const missing = [
    ...(schema?.operationId === undefined ? ["operationId"] : []),
    ...(schema?.summary === undefined ? ["summary"] : []),
    ...(Object.keys(answersOf(schema)).some((status) => Number(status) < 400)
      ? []
      : ["response with a status below 400"]),
    ...[...url.matchAll(/:(\w+)/g)]
      .filter(([, name = ""]) => !described.includes(name))
      .map(([, name = ""]) => `params.${name}`),
  ];
  if (missing.length > 0)
    throw new Error(
      `${[method].flat().join("/")} ${url} does not say what it is; add to its schema: ${missing.join(", ")}.`,
    );
};

/** Adds to a route's schema what all routes of its scope have in common: whose token they take, and how they refuse. */
export const describeScope =
  (kind: CallerKind): onRouteHookHandler =>
  (route) => {
    // Made of the GET route, which has all of it by then.
    if (route.method === "HEAD") return;
    const own = answersOf(route.schema);
    const takesBody = route.method === "POST";
    const common: Readonly<Record<number, string>> = {
      ...refusals[kind],
      ...(kind === "lease" &&
        (route.bodyLimit ?? 0) > bodiesAtOnce.uncounted && {
          503: `${unavailable}, \`too-many-bodies\``,
        }),
      ...(takesBody && {
        413: `\`body-too-large\`: more than ${(route.bodyLimit ?? bodyLimits.none) / 1024} KiB`,
        415: "`unsupported-media-type`",
      }),
      500: "`internal`",
    };
    const joined = Object.entries(common).map(([status, codes]) => {
      const more = own[status]?.description;
      return [status, refusal(more === undefined ? codes : `${codes}, ${more}`)] as const;
    });
    route.schema = {
      ...route.schema,
      ...(kind in bearers && { security: [{ [kind]: [] }] }),
      response: { ...own, ...Object.fromEntries(joined) },
    };
  };

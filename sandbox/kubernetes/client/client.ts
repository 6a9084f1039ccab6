import { Agent, request } from "undici";
import { z } from "zod";
import type { ApiAccess } from "./access.ts";

/** A Kubernetes object as JSON; what is in it only its API server knows for sure. */
export type KubeObject = z.infer<typeof objectSchema>;

export const objectSchema = z.looseObject({
  apiVersion: z.string().optional(),
  kind: z.string().optional(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    uid: z.string().optional(),
    resourceVersion: z.string().optional(),
    generation: z.number().optional(),
    labels: z.record(z.string(), z.string()).optional(),
    annotations: z.record(z.string(), z.string()).optional(),
    deletionTimestamp: z.string().optional(),
    deletionGracePeriodSeconds: z.number().optional(),
    finalizers: z.array(z.string()).optional(),
  }),
  spec: z.unknown().optional(),
  status: z.unknown().optional(),
});

const listSchema = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string().optional() }),
  items: z.array(objectSchema),
});

/**
 * An answer other than success, in the API server's own words.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
 */
export class ApiError extends Error {
  override readonly name: string = "ApiError";
  /** HTTP status. */
  readonly code: number;
  /** Such as `NotFound`, `AlreadyExists`, `Conflict`, `Invalid`. */
  readonly reason: string;
  constructor(code: number, reason: string, message: string) {
    super(message);
    this.code = code;
    this.reason = reason;
  }
}

export type PatchType = "apply" | "merge" | "strategic";
const patchTypes: Readonly<Record<PatchType, string>> = {
  // JSON is YAML.
  apply: "application/apply-patch+yaml",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
};

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
type Query = Readonly<Record<string, string | undefined>>;

/** One API server, by paths. Every call throws {@link ApiError} when it refuses. */
export interface ApiClient {
  access: ApiAccess;
  /** The answer's body, unchecked: JSON, or text where the API server answers with that. */
  call: (method: Method, path: string, body?: object) => Promise<unknown>;
  get: (path: string) => Promise<KubeObject>;
  /** Undefined when it is not there. */
  find(path: string): Promise<KubeObject | undefined>;
  list(path: string, query?: Query): Promise<{ items: KubeObject[]; resourceVersion: string | undefined }>;
  create(path: string, body: object, query?: Query): Promise<KubeObject>;
  patch(path: string, type: PatchType, body: object, query?: Query): Promise<KubeObject>;
  delete: (path: string, options?: object) => Promise<void>;
  /** Changes since a resource version; ends when the API server ends it. */
  watch(
    path: string,
    query: Query,
    signal: AbortSignal,
  ): AsyncGenerator<{ type: string; object?: unknown }, void, undefined>;
  close: () => Promise<void>;
}

const timeoutMs = 60_000;
/** The default field manager. */
export const fieldManager = "mpegflow-sandbox";

export function apiClient(access: ApiAccess): ApiClient {
  const agent = new Agent({
    connect: {
      ca: access.ca,
      ...(access.certificate !== undefined && { cert: access.certificate }),
      ...(access.key !== undefined && { key: access.key }),
    },
  });
  const headers = {
    accept: "application/json",
    ...(access.token !== undefined && { authorization: `Bearer ${access.token}` }),
  };
  const urlOf = (path: string, query: Query = {}): URL => {
    const url = new URL(path, access.server);
    for (const [key, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(key, value);
    }
    return url;
  };
  const call = async (
    method: Method,
    path: string,
    options: { query?: Query; body?: object; contentType?: string } = {},
  ): Promise<unknown> => {
    const { query, body, contentType = "application/json" } = options;
    const { statusCode, body: answer } = await request(urlOf(path, query), {
      method,
      dispatcher: agent,
      headers: { ...headers, ...(body && { "content-type": contentType }) },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await answer.text();
    if (statusCode >= 400) throw errorOf(statusCode, text);
    return text === "" ? {} : parsed(text);
  };
  const client: ApiClient = {
    access,
    call: (method, path, body) => call(method, path, body === undefined ? {} : { body }),
    get: async (path) => objectSchema.parse(await call("GET", path)),
    find: (path) => unlessMissing(client.get(path)),
    list: async (path, query = {}) => {
      const { items, metadata } = listSchema.parse(await call("GET", path, { query }));
      return { items, resourceVersion: metadata.resourceVersion };
    },
    create: async (path, body, query = {}) =>
      objectSchema.parse(await call("POST", path, { body, query: { fieldManager, ...query } })),
    patch: async (path, type, body, query = {}) =>
      objectSchema.parse(
        await call("PATCH", path, {
          body,
          contentType: patchTypes[type],
          query: { fieldManager, ...query },
        }),
      ),
    delete: async (path, options = {}) => {
      await call("DELETE", path, { body: { kind: "DeleteOptions", apiVersion: "v1", ...options } });
    },
    watch: async function* (path, query, signal) {
      const { statusCode, body } = await request(urlOf(path, { ...query, watch: "true" }), {
        dispatcher: agent,
        headers,
        signal,
        bodyTimeout: 0,
      });
      if (statusCode >= 400) throw errorOf(statusCode, await body.text());
      let rest = "";
      for await (const chunk of body.setEncoding("utf8")) {
        const lines = (rest + String(chunk)).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) {
          if (line !== "")
            yield z.object({ type: z.string(), object: z.unknown().optional() }).parse(JSON.parse(line));
        }
      }
    },
    close: () => agent.destroy(),
  };
  return client;
}

/** Undefined in place of a refusal because there is no such thing. */
export async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return undefined;
    throw error;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function errorOf(code: number, text: string): ApiError {
  try {
    const { reason, message } = z
      .looseObject({ reason: z.string().default(""), message: z.string() })
      .parse(JSON.parse(text));
    return new ApiError(code, reason, message);
  } catch {
    return new ApiError(code, "", text.trim() || `HTTP status ${code}`);
  }
}

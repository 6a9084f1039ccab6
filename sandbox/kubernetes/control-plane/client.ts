import { Agent, request } from "undici";
import { z } from "zod";

/** What a client shows to an API server, and by what it knows it; all PEM. */
export interface ClientCredentials {
  readonly ca: string;
  readonly certificate?: string;
  readonly key?: string;
  readonly token?: string;
}

/** A Kubernetes object; what this client does not read is kept as it is. */
export type KubernetesObject = z.infer<typeof objectSchema>;

const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});

/** An answer of the API server that is no success: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
export class KubernetesApiError extends Error {
  override readonly name = "KubernetesApiError";
  readonly code: number;
  /** `NotFound`, `Forbidden`, `Invalid` and so on. */
  readonly reason: string;

  constructor(code: number, reason: string, message: string) {
    super(message);
    this.code = code;
    this.reason = reason;
  }
}

export interface KubernetesClient {
  /**
   * One call of the API; the answer's body.
   *
   * @throws KubernetesApiError with the API server's own words
   */
  call(method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: unknown): Promise<unknown>;
  /**
   * Server-side apply, as field manager `mpegflow-sandbox`, of an object of any kind that the API server serves.
   *
   * @param options.dryRun answers what would be, and keeps nothing
   * @throws KubernetesApiError also for a field that the kind does not have
   */
  apply(object: unknown, options?: { dryRun?: boolean }): Promise<KubernetesObject>;
  /** Undefined when there is none. */
  get(
    apiVersion: string,
    kind: string,
    name: string,
    namespace?: string,
  ): Promise<KubernetesObject | undefined>;
  /** False when there was none. */
  delete(apiVersion: string, kind: string, name: string, namespace?: string): Promise<boolean>;
  /** The path of an object, which discovery knows. */
  pathOf(apiVersion: string, kind: string, name: string, namespace?: string): Promise<string>;
  close(): Promise<void>;
}

const statusSchema = z.looseObject({ message: z.string().optional(), reason: z.string().optional() });
const resourceListSchema = z.looseObject({
  resources: z.array(z.looseObject({ name: z.string(), kind: z.string(), namespaced: z.boolean() })),
});

/** A client of the API server at a URL. */
export function kubernetesClient(url: string, credentials: ClientCredentials): KubernetesClient {
  const { ca, certificate, key, token } = credentials;
  const agent = new Agent({
    connect: {
      ca,
      ...(certificate !== undefined && { cert: certificate }),
      ...(key !== undefined && { key }),
    },
  });
  const resources = new Map<string, Promise<z.infer<typeof resourceListSchema>["resources"]>>();

  const send = async (method: string, path: string, body?: unknown, type = "application/json") => {
    const response = await request(`${url}${path}`, {
      // undici's type has no verbs of others.
      method: method as "GET",
      dispatcher: agent,
      headers: {
        accept: "application/json",
        ...(body !== undefined && { "content-type": type }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.body.text();
    const answer: unknown = parsed(text);
    if (response.statusCode < 400) return answer;
    const { reason = "", message = text.trim() } = statusSchema.safeParse(answer).data ?? {};
    throw new KubernetesApiError(response.statusCode, reason, message);
  };

  const resourceOf = async (apiVersion: string, kind: string) => {
    const path = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const known =
      resources.get(path) ?? send("GET", path).then((answer) => resourceListSchema.parse(answer).resources);
    resources.set(path, known);
    // An API that is not there yet may come later, and so may a kind: nothing of a failure is kept.
    const forget = () => resources.delete(path);
    known.catch(forget);
    const found = (await known).find((resource) => resource.kind === kind && !resource.name.includes("/"));
    if (found === undefined) {
      forget();
      throw new KubernetesApiError(404, "NotFound", `the API server serves no ${kind} in ${apiVersion}`);
    }
    return { path, ...found };
  };

  const pathOf = async (apiVersion: string, kind: string, name: string, namespace = "default") => {
    const { path, name: plural, namespaced } = await resourceOf(apiVersion, kind);
    return `${path}/${namespaced ? `namespaces/${namespace}/` : ""}${plural}/${encodeURIComponent(name)}`;
  };

  const unlessMissing = async <T>(work: Promise<T>): Promise<T | undefined> => {
    try {
      return await work;
    } catch (error) {
      if (error instanceof KubernetesApiError && error.code === 404) return undefined;
      throw error;
    }
  };

  return {
    call: (method, path, body) => send(method, path, body),
    apply: async (object, { dryRun = false } = {}) => {
      const { apiVersion, kind, metadata } = objectSchema.parse(object);
      const path = await pathOf(apiVersion, kind, metadata.name, metadata.namespace);
      const query = `fieldManager=mpegflow-sandbox&force=true&fieldValidation=Strict${dryRun ? "&dryRun=All" : ""}`;
      return objectSchema.parse(
        await send("PATCH", `${path}?${query}`, object, "application/apply-patch+yaml"),
      );
    },
    get: async (...key) => {
      const answer = await unlessMissing(pathOf(...key).then((path) => send("GET", path)));
      return answer === undefined ? undefined : objectSchema.parse(answer);
    },
    delete: async (...key) =>
      (await unlessMissing(pathOf(...key).then((path) => send("DELETE", path)))) !== undefined,
    pathOf,
    close: () => agent.destroy(),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

import fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import { z } from "zod";
import { describeManifestError } from "../cluster/index.ts";
import {
  faultRuleSchema,
  rateLimitsSchema,
  replicationSettingsSchema,
  type FaultRuleInput,
  type Store,
} from "../gcs/index.ts";
import { parseServiceAccount, type Iam } from "../iam/index.ts";
import type { Documents } from "../state/documents.ts";
import type { LocalCluster } from "./clusters.ts";
import { schemaSchema, subscriptionSchema, topicSchema } from "./messaging-types.ts";
import type { Messaging } from "./messaging.ts";
import type { Regions } from "./regions.ts";

/** Something kept by name that can be read, put and deleted. */
interface Collection<T> {
  get(id: string): T | undefined;
  put(id: string, value: T): void | Promise<void>;
  delete(id: string): boolean | Promise<boolean>;
}

/**
 * The daemon's control API, used by the ambient Pulumi providers: declared things for which Google has no API of one call, or whose API the
 * local stand-in lacks. Loopback only, behind a bearer token.
 */
export function controlServer(options: {
  token: string;
  iam: Iam;
  messaging: Messaging;
  /** JSON Web Key Set of those who verify identity tokens. */
  identityKeys?: () => object;
  registry: Documents<unknown>;
  /** Faults to inject into the store, and the rates it allows. */
  storage?: Pick<Store, "faults" | "rateLimits" | "replication">;
  /** Regions to take out and bring back. */
  regions?: Pick<Regions, "out" | "stop" | "start" | "storage">;
  /** The cluster of that name, opened on first use. */
  cluster: (
    name: string,
  ) => Promise<Pick<LocalCluster, "standIn" | "kubeconfig" | "keda" | "serviceAddress">>;
  status: () => unknown;
  /** Called once after the answer to `POST /stop` is sent. */
  stop: () => void;
}): FastifyInstance {
  const { token, iam, messaging, identityKeys, registry, storage, regions, cluster, status, stop } = options;
  const server = fastify({ bodyLimit: 4 << 20, routerOptions: { maxParamLength: 1000 } });

  server.addHook("onRequest", async (request, reply) => {
    // Public keys need no authentication.
    if (request.url === keysPath) return;
    if (request.headers.authorization !== `Bearer ${token}`)
      await problem(reply, 401, "the control token is missing or wrong");
  });

  const serve = <T>(path: string, collection: Collection<T>, parse: (body: unknown) => T): void => {
    server.get(`${path}/:id`, (request, reply) => {
      const { id } = idParameter.parse(request.params);
      return collection.get(id) ?? problem(reply, 404, `${id} is not there`);
    });
    server.put(`${path}/:id`, async (request, reply) => {
      const { id } = idParameter.parse(request.params);
      const { create } = createQuery.parse(request.query);
      if (create && collection.get(id) !== undefined) return problem(reply, 409, `${id} already exists`);
      const value = parse(request.body);
      await collection.put(id, value);
      return value;
    });
    server.delete(`${path}/:id`, async (request, reply) => {
      const { id } = idParameter.parse(request.params);
      return (await collection.delete(id)) ? {} : problem(reply, 404, `${id} is not there`);
    });
  };

  serve("/pubsub/schemas", messaging.schemas, (body) => schemaSchema.parse(body));
  serve("/pubsub/topics", messaging.topics, (body) => topicSchema.parse(body));
  serve("/pubsub/subscriptions", messaging.subscriptions, (body) => subscriptionSchema.parse(body));
  serve("/iam/bindings", iam.bindings, iam.parseBinding);
  const { customRoles } = iam;
  serve<unknown>(
    "/iam/roles",
    {
      get: (name) => customRoles.get(name),
      put: (name, role) => void customRoles.put(name, role),
      delete: (name) => customRoles.delete(name),
    },
    (body) => body,
  );
  serve("/iam/serviceAccounts", iam.serviceAccounts, parseServiceAccount);
  if (storage) {
    const { faults, rateLimits, replication } = storage;
    serve<FaultRuleInput>("/storage/faults", faults, (body) => faultRuleSchema.parse(body));
    server.get("/storage/rateLimits", () => rateLimits.get());
    server.put("/storage/rateLimits", (request) => {
      rateLimits.set(rateLimitsSchema.parse(request.body));
      return rateLimits.get();
    });
    server.get("/storage/replication", () => replication.get());
    server.put("/storage/replication", (request) => {
      replication.set(replicationSettingsSchema.parse(request.body));
      return replication.get();
    });
  }
  if (regions) {
    server.get("/regions", () => ({ out: regions.out() }));
    server.get("/regions/:region", async (request) => {
      const { region } = regionParameter.parse(request.params);
      return { storage: await regions.storage(region) };
    });
    server.post("/regions/:region/stop", async (request) => {
      const killed = await regions.stop(regionParameter.parse(request.params).region);
      return { out: regions.out(), killed };
    });
    server.post("/regions/:region/start", async (request) => {
      await regions.start(regionParameter.parse(request.params).region);
      return { out: regions.out() };
    });
  }
  server.get("/iam/bindings", () => Object.fromEntries(iam.bindings.entries()));

  server.route({
    method: ["GET", "PUT", "DELETE"],
    url: "/registry/:type/:id",
    handler: (request, reply) => {
      const { type, id } = registryParameters.parse(request.params);
      const key = `${type} ${id}`;
      if (request.method === "PUT") {
        const { create } = createQuery.parse(request.query);
        if (create && registry.get(key) !== undefined) return problem(reply, 409, `${id} already exists`);
        registry.put(key, request.body);
        return reply.send(request.body);
      }
      const found = registry.get(key);
      if (found === undefined) return problem(reply, 404, `${id} is not there`);
      if (request.method === "DELETE") registry.delete(key);
      return reply.send(found);
    },
  });

  server.route({
    method: ["GET", "PUT", "DELETE"],
    url: "/clusters/:cluster/objects/:apiVersion/:kind/:namespace/:name",
    handler: async (request, reply) => {
      const { cluster: name, ...given } = objectParameters.parse(request.params);
      const key = { ...given, namespace: given.namespace === "-" ? "" : given.namespace };
      const { standIn: target } = await cluster(name);
      if (target === undefined) return problem(reply, 400, `cluster ${name} has an API server: ask that`);
      if (request.method === "PUT") {
        const { create } = createQuery.parse(request.query);
        if (create && target.get(key) !== undefined) {
          return problem(reply, 409, `${key.kind} "${key.name}" already exists`);
        }
        return reply.send(await target.apply(request.body));
      }
      const found = target.get(key);
      if (found === undefined) return problem(reply, 404, `${key.kind} "${key.name}" not found`);
      if (request.method === "DELETE") await target.delete(key);
      return reply.send(found);
    },
  });

  server.get("/clusters/:cluster", async (request) => {
    const { kubeconfig } = await cluster(clusterParameter.parse(request.params).cluster);
    return { kubeconfig };
  });
  server.get("/clusters/:cluster/services/:namespace/:name", async (request, reply) => {
    const { cluster: name, ...service } = serviceParameters.parse(request.params);
    const address = await (await cluster(name)).serviceAddress(service.namespace, service.name);
    return address === undefined ? problem(reply, 404, `there is no Service ${service.name}`) : { address };
  });
  server.route({
    method: ["PUT", "DELETE"],
    url: "/clusters/:cluster/keda",
    handler: async (request, reply) => {
      const { keda } = await cluster(clusterParameter.parse(request.params).cluster);
      if (keda === undefined) return problem(reply, 400, "the default stand-in for a cluster has no KEDA");
      if (request.method === "PUT") await keda.install(kedaReleaseSchema.parse(request.body));
      else await keda.uninstall();
      return reply.send({});
    },
  });

  if (identityKeys) server.get(keysPath, identityKeys);
  server.get("/status", status);
  server.post("/stop", (_request, reply) => {
    reply.raw.once("finish", stop);
    return {};
  });

  server.setErrorHandler((error, _request, reply) => problem(reply, 400, describeManifestError(error)));
  return server;
}

/** As at Google: https://www.googleapis.com/oauth2/v3/certs */
const keysPath = "/oauth2/v3/certs";

const regionParameter = z.object({ region: z.string().regex(/^[a-z]+-[a-z]+\d+$/) });
const idParameter = z.strictObject({ id: z.string().min(1) });
const createQuery = z.looseObject({ create: z.stringbool().default(false) });
const registryParameters = z.strictObject({ type: z.string().min(1), id: z.string().min(1) });
const clusterParameter = z.looseObject({
  cluster: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,120}$/),
});
const serviceParameters = clusterParameter.extend({ namespace: z.string().min(1), name: z.string().min(1) });
const kedaReleaseSchema = z.strictObject({
  version: z.string().optional(),
  namespace: z.string().min(1),
  createNamespace: z.boolean().optional(),
  values: z.record(z.string(), z.unknown()).default({}),
});
const objectParameters = z.strictObject({
  ...clusterParameter.shape,
  apiVersion: z.string().min(1),
  kind: z.string().min(1),
  namespace: z.string().min(1),
  name: z.string().min(1),
});

function problem(reply: FastifyReply, code: number, message: string): FastifyReply {
  return reply.code(code).send({ error: { message } });
}

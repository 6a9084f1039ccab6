import grpc from "@grpc/grpc-js";
import service from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import status from "@pulumi/pulumi/proto/status_pb.js";
import { createProvider, type ProviderModel } from "../../../sandbox/providers/provider.ts";
import { serve } from "../../../sandbox/providers/server.ts";
import { isUnknown, type Properties, type Value } from "../../../sandbox/providers/values.ts";
import { toProperties, toStruct } from "../../../sandbox/providers/wire.ts";

/** Speaks to a provider as the engine does, with the SDK's own client. */
export async function connect(model: ProviderModel, cloudAddress?: string, config: Properties = {}) {
  const cancelled = new AbortController();
  const provider = createProvider(model, { cloudAddress, signal: cancelled.signal });
  const server = await serve(provider, {
    cancel: () => {
      cancelled.abort();
    },
  });
  const client = new service.ResourceProviderClient(
    `127.0.0.1:${server.port}`,
    grpc.credentials.createInsecure(),
  );
  type Done<Response> = (error: grpc.ServiceError | null, response: Response) => void;
  const ask = <Response>(call: (done: Done<Response>) => unknown): Promise<Response> =>
    new Promise((resolve, reject) => {
      call((error, response) => {
        if (error) reject(error);
        else resolve(response);
      });
    });

  const urnOf = ({ type, name = "media" }: Target): string => `urn:pulumi:test::project::${type}::${name}`;

  const engine = {
    configure: async (args: Properties) => {
      const request = new messages.ConfigureRequest();
      request.setArgs(toStruct(args));
      return await ask<messages.ConfigureResponse>((done) => client.configure(request, done));
    },
    checkConfig: async (news: Properties) => {
      const request = new messages.CheckRequest();
      request.setNews(toStruct(news));
      const response = await ask<messages.CheckResponse>((done) => client.checkConfig(request, done));
      return response.getFailuresList().map((failure) => failure.getReason());
    },
    diffConfig: async (olds: Properties, news: Properties) => {
      const request = new messages.DiffRequest();
      request.setOlds(toStruct(olds));
      request.setNews(toStruct(news));
      return differenceOf(await ask<messages.DiffResponse>((done) => client.diffConfig(request, done)));
    },
    check: async (target: Target, news: Properties, olds: Properties = {}, seed = "seed") => {
      const request = new messages.CheckRequest();
      request.setUrn(urnOf(target));
      request.setNews(toStruct(news));
      request.setOlds(toStruct(olds));
      request.setRandomseed(Buffer.from(seed));
      const response = await ask<messages.CheckResponse>((done) => client.check(request, done));
      return {
        inputs: toProperties(response.getInputs()),
        failures: response.getFailuresList().map((failure) => failure.getReason()),
      };
    },
    diff: async (target: Target, old: { inputs: Properties; state: Properties }, news: Properties) => {
      const request = new messages.DiffRequest();
      request.setUrn(urnOf(target));
      request.setId("id");
      request.setOldInputs(toStruct(old.inputs));
      request.setOlds(toStruct(old.state));
      request.setNews(toStruct(news));
      return differenceOf(await ask<messages.DiffResponse>((done) => client.diff(request, done)));
    },
    create: async (
      target: Target,
      inputs: Properties,
      options: { preview?: boolean; timeout?: number } = {},
    ) => {
      const request = new messages.CreateRequest();
      request.setUrn(urnOf(target));
      request.setProperties(toStruct(inputs));
      request.setPreview(options.preview ?? false);
      request.setTimeout(options.timeout ?? 0);
      const response = await ask<messages.CreateResponse>((done) => client.create(request, done));
      return { id: response.getId(), inputs, state: toProperties(response.getProperties()) };
    },
    read: async (target: Target, id: string, old?: { inputs: Properties; state: Properties }) => {
      const request = new messages.ReadRequest();
      request.setUrn(urnOf(target));
      request.setId(id);
      request.setProperties(toStruct(old?.state ?? {}));
      request.setInputs(toStruct(old?.inputs ?? {}));
      const response = await ask<messages.ReadResponse>((done) => client.read(request, done));
      return {
        id: response.getId(),
        inputs: toProperties(response.getInputs()),
        state: toProperties(response.getProperties()),
      };
    },
    update: async (
      target: Target,
      old: { id: string; inputs: Properties; state: Properties },
      news: Properties,
      preview = false,
    ) => {
      const request = new messages.UpdateRequest();
      request.setUrn(urnOf(target));
      request.setId(old.id);
      request.setOldInputs(toStruct(old.inputs));
      request.setOlds(toStruct(old.state));
      request.setNews(toStruct(news));
      request.setPreview(preview);
      const response = await ask<messages.UpdateResponse>((done) => client.update(request, done));
      return { id: old.id, inputs: news, state: toProperties(response.getProperties()) };
    },
    delete: async (target: Target, old: { id: string; inputs: Properties; state: Properties }) => {
      const request = new messages.DeleteRequest();
      request.setUrn(urnOf(target));
      request.setId(old.id);
      request.setOldInputs(toStruct(old.inputs));
      request.setProperties(toStruct(old.state));
      await ask<empty.Empty>((done) => client.delete(request, done));
    },
    invoke: async (token: string, args: Properties) => {
      const request = new messages.InvokeRequest();
      request.setTok(token);
      request.setArgs(toStruct(args));
      const response = await ask<messages.InvokeResponse>((done) => client.invoke(request, done));
      return toProperties(response.getReturn());
    },
    /** Check and Create, as for a new resource. */
    make: async (target: Target, news: Properties) => {
      const { inputs, failures } = await engine.check(target, news);
      if (failures.length > 0) throw new Error(failures.join("\n"));
      return await engine.create(target, inputs);
    },
    cancel: () => ask<empty.Empty>((done) => client.cancel(new empty.Empty(), done)),
    close: async () => {
      client.close();
      await server.close();
    },
  };
  await engine.configure(config);
  return engine;
}
export type Engine = Awaited<ReturnType<typeof connect>>;
export interface Target {
  type: string;
  name?: string;
}

const { Kind } = messages.PropertyDiff;
const kindNames = new Map(Object.entries(Kind).map(([name, kind]) => [kind, name]));

function differenceOf(response: messages.DiffResponse) {
  const details: Record<string, string> = {};
  response.getDetaileddiffMap().forEach((detail, path) => {
    details[path] = kindNames.get(detail.getKind()) ?? "?";
  });
  return {
    changed: response.getChanges() === messages.DiffResponse.DiffChanges.DIFF_SOME,
    replaces: response.getReplacesList(),
    deleteBeforeReplace: response.getDeletebeforereplace(),
    details,
  };
}

/** What an effect's error says. */
export async function failureOf(effect: Promise<unknown>): Promise<grpc.ServiceError> {
  return await effect.then(
    () => {
      throw new Error("it succeeded");
    },
    (error: unknown) => error as grpc.ServiceError,
  );
}

/** The partial state that comes with the failure of a resource that exists but does not work. */
export function partialState(error: grpc.ServiceError): { id: string; reasons: string[]; state: Properties } {
  const [rich] = error.metadata.get("grpc-status-details-bin");
  const detail = status.Status.deserializeBinary(rich as Buffer).getDetailsList()[0];
  const failed = messages.ErrorResourceInitFailed.deserializeBinary(
    detail?.getValue_asU8() ?? new Uint8Array(),
  );
  return {
    id: failed.getId(),
    reasons: failed.getReasonsList(),
    state: toProperties(failed.getProperties()),
  };
}

export const isSecret = (value: Value | undefined): boolean =>
  typeof value === "object" &&
  value !== null &&
  (value as Properties)["4dabf18193072939515e22adb298388d"] === "1b47061264138c4ac30d75fd1eb44270";

export { isUnknown };

import grpc from "@grpc/grpc-js";
import engineService from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import service from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { CloudError, messageOf } from "./cloud.ts";
import { construct, type ChildrenOf } from "./construct.ts";
import { Refusal } from "./refusal.ts";
import { type Provider } from "./provider.ts";
import { Unready } from "./unready.ts";
import type { RecordAssumption } from "./assumptions.ts";
import { initialisationFailure, toPropertyDiff, toProperties, toStruct } from "./wire.ts";

export interface ServeOptions {
  engineAddress?: string;
  cancel: () => void;
  /** For previews of any stack: serves components and parameterized packages. @default not served */
  preview?: { take: RecordAssumption; childrenOf: ChildrenOf | undefined };
}

/**
 * A server of a provider for the Pulumi engine: the ResourceProvider protocol itself, because `@pulumi/pulumi/provider` hides previews,
 * configuration and detailed differences from what it serves.
 * https://www.pulumi.com/docs/iac/guides/building-extending/providers/implementers/protocol-reference/
 */
export function providerServer(provider: Provider, options: ServeOptions): grpc.Server {
  const server = new grpc.Server({
    // Resources may be large; the engine sets no limit either.
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  server.addService(service.ResourceProviderService, handlers(provider, options));
  return server;
}

/** Serves a provider on a loopback port. */
export async function serve(
  provider: Provider,
  options: ServeOptions,
): Promise<{ port: number; close: () => Promise<void> }> {
  const server = providerServer(provider, options);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.tryShutdown(() => {
          resolve();
        });
      }),
  };
}

function handlers(provider: Provider, options: ServeOptions): grpc.UntypedServiceImplementation {
  let engineAddress = options.engineAddress;
  const reporter = (urn: string): ((message: string) => void) => {
    if (engineAddress === undefined) return () => undefined;
    const engine = new engineService.EngineClient(engineAddress, grpc.credentials.createInsecure());
    return (message) => {
      const log = new engineMessages.LogRequest();
      log.setSeverity(engineMessages.LogSeverity.INFO);
      log.setUrn(urn);
      log.setMessage(message);
      log.setEphemeral(true);
      // Progress is a courtesy: an engine that is gone does not want it.
      engine.log(log, () => undefined);
    };
  };
  const optionsOf = (request: { getUrn: () => string; getTimeout: () => number }) => ({
    ...targetOf(request.getUrn()),
    timeoutSeconds: request.getTimeout() > 0 ? request.getTimeout() : undefined,
    report: reporter(request.getUrn()),
  });

  return {
    handshake: unary((request: messages.ProviderHandshakeRequest) => {
      engineAddress ??= request.getEngineAddress();
      const response = new messages.ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      response.setSupportsAutonamingConfiguration(true);
      return response;
    }),
    attach: unary((request: plugin.PluginAttach) => {
      engineAddress = request.getAddress();
      return new empty.Empty();
    }),
    getPluginInfo: unary(() => {
      const response = new plugin.PluginInfo();
      response.setVersion(provider.version);
      return response;
    }),
    getSchema: unary(() => {
      const response = new messages.GetSchemaResponse();
      response.setSchema(JSON.stringify({ name: provider.name, version: provider.version }));
      return response;
    }),
    cancel: unary(() => {
      options.cancel();
      return new empty.Empty();
    }),
    checkConfig: unary((request: messages.CheckRequest) =>
      checkResponse(provider.checkConfig(toProperties(request.getNews()))),
    ),
    diffConfig: unary(async (request: messages.DiffRequest) => {
      const olds = request.hasOldInputs() ? request.getOldInputs() : request.getOlds();
      const changes = await provider.diffConfig(toProperties(olds), toProperties(request.getNews()));
      return toPropertyDiff(changes, false);
    }),
    configure: unary((request: messages.ConfigureRequest) => {
      provider.configure(toProperties(request.getArgs()));
      const response = new messages.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setSupportspreview(true);
      response.setSupportsAutonamingConfiguration(true);
      return response;
    }),
    check: unary((request: messages.CheckRequest) => {
      const olds = toProperties(request.getOlds());
      const naming = request.getAutonaming();
      const proposed = naming?.getProposedName();
      return checkResponse(
        provider.check(
          targetOf(request.getUrn()),
          Object.keys(olds).length > 0 ? olds : undefined,
          toProperties(request.getNews()),
          {
            seed: request.getRandomseed_asU8(),
            proposed: proposed === "" ? undefined : proposed,
            mayGenerate: naming?.getMode() !== messages.CheckRequest.AutonamingOptions.Mode.DISABLE,
          },
        ),
      );
    }),
    diff: unary((request: messages.DiffRequest) => {
      const state = toProperties(request.getOlds());
      const inputs = request.hasOldInputs() ? toProperties(request.getOldInputs()) : state;
      const { changes, deleteBeforeReplace } = provider.diff(
        targetOf(request.getUrn()),
        { inputs, state },
        toProperties(request.getNews()),
      );
      return toPropertyDiff(changes, deleteBeforeReplace);
    }),
    create: unary(async (request: messages.CreateRequest) => {
      const { id, state } = await provider.create(
        optionsOf(request),
        toProperties(request.getProperties()),
        request.getPreview(),
      );
      const response = new messages.CreateResponse();
      response.setId(id);
      response.setProperties(toStruct(state));
      return response;
    }),
    read: unary(async (request: messages.ReadRequest) => {
      const inputs = toProperties(request.getInputs());
      const live = await provider.read(optionsOf(request), request.getId(), {
        inputs: Object.keys(inputs).length > 0 ? inputs : undefined,
        state: toProperties(request.getProperties()),
      });
      // An empty id tells the engine that the resource is gone.
      const response = new messages.ReadResponse();
      if (live === undefined) return response;
      response.setId(live.id);
      response.setInputs(toStruct(live.inputs));
      response.setProperties(toStruct(live.state));
      return response;
    }),
    update: unary(async (request: messages.UpdateRequest) => {
      const state = await provider.update(
        optionsOf(request),
        request.getId(),
        { inputs: toProperties(request.getOldInputs()), state: toProperties(request.getOlds()) },
        toProperties(request.getNews()),
        request.getPreview(),
      );
      const response = new messages.UpdateResponse();
      response.setProperties(toStruct(state));
      return response;
    }),
    delete: unary(async (request: messages.DeleteRequest) => {
      await provider.delete(optionsOf(request), request.getId(), {
        inputs: toProperties(request.getOldInputs()),
        state: toProperties(request.getProperties()),
      });
      return new empty.Empty();
    }),
    invoke: unary(async (request: messages.InvokeRequest) => {
      const { result, problems } = await provider.invoke(request.getTok(), toProperties(request.getArgs()));
      const response = new messages.InvokeResponse();
      response.setReturn(toStruct(result));
      response.setFailuresList(problems.map(failure));
      return response;
    }),
    ...unserved(["call", "construct", "list", "parameterize", "getMapping", "getMappings"]),
    ...(options.preview && previewHandlers(provider, options.preview)),
  };
}

function unserved(methods: readonly string[]): grpc.UntypedServiceImplementation {
  return Object.fromEntries(
    methods.map((method) => [
      method,
      (_call: unknown, callback: (error: Partial<grpc.ServiceError>) => void) => {
        callback({ code: grpc.status.UNIMPLEMENTED, details: `${method} is not part of the sandbox` });
      },
    ]),
  );
}

function previewHandlers(
  provider: Provider,
  { take, childrenOf }: NonNullable<ServeOptions["preview"]>,
): grpc.UntypedServiceImplementation {
  return {
    construct: unary((request: messages.ConstructRequest) =>
      construct(request, { take, childrenOf, version: provider.version }),
    ),
    // A method of a resource: what it returns is unknown where it is used.
    call: unary((request: messages.CallRequest) => {
      take("function", request.getTok());
      return new messages.CallResponse().setReturn(toStruct({}));
    }),
    // A package whose SDK was made for parameters, as `pulumi package add terraform-provider NAME` makes one.
    parameterize: unary((request: messages.ParameterizeRequest) =>
      new messages.ParameterizeResponse()
        .setName(request.getValue()?.getName() ?? provider.name)
        .setVersion(request.getValue()?.getVersion() ?? provider.version),
    ),
  };
}

function unary<Request, Response>(
  handle: (request: Request) => Response | Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve()
      .then(() => handle(call.request))
      .then(
        (response) => {
          callback(null, response);
        },
        (error: unknown) => {
          callback(toServiceError(error));
        },
      );
  };
}

/**
 * One sentence, never a stack. The code tells the engine whether the effect may have happened all the same: a refusal did not; anything
 * else might have, and the engine then keeps the operation as pending.
 */
function toServiceError(error: unknown): Partial<grpc.ServiceError> {
  if (error instanceof Unready) return initialisationFailure(error);
  const refused = error instanceof Refusal || (error instanceof CloudError && error.status < 500);
  return {
    code: refused ? grpc.status.FAILED_PRECONDITION : grpc.status.UNKNOWN,
    details: error instanceof CloudError ? `${error.message} (${error.status})` : messageOf(error),
  };
}

function checkResponse({ inputs, problems }: ReturnType<Provider["check"]>): messages.CheckResponse {
  const response = new messages.CheckResponse();
  response.setInputs(toStruct(inputs));
  response.setFailuresList(problems.map(failure));
  return response;
}

/** Without a property name: the engine would print that property's value, secret or not, in front of the reason. */
function failure(reason: string): messages.CheckFailure {
  const result = new messages.CheckFailure();
  result.setReason(reason);
  return result;
}

/** `urn:pulumi:{stack}::{project}::{parent types}${type}::{name}` */
function targetOf(urn: string): { urn: string; type: string; name: string } {
  const parts = urn.split("::");
  return { urn, type: (parts[2] ?? "").replace(/^.*\$/, ""), name: parts.slice(3).join("::") };
}

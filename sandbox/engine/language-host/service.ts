import {
  type handleUnaryCall,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServerWritableStream,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import languagePb from "@pulumi/pulumi/proto/language_pb.js";
import type * as Language from "@pulumi/pulumi/proto/language_pb.js";
import pluginPb from "@pulumi/pulumi/proto/plugin_pb.js";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb.js";
import emptyPb from "google-protobuf/google/protobuf/empty_pb.js";
import { stopAll } from "./children.ts";
import { programDependencies, sdkVersion } from "./dependencies.ts";
import { installDependencies } from "./install.ts";
import { runPlugin } from "./run-plugin.ts";
import { runProgram } from "./run-program.ts";

/**
 * The methods of pulumirpc.LanguageRuntime. Code generation (`pulumi convert`, `pulumi package gen-sdk`) is not here and answers
 * UNIMPLEMENTED by itself: it is the work of the host that comes with the Pulumi CLI.
 *
 * @param address the engine's, from the command line; a handshake brings it as well
 */
export function languageRuntime(address: string): UntypedServiceImplementation {
  let engineAddress = address;
  return {
    handshake: unary<Language.LanguageHandshakeRequest, Language.LanguageHandshakeResponse>((request) => {
      engineAddress = request.getEngineAddress() || engineAddress;
      return new languagePb.LanguageHandshakeResponse();
    }),
    // Which plugins a program needs the engine learns from its first resource of each package; saying so beforehand would only
    // let the engine download them, and the sandbox brings its own.
    getRequiredPlugins: unary<Language.GetRequiredPluginsRequest, Language.GetRequiredPluginsResponse>(
      () => new languagePb.GetRequiredPluginsResponse(),
    ),
    getRequiredPackages: unary<Language.GetRequiredPackagesRequest, Language.GetRequiredPackagesResponse>(
      () => new languagePb.GetRequiredPackagesResponse(),
    ),
    run: unary<Language.RunRequest, Language.RunResponse>(async (request) => {
      if (request.getAttachDebugger())
        throw new Error("The sandbox's language host cannot attach a debugger.");
      const { error, bail } = await runProgram(request, engineAddress);
      return new languagePb.RunResponse().setError(error).setBail(bail);
    }),
    runPlugin: streaming<Language.RunPluginRequest, Language.RunPluginResponse>(runPlugin),
    getPluginInfo: unary<unknown, PluginInfo>(() => new pluginPb.PluginInfo().setVersion(sdkVersion())),
    installDependencies: streaming<Language.InstallDependenciesRequest, Language.InstallDependenciesResponse>(
      installDependencies,
    ),
    getProgramDependencies: unary<
      Language.GetProgramDependenciesRequest,
      Language.GetProgramDependenciesResponse
    >((request) => {
      const directory = request.getInfo()?.getProgramDirectory() ?? request.getPwd();
      return new languagePb.GetProgramDependenciesResponse().setDependenciesList(
        programDependencies(directory, request.getTransitivedependencies()).map(({ name, version }) =>
          new languagePb.DependencyInfo().setName(name).setVersion(version),
        ),
      );
    }),
    about: unary<Language.AboutRequest, Language.AboutResponse>(() =>
      new languagePb.AboutResponse().setExecutable(process.execPath).setVersion(process.version),
    ),
    runtimeOptionsPrompts: unary<Language.RuntimeOptionsRequest, Language.RuntimeOptionsResponse>(
      () => new languagePb.RuntimeOptionsResponse(),
    ),
    template: unary<Language.TemplateRequest, Language.TemplateResponse>(
      () => new languagePb.TemplateResponse(),
    ),
    cancel: unary<unknown, emptyPb.Empty>(() => {
      stopAll();
      return new emptyPb.Empty();
    }),
  };
}

function unary<Request, Response>(
  answer: (request: Request) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>): void => {
    const answered = async (): Promise<Response> => answer(call.request);
    answered().then(
      (response) => {
        callback(null, response);
      },
      (error: unknown) => {
        callback({ code: status.UNKNOWN, details: messageOf(error) });
      },
    );
  };
}

function streaming<Request, Response>(
  work: (call: ServerWritableStream<Request, Response>) => Promise<void>,
) {
  return (call: ServerWritableStream<Request, Response>): void => {
    work(call).then(
      () => call.end(),
      (error: unknown) => call.emit("error", { code: status.UNKNOWN, details: messageOf(error) }),
    );
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import type { ServerWritableStream } from "@grpc/grpc-js";
import languagePb from "@pulumi/pulumi/proto/language_pb.js";
import type { RunPluginRequest, RunPluginResponse } from "@pulumi/pulumi/proto/language_pb.js";
import { startNode, stop } from "./children.ts";
import { optionsEnvironment, parseRuntimeOptions, splitArguments } from "./options.ts";
import { locateSdk } from "./sdk.ts";

/**
 * Runs a plugin written for Node (a policy pack, a component or resource provider) until it ends or the engine hangs up, and
 * streams its output: the first line of it is the port it serves on.
 */
export async function runPlugin(
  call: ServerWritableStream<RunPluginRequest, RunPluginResponse>,
): Promise<void> {
  const request = call.request;
  const programDirectory = request.getInfo()?.getProgramDirectory() ?? request.getProgram();
  const options = parseRuntimeOptions(request.getInfo()?.getOptions()?.toJavaScript());
  // A policy pack's runner takes the engine's address first and the pack last; the other plugins' runner, the other way round.
  const isPolicyPack = request.getKind() === "analyzer";
  const entryPoint = locateSdk(isPolicyPack ? "run-policy-pack" : "run-plugin", programDirectory);
  const plugin = isPolicyPack
    ? [...request.getArgsList(), programDirectory]
    : [programDirectory, ...request.getArgsList()];
  const child = startNode(
    [...splitArguments(options.nodeargs), entryPoint, ...plugin],
    {
      // `new PolicyPack()` reads package.json from the working directory.
      cwd: isPolicyPack ? programDirectory : request.getPwd(),
      env: { ...parseEnvironment(request.getEnvList()), ...optionsEnvironment(options) },
    },
    (chunk) => call.write(new languagePb.RunPluginResponse().setStdout(chunk)),
    (chunk) => call.write(new languagePb.RunPluginResponse().setStderr(chunk)),
  );
  call.on("cancelled", () => {
    stop(child.process);
  });
  const { code, error } = await child.ended;
  if (error) throw error;
  call.write(new languagePb.RunPluginResponse().setExitcode(code ?? 1));
}

/** `KEY=value` lines as the engine sends them, later ones winning; an empty list means the host's own environment. */
export function parseEnvironment(lines: readonly string[]): NodeJS.ProcessEnv {
  if (lines.length === 0) return { ...process.env };
  return Object.fromEntries(
    lines.map((line) => {
      const equals = line.indexOf("=");
      return [line.slice(0, equals), line.slice(equals + 1)];
    }),
  );
}

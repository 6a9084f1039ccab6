import type { ServerWritableStream } from "@grpc/grpc-js";
import languagePb from "@pulumi/pulumi/proto/language_pb.js";
import type {
  InstallDependenciesRequest,
  InstallDependenciesResponse,
} from "@pulumi/pulumi/proto/language_pb.js";
import { start } from "./children.ts";
import { packageRoot } from "./dependencies.ts";
import { parseRuntimeOptions } from "./options.ts";

/** `pulumi install`: installs a program's packages with its package manager and streams what that says. */
export async function installDependencies(
  call: ServerWritableStream<InstallDependenciesRequest, InstallDependenciesResponse>,
): Promise<void> {
  const info = call.request.getInfo();
  const directory = info?.getProgramDirectory() ?? call.request.getDirectory();
  const { packagemanager } = parseRuntimeOptions(info?.getOptions()?.toJavaScript());
  const manager = packagemanager === "auto" ? "npm" : packagemanager;
  const child = start(
    manager,
    ["install"],
    { cwd: packageRoot(directory) ?? directory, env: process.env },
    (chunk) => call.write(new languagePb.InstallDependenciesResponse().setStdout(chunk)),
    (chunk) => call.write(new languagePb.InstallDependenciesResponse().setStderr(chunk)),
  );
  const { code, error } = await child.ended;
  if (error) throw new Error(`"${manager}" could not be started: ${error.message}`);
  if (code !== 0) throw new Error(`"${manager} install" exited with code ${code ?? "unknown"}.`);
}

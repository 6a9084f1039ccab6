import { Server, ServerCredentials } from "@grpc/grpc-js";
import languageRpc from "@pulumi/pulumi/proto/language_grpc_pb.js";
import languagePb from "@pulumi/pulumi/proto/language_pb.js";
import type { RunRequest, RunResponse } from "@pulumi/pulumi/proto/language_pb.js";
import type { sendUnaryData, ServerUnaryCall } from "@grpc/grpc-js";
import "../../../sandbox/process/exit-with-parent.ts";
import { start, stopChildrenAtExit } from "../../../sandbox/engine/language-host/children.ts";
import { configJson } from "../../../sandbox/engine/language-host/config.ts";
import { languageRuntime } from "../../../sandbox/engine/language-host/service.ts";

/**
 * A language host that runs whatever program the test has made ready: `MPEGFLOW_TEST_PROGRAM` is its command line, as JSON. It tells the
 * program of the engine by the environment, as Pulumi's SDK for Go reads it; the test's runner for Python reads the same.
 */
const engineAddress = process.argv.slice(2).findLast((argument) => !argument.startsWith("-")) ?? "";

async function run(request: RunRequest): Promise<RunResponse> {
  const [command = "", ...args] = JSON.parse(process.env["MPEGFLOW_TEST_PROGRAM"] ?? "[]") as string[];
  const env = {
    ...process.env,
    PULUMI_MONITOR: request.getMonitorAddress(),
    PULUMI_ENGINE: engineAddress,
    PULUMI_ORGANIZATION: request.getOrganization(),
    PULUMI_PROJECT: request.getProject(),
    PULUMI_STACK: request.getStack(),
    PULUMI_ROOT_DIRECTORY: request.getInfo()?.getRootDirectory() ?? "",
    PULUMI_DRY_RUN: String(request.getDryrun()),
    PULUMI_PARALLEL: String(request.getParallel()),
    PULUMI_CONFIG: configJson(request.getConfigMap().entries()),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
  };
  const { ended } = start(
    command,
    args,
    { env, cwd: request.getPwd() },
    (chunk) => process.stdout.write(chunk),
    (chunk) => process.stderr.write(chunk),
  );
  const { code, error } = await ended;
  const failure = error?.message ?? (code === 0 ? "" : `The program exited with code ${code ?? "unknown"}.`);
  return new languagePb.RunResponse().setError(failure);
}

stopChildrenAtExit();
const server = new Server();
server.addService(languageRpc.LanguageRuntimeService, {
  ...languageRuntime(engineAddress),
  run: (call: ServerUnaryCall<RunRequest, RunResponse>, callback: sendUnaryData<RunResponse>) => {
    run(call.request).then(
      (response) => {
        callback(null, response);
      },
      (error: unknown) => {
        callback(error as Error);
      },
    );
  },
});
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${port}\n`);
});

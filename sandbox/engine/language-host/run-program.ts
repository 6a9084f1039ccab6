import type { RunRequest } from "@pulumi/pulumi/proto/language_pb.js";
import { type Ended, startNode } from "./children.ts";
import { configJson } from "./config.ts";
import { optionsEnvironment, parseRuntimeOptions, programNodeArguments } from "./options.ts";
import { locateSdk } from "./sdk.ts";

/** The program has explained its failure to the user already (`nodeJSProcessExitedAfterLoggingUserActionableMessage` in the SDK). */
const alreadyExplained = 32;

export interface Outcome {
  /** For the user; empty when the program succeeded. */
  readonly error: string;
  /** The failure needs no further words. */
  readonly bail: boolean;
}

/** Runs a Pulumi program to its end. What it prints, the engine shows: it reads this host's own output. */
export async function runProgram(request: RunRequest, engineAddress: string): Promise<Outcome> {
  const info = request.getInfo();
  const programDirectory = info?.getProgramDirectory() ?? request.getPwd();
  const options = parseRuntimeOptions(info?.getOptions()?.toJavaScript());
  const arguments_ = [
    ...programNodeArguments(options),
    locateSdk("run", programDirectory),
    ...programArguments(request, engineAddress, programDirectory),
  ];
  const env = {
    ...process.env,
    ...optionsEnvironment(options),
    PULUMI_CONFIG: configJson(request.getConfigMap().entries()),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
  };
  const child = startNode(
    arguments_,
    { env },
    (chunk) => process.stdout.write(chunk),
    (chunk) => process.stderr.write(chunk),
  );
  return outcome(await child.ended);
}

/** The command line of the SDK's `cmd/run`, after its path. */
export function programArguments(
  request: RunRequest,
  engineAddress: string,
  programDirectory: string,
): string[] {
  const flags: [string, string][] = [
    ["monitor", request.getMonitorAddress()],
    ["engine", engineAddress],
    ["organization", request.getOrganization()],
    ["project", request.getProject()],
    ["root-directory", request.getInfo()?.getRootDirectory() ?? ""],
    ["stack", request.getStack()],
    ["pwd", programDirectory],
    ["parallel", String(request.getParallel())],
  ];
  return [
    ...flags.filter(([, value]) => value !== "").flatMap(([flag, value]) => [`--${flag}`, value]),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    entryPoint(request),
    ...request.getArgsList(),
  ];
}

/** A protobuf string that was not sent is empty; "." lets the SDK look into package.json. */
function entryPoint(request: RunRequest): string {
  return [request.getInfo()?.getEntryPoint(), request.getProgram()].find(Boolean) ?? ".";
}

export function outcome({ code, signal, error }: Ended): Outcome {
  if (error) return { error: `The program could not be started: ${error.message}`, bail: false };
  if (signal !== null) return { error: `The program was ended by ${signal}.`, bail: false };
  if (code === 0) return { error: "", bail: false };
  if (code === alreadyExplained) return { error: "", bail: true };
  return { error: `The program exited with code ${code ?? "unknown"}.`, bail: false };
}

import { createRequire } from "node:module";
import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import analyzer from "@pulumi/pulumi/proto/analyzer_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";

/**
 * Runs policies through the SDK's own server functions, with the messages that the engine sends: unknown values throw
 * when read, properties are proxies, and `notApplicable` ends a validation as it does in a preview.
 */

/** What the engine writes in place of a text that is not known yet. */
export const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** The same for an object. */
export const UNKNOWN_OBJECT = "dd056dcd-154b-4c76-9bd3-c8f88648b5ff";

export interface GivenResource {
  readonly type: string;
  readonly name: string;
  readonly props: Readonly<Record<string, unknown>>;
  /** `type::name` of the parent. */
  readonly parent?: string;
  /** `type::name` of what it depends on. */
  readonly dependencies?: readonly string[];
}

export interface Outcome {
  readonly violations: readonly { readonly message: string; readonly level: string }[];
  /** Reasons of "not applicable": shown by the engine on request only. */
  readonly notApplicable: readonly string[];
}

interface Server {
  makeAnalyzeRpcFun: MakeFunction;
  makeAnalyzeStackRpcFun: MakeFunction;
}
type MakeFunction = (pack: string, version: string, level: string, policies: unknown[]) => RpcFunction;
type RpcFunction = (
  call: { request: unknown },
  callback: (error: Error | undefined, response: Response) => void,
) => Promise<void>;
interface Response {
  getDiagnosticsList(): { getMessage(): string; getEnforcementlevel(): number }[];
  getNotApplicableList(): { getReason(): string }[];
}

// Not among the SDK's exports; the engine reaches it by gRPC.
const server = createRequire(import.meta.url)("@pulumi/policy/server.js") as Server;

const LEVELS = ["advisory", "mandatory", "disabled", "remediate"];

export async function runOnResource(
  policy: ResourceValidationPolicy,
  resource: GivenResource,
  config: object = {},
): Promise<Outcome> {
  const { validateResource } = policy;
  if (typeof validateResource !== "function") throw new Error("one validation function expected");
  const configured: ResourceValidationPolicy = {
    ...policy,
    validateResource: (args, report) =>
      validateResource({ ...args, getConfig: () => config as never }, report),
  };
  const request = new analyzer.AnalyzeRequest()
    .setType(resource.type)
    .setName(resource.name)
    .setUrn(urnOf(`${resource.type}::${resource.name}`))
    .setProperties(struct.Struct.fromJavaScript(resource.props as Record<string, struct.JavaScriptValue>))
    .setOptions(
      new analyzer.AnalyzerResourceOptions().setParent(
        resource.parent === undefined ? "" : urnOf(resource.parent),
      ),
    );
  return call(server.makeAnalyzeRpcFun("pack", "1.0.0", "advisory", [configured]), request);
}

export async function runOnStack(
  policy: StackValidationPolicy,
  resources: readonly GivenResource[],
  config: object = {},
): Promise<Outcome> {
  const configured: StackValidationPolicy = {
    ...policy,
    validateStack: (args, report) =>
      policy.validateStack({ ...args, getConfig: () => config as never }, report),
  };
  const request = new analyzer.AnalyzeStackRequest().setResourcesList(
    resources.map((resource) =>
      new analyzer.AnalyzerResource()
        .setType(resource.type)
        .setName(resource.name)
        .setUrn(urnOf(`${resource.type}::${resource.name}`))
        .setProperties(struct.Struct.fromJavaScript(resource.props as Record<string, struct.JavaScriptValue>))
        .setParent(resource.parent === undefined ? "" : urnOf(resource.parent))
        .setDependenciesList((resource.dependencies ?? []).map(urnOf))
        .setOptions(new analyzer.AnalyzerResourceOptions()),
    ),
  );
  return call(server.makeAnalyzeStackRpcFun("pack", "1.0.0", "advisory", [configured]), request);
}

/** The URN of `type::name`. */
export function urnOf(typeAndName: string): string {
  return `urn:pulumi:prod::media::${typeAndName}`;
}

async function call(run: RpcFunction, request: unknown): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    void run({ request }, (error, response) => {
      if (error) {
        reject(error);
        return;
      }
      resolve({
        violations: response.getDiagnosticsList().map((one) => ({
          message: one.getMessage(),
          level: LEVELS[one.getEnforcementlevel()] ?? "?",
        })),
        notApplicable: response.getNotApplicableList().map((one) => one.getReason()),
      });
    });
  });
}

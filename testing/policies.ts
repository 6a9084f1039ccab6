import type {
  EnforcementLevel,
  Policies,
  ReportViolation,
  ResourceValidation,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationArgs,
  StackValidationPolicy,
} from "@pulumi/policy";
import * as policyServer from "@pulumi/policy/server.js";
import analyzer from "@pulumi/pulumi/proto/analyzer_pb.js";
import type struct from "google-protobuf/google/protobuf/struct_pb.js";
import { analyzeRequest, analyzerResource, type GivenResource, type GivenStack } from "./resources.ts";
import { withoutSecretMarks } from "./values.ts";

/**
 * Runs policies through the SDK's own server functions, with the messages that the engine sends: unknown values throw
 * when read, properties are proxies, secrets are unwrapped, and `notApplicable` ends a validation as in a preview.
 */

type Policy = Policies[number];

export interface JudgeOptions extends GivenStack {
  /**
   * The policy pack's configuration, by policy: `{ "my-policy": { enforcementLevel: "advisory", limit: 3 } }`. Defaults of
   * the policies' schemas are filled in, as the engine does.
   */
  readonly config?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Tags of the stack in the backend. @default none */
  readonly stackTags?: Readonly<Record<string, string>>;
}

export interface Violation {
  readonly policy: string;
  /** Name of the resource; the empty text where a stack policy names none. */
  readonly resource: string;
  /** Without the policy's description, which the engine puts before it. */
  readonly message: string;
  readonly level: EnforcementLevel;
}

export interface NotApplicable {
  readonly policy: string;
  readonly reason: string;
}

export interface Judgement {
  readonly violations: readonly Violation[];
  /** Why policies did not judge: shown by the engine on request only. */
  readonly notApplicable: readonly NotApplicable[];
  /** Inputs of each resource that a remediation changed, by name; made before the policies judge. */
  readonly remediated: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/**
 * Judges a stack's resources as `pulumi preview` does: remediations first, then each resource by itself, then the stack.
 *
 * @throws Error when a policy throws, or the configuration names a policy or a property that does not exist
 */
export async function judge(
  policies: Policies,
  resources: readonly GivenResource[],
  options: JudgeOptions = {},
): Promise<Judgement> {
  checkConfig(policies, options);
  const configured = policies.map((policy) => withSurroundings(policy, options));
  const remediated: Record<string, Readonly<Record<string, unknown>>> = {};
  const judged: GivenResource[] = [];
  const violations: Violation[] = [];
  const notApplicable: NotApplicable[] = [];
  const take = (response: Response, resource = ""): void => {
    violations.push(...response.getDiagnosticsList().map((one) => violationOf(one, resource)));
    notApplicable.push(
      ...response
        .getNotApplicableList()
        .map((one) => ({ policy: one.getPolicyName(), reason: one.getReason() })),
    );
  };
  for (const given of resources) {
    const fixed = await remediatedProps(configured, given, options);
    const resource = fixed === undefined ? given : { ...given, props: fixed };
    if (fixed !== undefined) remediated[given.name] = fixed;
    judged.push(resource);
    const analyze = server.makeAnalyzeRpcFun(...PACK, configured);
    take(await call(analyze, analyzeRequest(resource, options), resource.name), resource.name);
  }
  const request = new analyzer.AnalyzeStackRequest().setResourcesList(
    judged.map((resource) => analyzerResource(resource, options)),
  );
  take(await call(server.makeAnalyzeStackRpcFun(...PACK, configured), request));
  return { violations, notApplicable, remediated };
}

interface Server {
  makeAnalyzeRpcFun: MakeFunction<Response>;
  makeAnalyzeStackRpcFun: MakeFunction<Response>;
  makeRemediateRpcFun: MakeFunction<RemediateResponse>;
}
type MakeFunction<R> = (
  pack: string,
  version: string,
  level: EnforcementLevel,
  policies: readonly Policy[],
) => RpcFunction<R>;
type RpcFunction<R> = (
  call: { request: unknown },
  callback: (error: Error | null | undefined, response: R) => void,
) => Promise<void>;
interface Response {
  getDiagnosticsList(): Diagnostic[];
  getNotApplicableList(): { getPolicyName(): string; getReason(): string }[];
}
interface Diagnostic {
  getPolicyname(): string;
  getDescription(): string;
  getMessage(): string;
  getUrn(): string;
  getEnforcementlevel(): number;
}
interface RemediateResponse {
  getRemediationsList(): { getProperties(): struct.Struct | undefined; getDiagnostic(): string }[];
}

// Not among the SDK's types; the engine reaches it by gRPC.
const server = policyServer as unknown as Server;
const PACK = ["pack", "1.0.0", "mandatory"] as const;
const LEVELS = ["advisory", "mandatory", "disabled", "remediate"] as const satisfies EnforcementLevel[];

async function call<R>(run: RpcFunction<R>, request: unknown, resource = ""): Promise<R> {
  return new Promise((resolve, reject) => {
    run({ request }, (error, response) => {
      if (error) reject(new Error(`${resource}: ${error.message}`, { cause: error }));
      else resolve(response);
    }).catch(reject);
  });
}

function violationOf(diagnostic: Diagnostic, resource: string): Violation {
  const message = diagnostic.getMessage();
  const description = `${diagnostic.getDescription()}\n`;
  return {
    policy: diagnostic.getPolicyname(),
    // The engine knows which resource it asked about; only a stack policy has to name one.
    resource: diagnostic.getUrn().split("::")[3] ?? resource,
    message: message.startsWith(description) ? message.slice(description.length) : message,
    level: LEVELS[diagnostic.getEnforcementlevel()] ?? "advisory",
  };
}

async function remediatedProps(
  policies: readonly Policy[],
  resource: GivenResource,
  where: GivenStack,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const run = server.makeRemediateRpcFun(...PACK, policies);
  const response = await call(run, analyzeRequest(resource, where), resource.name);
  const last = response.getRemediationsList().findLast((one) => one.getProperties() !== undefined);
  const props = last?.getProperties()?.toJavaScript();
  return props === undefined ? undefined : (withoutSecretMarks(props) as Record<string, unknown>);
}

/** The SDK keeps configuration and stack tags for a process; here each run has its own. */
function withSurroundings(policy: Policy, options: JudgeOptions): Policy {
  const { enforcementLevel, ...given } = options.config?.[policy.name] ?? {};
  const config = { ...defaultsOf(policy), ...given };
  const stackTags = new Map(Object.entries(options.stackTags ?? {}));
  const around = <A extends ResourceValidationArgs | StackValidationArgs>(args: A): A => ({
    ...args,
    stackTags,
    getConfig: () => config as never,
  });
  const level =
    enforcementLevel === undefined ? {} : { enforcementLevel: enforcementLevel as EnforcementLevel };
  // A policy may judge both ways: what a resource shows by itself, and the stack.
  const { validateResource, remediateResource, validateStack } = policy as Partial<ResourceValidationPolicy> &
    Partial<StackValidationPolicy>;
  return {
    ...policy,
    ...level,
    ...(validateStack && {
      validateStack: (args: StackValidationArgs, report: ReportViolation) =>
        validateStack(around(args), report),
    }),
    ...(validateResource && {
      validateResource: [validateResource].flat().map(
        (validate): ResourceValidation =>
          (args, report) =>
            validate(around(args), report),
      ),
    }),
    ...(remediateResource && {
      remediateResource: (args: ResourceValidationArgs) => remediateResource(around(args)),
    }),
  };
}

function defaultsOf({ configSchema }: Policy): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(configSchema?.properties ?? {}).flatMap(([key, schema]) =>
      schema.default === undefined ? [] : [[key, schema.default]],
    ),
  );
}

function checkConfig(policies: Policies, { config = {} }: JudgeOptions): void {
  const problems = Object.entries(config).flatMap(([name, given]) => {
    const policy = policies.find((one) => one.name === name);
    if (policy === undefined) return [`there is no policy ${name}`];
    const known = ["enforcementLevel", ...Object.keys(policy.configSchema?.properties ?? {})];
    return Object.keys(given)
      .filter((key) => !known.includes(key))
      .map((key) => `${name} has no property ${key}; it has ${known.join(", ")}`);
  });
  if (problems.length > 0)
    throw new Error(`The policies' configuration is wrong:\n  - ${problems.join("\n  - ")}`);
}

import analyzer from "@pulumi/pulumi/proto/analyzer_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { sourcesOf, wireValue } from "./values.ts";

/** A resource of the stack under test, as a program would register it. */
export interface GivenResource {
  /** Type token: `gcp:storage/bucket:Bucket`. */
  readonly type: string;
  /** Name in the program. */
  readonly name: string;
  /** Inputs; may hold `UNKNOWN`, `secret(…)` and `outputOf(…)`. */
  readonly props: Readonly<Record<string, unknown>>;
  /** What the provider has computed, beside the inputs: stack policies see both. @default the inputs alone */
  readonly outputs?: Readonly<Record<string, unknown>>;
  /**
   * Whether its provider has told nothing of it, inputs and outputs alike: stack policies see it so in a preview while the
   * provider's own configuration is not known yet. @default false
   */
  readonly withoutOutputs?: boolean;
  /** `type::name` of the parent. @default the stack */
  readonly parent?: string;
  /** `type::name` of what it depends on, beside the resources whose outputs its properties hold. */
  readonly dependencies?: readonly string[];
  /** `type::name` of the resources that each property's value comes from, beside those of `outputOf(…)`. */
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
  /** The explicit provider. */
  readonly provider?: {
    readonly type: string;
    readonly name: string;
    readonly props?: Readonly<Record<string, unknown>>;
  };
  /** URNs that it had before. */
  readonly aliases?: readonly string[];
  /** @default false */
  readonly protect?: boolean;
  readonly ignoreChanges?: readonly string[];
  readonly additionalSecretOutputs?: readonly string[];
}

/** Where the resources are. */
export interface GivenStack {
  /** @default "prod" */
  readonly stack?: string;
  /** @default "media" */
  readonly project?: string;
}

/** @internal */
type Messages = typeof analyzer;

/** The URN of `type::name`. */
export function urnOf(typeAndName: string, { stack = "prod", project = "media" }: GivenStack = {}): string {
  return `urn:pulumi:${stack}::${project}::${typeAndName}`;
}

/** The request by which the engine asks about one resource. @internal */
export function analyzeRequest(
  resource: GivenResource,
  where: GivenStack,
): InstanceType<Messages["AnalyzeRequest"]> {
  const request = new analyzer.AnalyzeRequest()
    .setType(resource.type)
    .setName(resource.name)
    .setUrn(urnOf(`${resource.type}::${resource.name}`, where))
    .setProperties(structOf(resource.props))
    .setOptions(optionsOf(resource, where));
  return resource.provider === undefined
    ? request
    : request.setProvider(providerOf(resource.provider, where));
}

/** The same as a member of the whole stack. @internal */
export function analyzerResource(
  resource: GivenResource,
  where: GivenStack,
): InstanceType<Messages["AnalyzerResource"]> {
  const sources = Object.entries(resource.props).map(
    ([key, value]) =>
      [key, [...new Set([...sourcesOf(value), ...(resource.propertyDependencies?.[key] ?? [])])]] as const,
  );
  const dependencies = [...(resource.dependencies ?? []), ...sources.flatMap(([, names]) => names)];
  const message = new analyzer.AnalyzerResource()
    .setType(resource.type)
    .setName(resource.name)
    .setUrn(urnOf(`${resource.type}::${resource.name}`, where))
    .setProperties(
      structOf(resource.withoutOutputs === true ? {} : { ...resource.props, ...resource.outputs }),
    )
    .setParent(resource.parent === undefined ? "" : urnOf(resource.parent, where))
    .setDependenciesList([...new Set(dependencies)].map((name) => urnOf(name, where)))
    .setOptions(optionsOf(resource, where));
  for (const [key, names] of sources) {
    const urns = names.map((name) => urnOf(name, where));
    message
      .getPropertydependenciesMap()
      .set(key, new analyzer.AnalyzerPropertyDependencies().setUrnsList(urns));
  }
  return resource.provider === undefined
    ? message
    : message.setProvider(providerOf(resource.provider, where));
}

function structOf(properties: Readonly<Record<string, unknown>>): struct.Struct {
  return struct.Struct.fromJavaScript(wireValue(properties) as Record<string, struct.JavaScriptValue>);
}

function optionsOf(
  resource: GivenResource,
  where: GivenStack,
): InstanceType<Messages["AnalyzerResourceOptions"]> {
  return new analyzer.AnalyzerResourceOptions()
    .setParent(resource.parent === undefined ? "" : urnOf(resource.parent, where))
    .setProtect(resource.protect ?? false)
    .setAliasesList([...(resource.aliases ?? [])])
    .setIgnorechangesList([...(resource.ignoreChanges ?? [])])
    .setAdditionalsecretoutputsList([...(resource.additionalSecretOutputs ?? [])]);
}

function providerOf(
  { type, name, props = {} }: NonNullable<GivenResource["provider"]>,
  where: GivenStack,
): InstanceType<Messages["AnalyzerProviderResource"]> {
  return new analyzer.AnalyzerProviderResource()
    .setType(type)
    .setName(name)
    .setUrn(urnOf(`${type}::${name}`, where))
    .setProperties(structOf(props));
}

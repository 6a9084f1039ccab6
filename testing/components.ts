import * as pulumi from "@pulumi/pulumi";
import type { MockCallArgs, MockMonitor, MockResourceArgs } from "@pulumi/pulumi/runtime/mocks.js";
import type { GivenResource } from "./resources.ts";
import { withoutSecretMarks } from "./values.ts";

/**
 * Records what a program registers, from the requests themselves: Pulumi's mocks show neither parents nor protection
 * nor providers (pulumi/pulumi#14421).
 */

/** One registered resource. */
export interface RecordedResource {
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  /** Inputs as the engine's mocks see them; unset ones are absent. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Inputs as they travel: secrets are objects with Pulumi's signature, so a clear secret can be searched for. */
  readonly wire: unknown;
  /** Type and name of the parent, `type::name`, if it is not the stack itself. */
  readonly parent: string | undefined;
  readonly protect: boolean;
  /** URN and id of an explicit provider. */
  readonly provider: string;
  /** Explicit providers of a component by package, as URN and id. */
  readonly providers: Readonly<Record<string, string>>;
  /** `type::name` of what it depends on, sorted. */
  readonly dependencies: readonly string[];
  /** `type::name` of the resources that each input's value comes from. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  /** URNs; of an alias that is told by its parts, the name. */
  readonly aliases: readonly string[];
  readonly additionalSecretOutputs: readonly string[];
  readonly ignoreChanges: readonly string[];
  readonly deleteBeforeReplace: boolean;
  readonly retainOnDelete: boolean;
  readonly importId: string;
}

export interface RecordOptions {
  /** A resource's id, where the name and `-id` will not do. */
  readonly id?: (resource: MockResourceArgs) => string | undefined;
  /** @default false */
  readonly preview?: boolean;
  /** Outputs of a resource beside its inputs: what a provider would compute. */
  readonly outputs?: (resource: MockResourceArgs) => Readonly<Record<string, unknown>>;
  /** Answers of provider functions. */
  readonly call?: (call: MockCallArgs) => Readonly<Record<string, unknown>>;
}

export interface Recorder {
  /** Everything registered so far, in order. Call {@link settled} first. */
  readonly resources: readonly RecordedResource[];
  /** Waits until nothing is being registered any more. Every test that makes a resource must, or its end disturbs the next. */
  settled(): Promise<void>;
  /** Those of a type. */
  ofType(type: string): RecordedResource[];
  /** The one of a type, and a name where there are several; throws unless there is exactly one. */
  only(type: string, name?: string): RecordedResource;
  /** The same stack as `judge` takes it, once it is made: stack policies see the outputs that the mocks gave. */
  judged(): GivenResource[];
}

/** Starts a program's record: call before any resource is made, once a test. */
export async function recordPulumi(options: RecordOptions = {}): Promise<Recorder> {
  const resources: RecordedResource[] = [];
  const outputs = new Map<string, Readonly<Record<string, unknown>>>();
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => {
        const id = args.custom === false ? "" : (options.id?.(args) ?? `${args.name}-id`);
        const state = { name: args.name, ...(args.inputs as object), ...options.outputs?.(args) };
        outputs.set(`${args.type}::${args.name}`, { ...state, ...(args.custom !== false && { id }) });
        return { id, state };
      },
      call: (args) => ({ ...options.call?.(args) }),
    },
    "project",
    "stack",
    options.preview ?? false,
  );
  const monitor = pulumi.runtime.getMonitor() as unknown as MockMonitor;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = async (...[request, callback]: Parameters<typeof register>) => {
    const message = request as RegisterResourceRequest;
    // The stack itself is registered by tests that run in one.
    if (message.getType() !== "pulumi:pulumi:Stack") resources.push(recorded(message));
    await register(request, callback);
  };
  return {
    resources,
    settled,
    ofType: (type) => resources.filter((resource) => resource.type === type),
    only: (type, name) => {
      const found = resources.filter(
        (resource) => resource.type === type && (name === undefined || resource.name === name),
      );
      const [first, ...others] = found;
      if (first === undefined || others.length > 0) {
        const known = resources.map((resource) => `${resource.type}::${resource.name}`).join("\n  ");
        throw new Error(`${found.length} resources ${type} ${name ?? ""} among:\n  ${known}`);
      }
      return first;
    },
    judged: () =>
      resources.map((resource) => givenOf(resource, outputs.get(`${resource.type}::${resource.name}`) ?? {})),
  };
}

function givenOf(resource: RecordedResource, outputs: Readonly<Record<string, unknown>>): GivenResource {
  const { type, name, inputs, parent, dependencies, propertyDependencies } = resource;
  const provider = /::([^:]*:[^:]*:[^:]*)::(.+)::[^:]*$/.exec(resource.provider);
  return {
    type,
    name,
    props: inputs,
    outputs: withoutSecretMarks(outputs) as Record<string, unknown>,
    ...(parent !== undefined && { parent }),
    dependencies,
    propertyDependencies,
    ...(provider && { provider: { type: provider[1] ?? "", name: provider[2] ?? "" } }),
    aliases: resource.aliases,
    protect: resource.protect,
    ignoreChanges: resource.ignoreChanges,
    additionalSecretOutputs: resource.additionalSecretOutputs,
  };
}

/** The value of an output, once it is there. */
export async function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => {
    output.apply((value) => {
      resolve(value);
    });
  });
}

/** Waits until promises that Pulumi keeps have run dry: registrations start in later turns of the event loop. */
async function settled(): Promise<void> {
  const { waitForRPCs } = pulumi.runtime as unknown as { waitForRPCs: () => Promise<void> };
  for (let turn = 0; turn < 3; turn++) {
    await waitForRPCs();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The part of the protobuf that is read here; Pulumi's type declarations leave it out of the package's exports. */
interface RegisterResourceRequest {
  getType(): string;
  getName(): string;
  getCustom(): boolean;
  getObject(): { toJavaScript(): Record<string, unknown> };
  getParent(): string;
  getProtect(): boolean | undefined;
  getProvider(): string;
  getProvidersMap(): { toArray(): [string, string][] };
  getDependenciesList(): string[];
  getPropertydependenciesMap(): {
    forEach(see: (sources: { getUrnsList(): string[] }, property: string) => void): void;
  };
  getAliasesList(): { getUrn(): string; getSpec(): { getName(): string } | undefined }[];
  getAdditionalsecretoutputsList(): string[];
  getIgnorechangesList(): string[];
  getDeletebeforereplace(): boolean;
  getRetainondelete(): boolean | undefined;
  getImportid(): string;
}

function recorded(message: RegisterResourceRequest): RecordedResource {
  const wire = message.getObject().toJavaScript();
  return {
    type: message.getType(),
    name: message.getName(),
    custom: message.getCustom(),
    inputs: withoutSecretMarks(wire) as Record<string, unknown>,
    wire,
    parent: message.getParent() === "" ? undefined : shortUrn(message.getParent()),
    protect: message.getProtect() ?? false,
    provider: message.getProvider(),
    providers: Object.fromEntries(message.getProvidersMap().toArray()),
    dependencies: message.getDependenciesList().map(shortUrn).sort(),
    propertyDependencies: sourcesOf(message),
    aliases: message.getAliasesList().map((alias) => alias.getSpec()?.getName() ?? alias.getUrn()),
    additionalSecretOutputs: message.getAdditionalsecretoutputsList(),
    ignoreChanges: message.getIgnorechangesList(),
    deleteBeforeReplace: message.getDeletebeforereplace(),
    retainOnDelete: message.getRetainondelete() ?? false,
    importId: message.getImportid(),
  };
}

function sourcesOf(message: RegisterResourceRequest): Record<string, string[]> {
  const sources: Record<string, string[]> = {};
  message.getPropertydependenciesMap().forEach((urns, property) => {
    sources[property] = urns.getUrnsList().map(shortUrn);
  });
  return sources;
}

/** `type::name`: the mocks shorten parent chains, so whole URNs are not to be compared. */
function shortUrn(urn: string): string {
  const [, , qualifiedType = "", name = ""] = urn.split("::");
  return `${qualifiedType.split("$").at(-1) ?? ""}::${name}`;
}

import type { AmbientSetting } from "./ambient.ts";
import { checkFields } from "./check.ts";
import { openCloud } from "./cloud.ts";
import type { ChildrenOf } from "./construct.ts";
import { difference, type Change } from "./difference.ts";
import type { Fields } from "./fields.ts";
import { inputsFromLive, stateBeforeCreate, stateBeforeUpdate, stateFromLive } from "./live.ts";
import {
  type Context,
  type FunctionModel,
  type Live,
  type Naming,
  type Old,
  type ResourceModel,
} from "./model.ts";
import { Refusal } from "./refusal.ts";
import { Unready } from "./unready.ts";
import {
  concealAll,
  containsSecret,
  containsUnknown,
  defined,
  revealAll,
  type Properties,
} from "./values.ts";

/** A provider's table and what it needs of its configuration. */
export interface ProviderModel {
  name: string;
  version: string;
  /** Modelled provider configuration. */
  configuration: Fields;
  /** What of it the stock provider takes from its environment, too. @default nothing */
  ambient?: readonly AmbientSetting[];
  resources: readonly ResourceModel[];
  functions: readonly FunctionModel[];
  /** Completes the inputs of a type without a model, where a preview takes it as it is declared. @default as they are */
  completeUnmodelled?: (type: string, inputs: Properties, naming: Naming) => Properties;
  /** The resources of components that the provider makes, where a preview takes them. @default they are not told */
  childrenOf?: ChildrenOf;
  /** Functions whose `result` is objects that other programs render, which a preview does without. @default none */
  unrendered?: readonly string[];
  /** Changed keys of a provider instance's configuration that make another place of it, so that all its resources are replaced. */
  movedBy?: (old: Properties, config: Properties) => Promise<readonly string[]>;
}

export interface Target {
  urn: string;
  type: string;
  name: string;
}
export type CheckNaming = Pick<Naming, "seed" | "proposed" | "mayGenerate">;
export type EffectOptions = Target & {
  timeoutSeconds: number | undefined;
  report: (message: string) => void;
};

/** What the server asks of a provider. All properties may hold secrets, and in previews unknowns. */
export type Provider = ReturnType<typeof createProvider>;

export interface Environment {
  cloudAddress: string | undefined;
  signal: AbortSignal;
  /** Told of fields without a model, which are then kept as they are. @default they are refused */
  takeField?: (of: string, path: string, urn: string) => void;
}

export function createProvider(model: ProviderModel, environment: Environment) {
  const { takeField } = environment;
  let config: Properties = {};
  const models = new Map(model.resources.map((resource) => [resource.type, resource]));
  const cloud = () => openCloud(environment.cloudAddress);
  const modelOf = (type: string): ResourceModel => {
    const known = models.get(type);
    if (known !== undefined) return known;
    throw new Refusal(unmodelled("resource type", type, [...models.keys()]));
  };
  const contextOf = ({ name, timeoutSeconds, report }: EffectOptions): Context => ({
    config,
    name,
    cloud,
    timeoutSeconds,
    signal: environment.signal,
    report,
  });
  /** Not checked in previews without a cloud, and for unknown values. */
  const rehearse = async (
    resource: ResourceModel,
    inputs: Properties,
    id: string | undefined,
    options: EffectOptions,
  ): Promise<void> => {
    if (environment.cloudAddress === undefined || containsUnknown(inputs) || containsUnknown(config)) return;
    await resource.rehearse?.(inputs, id, contextOf(options));
  };
  const settle = (resource: ResourceModel, live: Live, inputs: Properties): Properties => ({
    ...resource.predict?.(inputs, config),
    ...stateFromLive(resource.fields, live.properties, inputs),
  });
  /** Gives the state back with what is secret marked, or throws when the resource does not work. */
  const finish = (
    resource: ResourceModel,
    live: Live,
    news: Properties,
  ): { id: string; state: Properties } => {
    const state = concealAll(settle(resource, live, revealAll(news)), [news], resource.secrets);
    if (live.unready !== undefined) throw new Unready(live.id, news, state, live.unready);
    return { id: live.id, state };
  };

  return {
    name: model.name,
    version: model.version,

    checkConfig: (news: Properties): { inputs: Properties; problems: string[] } => {
      const { problems } = checkFields(
        model.configuration,
        revealAll(news),
        (key) => !isSecretIn(news, key),
        // Settings for reaching a cloud do not matter when there is none.
        takeField && (() => undefined),
      );
      return {
        inputs: news,
        problems: problems.map((problem) => `pulumi:providers:${model.name}: ${problem}`),
      };
    },

    diffConfig: async (olds: Properties, news: Properties): Promise<Change[]> => {
      const [old, now] = [revealAll(olds), revealAll(news)];
      const moved = (await model.movedBy?.(old, now)) ?? [];
      return difference(model.configuration, { inputs: old, state: {} }, now).map((change) => ({
        ...change,
        replaces: moved.includes(change.path.replace(/[.[].*$/, "")),
      }));
    },

    configure: (args: Properties): void => {
      config = revealAll(args);
    },

    check: (
      target: Target,
      olds: Properties | undefined,
      news: Properties,
      naming: CheckNaming,
    ): { inputs: Properties; problems: string[] } => {
      const about = (problem: string): string => `${target.type}: ${problem}`;
      const resource = models.get(target.type);
      if (resource === undefined) {
        return { inputs: news, problems: [unmodelled("resource type", target.type, [...models.keys()])] };
      }
      try {
        const given = revealAll(news);
        const old = olds && revealAll(olds);
        const complete = resource.complete?.(given, { config, name: target.name, old, ...naming }) ?? given;
        const { inputs, problems } = checkFields(
          resource.fields,
          complete,
          (key) => !isSecretIn(news, key),
          takeField &&
            ((path) => {
              takeField(target.type, path, target.urn);
            }),
        );
        if (problems.length === 0) problems.push(...(resource.problems?.(inputs, config) ?? []));
        return { inputs: concealAll(inputs, [news], resource.secrets), problems: problems.map(about) };
      } catch (error) {
        if (error instanceof Refusal) return { inputs: news, problems: [about(error.message)] };
        throw error;
      }
    },

    diff: (
      target: Target,
      old: Old,
      news: Properties,
    ): { changes: Change[]; deleteBeforeReplace: boolean } => {
      const resource = modelOf(target.type);
      const before = { inputs: revealAll(old.inputs), state: revealAll(old.state) };
      const inputs = revealAll(news);
      const changes = difference(resource.fields, before, inputs).map((change) => ({
        ...change,
        replaces: change.replaces || resource.replaces?.(change.path, config, before.inputs, inputs) === true,
      }));
      const identity = resource.identity?.(inputs, target.name);
      return {
        changes,
        deleteBeforeReplace:
          identity !== undefined &&
          changes.some(({ replaces }) => replaces) &&
          resource.identity?.(before.inputs, target.name) === identity,
      };
    },

    create: async (
      options: EffectOptions,
      news: Properties,
      preview: boolean,
    ): Promise<{ id: string; state: Properties }> => {
      const resource = modelOf(options.type);
      const inputs = revealAll(news);
      if (preview) {
        await rehearse(resource, inputs, undefined, options);
        const state = stateBeforeCreate(resource, inputs, resource.predict?.(inputs, config) ?? {});
        return { id: "", state: concealAll(state, [news], resource.secrets) };
      }
      return finish(resource, await resource.create(inputs, contextOf(options)), news);
    },

    /** @param known undefined inputs when importing */
    read: async (
      options: EffectOptions,
      id: string,
      known: { inputs: Properties | undefined; state: Properties },
    ): Promise<{ id: string; inputs: Properties; state: Properties } | undefined> => {
      const resource = modelOf(options.type);
      const old = known.inputs && revealAll(known.inputs);
      const live = await resource.read(
        id,
        { inputs: old ?? {}, state: revealAll(known.state) },
        contextOf(options),
      );
      if (live === undefined) return undefined;
      const inputs = inputsFromLive(resource.fields, live.declared ?? live.properties, old);
      const likes = [known.inputs ?? {}, known.state];
      return {
        id: live.id,
        inputs: concealAll(inputs, likes, resource.secrets),
        state: concealAll(settle(resource, live, inputs), likes, resource.secrets),
      };
    },

    update: async (
      options: EffectOptions,
      id: string,
      old: Old,
      news: Properties,
      preview: boolean,
    ): Promise<Properties> => {
      const resource = modelOf(options.type);
      const inputs = revealAll(news);
      const before = { inputs: revealAll(old.inputs), state: revealAll(old.state) };
      if (preview) {
        await rehearse(resource, inputs, id, options);
        const predicted = resource.predict?.(inputs, config, before.state) ?? {};
        const state = stateBeforeUpdate(resource, before, inputs, predicted);
        return concealAll(state, [news, old.state], resource.secrets);
      }
      return finish(resource, await resource.update(id, inputs, before, contextOf(options)), news).state;
    },

    delete: async (options: EffectOptions, id: string, old: Old): Promise<void> => {
      const before = { inputs: revealAll(old.inputs), state: revealAll(old.state) };
      await modelOf(options.type).delete(id, before, contextOf(options));
    },

    invoke: async (token: string, args: Properties): Promise<{ result: Properties; problems: string[] }> => {
      const called = model.functions.find((candidate) => candidate.token === token);
      if (called === undefined) {
        const known = model.functions.map((candidate) => candidate.token);
        throw new Refusal(unmodelled("function", token, known));
      }
      const { inputs, problems } = checkFields(
        called.fields,
        revealAll(args),
        undefined,
        takeField &&
          ((path) => {
            takeField(token, path, "");
          }),
      );
      if (problems.length > 0)
        return { result: {}, problems: problems.map((problem) => `${token}: ${problem}`) };
      if (environment.cloudAddress === undefined && called.pure !== true) {
        throw new Refusal(
          `${token} asks the cloud, and no local cloud is running: configure what it would answer, or start one with \`npm run local\``,
        );
      }
      return { result: defined(await called.call(inputs, { cloud, config })), problems };
    },
  };
}

const isSecretIn = (properties: Properties, key: string): boolean => containsSecret(properties[key] ?? null);

function unmodelled(what: string, token: string, known: readonly string[]): string {
  return `the sandbox does not model the ${what} ${token}; modelled: ${known.length > 0 ? known.join(", ") : "none"}`;
}

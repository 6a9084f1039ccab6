import { createHash } from "node:crypto";
import { describeMissing, missingIn, withEnvironment, type AmbientSetting } from "./ambient.ts";
import { difference } from "./difference.ts";
import { any } from "./fields.ts";
import type { Old } from "./model.ts";
import {
  createProvider,
  type CheckNaming,
  type EffectOptions,
  type Environment,
  type Provider,
  type ProviderModel,
  type Target,
} from "./provider.ts";
import type { RecordAssumption } from "./assumptions.ts";
import { concealAll, listOf, revealAll, unknown, type Properties } from "./values.ts";

/**
 * A provider for previews of any stack. Modelled resources are checked as usual; others are assumed to be as declared,
 * which is recorded: resources with unknown outputs, arguments unchanged, functions with unknown results. Without a
 * cloud, existing resources are not looked up, and a region or project that is not set is unknown. Effects are refused
 * as usual.
 */
export function previewProvider(
  model: ProviderModel,
  environment: Omit<Environment, "takeField">,
  take: RecordAssumption,
): Provider {
  const taking = {
    ...environment,
    takeField: (of: string, path: string, urn: string) => {
      take("field", `${of} ${path}`, urn);
    },
  };
  const provider = createProvider(model, taking);
  // As the one above, but told nothing of the settings that are missing.
  const told = createProvider(model, taking);
  const settings = environment.cloudAddress === undefined ? (model.ambient ?? []) : [];
  let missing: readonly AmbientSetting[] = [];
  const modelled = new Set(model.resources.map(({ type }) => type));
  const answered = new Set(
    model.functions
      .filter(({ pure }) => pure === true || environment.cloudAddress !== undefined)
      .map(({ token }) => token),
  );
  let config: Properties = {};

  return {
    ...provider,
    configure: (args: Properties) => {
      const known = withEnvironment(settings, revealAll(args));
      missing = missingIn(settings, known);
      config = { ...known, ...Object.fromEntries(missing.map(({ key }) => [key, unknown])) };
      told.configure(known);
      provider.configure(config);
    },
    check: (target: Target, olds: Properties | undefined, news: Properties, naming: CheckNaming) => {
      if (modelled.has(target.type)) {
        const strict = told.check(target, olds, news, naming);
        if (strict.problems.length === 0 || missing.length === 0) return strict;
        const lenient = provider.check(target, olds, news, naming);
        if (lenient.problems.length < strict.problems.length) {
          for (const setting of missingFor(strict.problems, missing))
            take("setting", describeMissing(model.name, setting));
        }
        return lenient;
      }
      take("resource", target.type, target.urn);
      const given = revealAll(news);
      const names = { config, name: target.name, old: olds && revealAll(olds), ...naming };
      const inputs = model.completeUnmodelled?.(target.type, given, names) ?? given;
      return { inputs: concealAll(inputs, [news]), problems: [] };
    },
    diff: (target: Target, old: Old, news: Properties) => {
      // Of a resource that is imported and was not looked up nothing is known that could differ.
      if (Object.keys(old.inputs).length === 0) return { changes: [], deleteBeforeReplace: false };
      if (modelled.has(target.type)) return provider.diff(target, old, news);
      const before = { inputs: revealAll(old.inputs), state: {} };
      const inputs = revealAll(news);
      const keys = new Set([...Object.keys(before.inputs), ...Object.keys(inputs)]);
      const fields = Object.fromEntries([...keys].map((key) => [key, any()]));
      return { changes: difference(fields, before, inputs), deleteBeforeReplace: false };
    },
    create: async (options: EffectOptions, news: Properties, preview: boolean) =>
      preview && !modelled.has(options.type)
        ? { id: "", state: news }
        : provider.create(options, news, preview),
    read: async (
      options: EffectOptions,
      id: string,
      known: { inputs: Properties | undefined; state: Properties },
    ) => {
      if (modelled.has(options.type) && environment.cloudAddress !== undefined) {
        return provider.read(options, id, known);
      }
      take("read", options.type, options.urn);
      return { id, inputs: known.inputs ?? {}, state: known.state };
    },
    update: async (options: EffectOptions, id: string, old: Old, news: Properties, preview: boolean) =>
      preview && !modelled.has(options.type) ? news : provider.update(options, id, old, news, preview),
    invoke: async (token: string, args: Properties) => {
      if (answered.has(token)) return provider.invoke(token, args);
      if (model.unrendered?.includes(token) === true) {
        // What distinguishes it, in no words: arguments may hold a password.
        take("unrendered", token, createHash("sha256").update(JSON.stringify(args)).digest("hex"));
        return { result: unknownAnswer(["result"]), problems: [] };
      }
      take("function", token);
      return { result: unknownAnswer(), problems: [] };
    },
  };
}

/** The settings that problems are about: those they name, else all. */
function missingFor(
  problems: readonly string[],
  missing: readonly AmbientSetting[],
): readonly AmbientSetting[] {
  const named = missing.filter(({ key }) => problems.some((problem) => problem.includes(`no ${key}:`)));
  return named.length > 0 ? named : missing.slice(0, 1);
}

const unknownMark = "mpegflow-gcs:unknown";

/**
 * The result of a function that cannot be called. The proxy between program and engine (sandbox/preview) converts it to
 * unknown values, which the engine does not accept from providers.
 *
 * @param fields of the answer, where the SDK does not declare them
 */
const unknownAnswer = (fields: readonly string[] = []): Properties => ({ [unknownMark]: fields });

/** The fields of such an answer as far as the provider knows them; undefined for any other answer. */
export function unknownFields(answer: Properties): string[] | undefined {
  return unknownMark in answer ? listOf(answer[unknownMark]).map(String) : undefined;
}

import { equivalent } from "./difference.ts";
import type { Field, Fields } from "./fields.ts";
import { isList, isObject, same, unknown, type Properties, type Value } from "./values.ts";

/**
 * Inputs that would make the live resource: what Read answers, so that refresh shows drift and import can start from nothing.
 * @param old inputs of the last update; undefined when importing
 */
export function inputsFromLive(fields: Fields, live: Properties, old: Properties | undefined): Properties {
  const result: Record<string, Value> = {};
  for (const [key, field] of Object.entries(fields)) {
    const value = inputFromLive(field, live[key], old?.[key], old === undefined);
    if (value !== undefined) result[key] = value;
  }
  return result;
}

function inputFromLive(
  field: Field,
  live: Value | undefined,
  old: Value | undefined,
  importing: boolean,
): Value | undefined {
  if (field.local) return importing ? (live ?? field.default) : old;
  // Services leave out what is false, zero or empty.
  if (live === undefined) return isTrivial(old) ? old : undefined;
  if (old === undefined && !importing && (field.computed || isTrivial(live) || same(live, field.default)))
    return undefined;
  // The user's own spelling stays where it means the same.
  if (old !== undefined && equivalent(field, old, live)) return old;
  if (field.kind === "object" && isObject(live)) {
    return inputsFromLive(field.fields, live, isObject(old) ? old : undefined);
  }
  if (field.kind === "list" && isList(live)) {
    const olds = isList(old) && old.length === live.length ? old : [];
    return live.map((item, index) => inputFromLive(field.of, item, olds[index], olds.length === 0) ?? item);
  }
  return live;
}

/** The state after an effect: what the service reports, completed by what only the provider knows. */
export function stateFromLive(fields: Fields, live: Properties, inputs: Properties): Properties {
  const result: Record<string, Value> = { ...live };
  for (const [key, field] of Object.entries(fields)) {
    const value = stateOf(field, live[key], inputs[key]);
    if (value !== undefined) result[key] = value;
  }
  return result;
}

function stateOf(field: Field, live: Value | undefined, input: Value | undefined): Value | undefined {
  if (field.local) return input ?? live ?? field.default;
  if (live === undefined) return isTrivial(input) ? input : undefined;
  if (field.kind === "object" && isObject(live)) {
    return stateFromLive(field.fields, live, isObject(input) ? input : {});
  }
  if (field.kind === "list" && isList(live) && isList(input) && live.length === input.length) {
    return live.map((item, index) => stateOf(field.of, item, input[index]) ?? item);
  }
  return live;
}

/** What a preview can say of a resource to be created: its inputs, and unknown for what the service decides. */
export function stateBeforeCreate(
  model: { fields: Fields; outputs: readonly string[] },
  inputs: Properties,
  predicted: Properties,
): Properties {
  const open = [
    ...model.outputs,
    ...Object.entries(model.fields).flatMap(([key, field]) => (field.computed ? [key] : [])),
  ];
  return { ...Object.fromEntries(open.map((key) => [key, unknown])), ...inputs, ...predicted };
}

/** What a preview can say of a resource to be updated in place. */
export function stateBeforeUpdate(
  model: { fields: Fields; changing?: readonly string[] },
  old: { inputs: Properties; state: Properties },
  inputs: Properties,
  predicted: Properties,
): Properties {
  const result: Record<string, Value> = { ...old.state };
  for (const [key, field] of Object.entries(model.fields)) {
    const value = inputs[key];
    if (value !== undefined && !same(value, old.inputs[key])) {
      result[key] = withServersPart(value, old.inputs[key], old.state[key]);
    } else if (value === undefined && !field.computed) Reflect.deleteProperty(result, key);
  }
  for (const key of model.changing ?? []) result[key] = unknown;
  return { ...result, ...predicted };
}

/** A changed object keeps those members of its state, at any depth, that came from the service. */
function withServersPart(value: Value, oldInput: Value | undefined, oldState: Value | undefined): Value {
  if (!isObject(value) || !isObject(oldInput) || !isObject(oldState)) return value;
  const servers = Object.entries(oldState).filter(([key]) => !(key in oldInput));
  const own = Object.entries(value).map(([key, member]): [string, Value] => [
    key,
    withServersPart(member, oldInput[key], oldState[key]),
  ]);
  return Object.fromEntries([...servers, ...own]);
}

const isTrivial = (value: Value | undefined): boolean =>
  value === undefined ||
  value === null ||
  value === false ||
  value === 0 ||
  value === "" ||
  (isList(value) && value.length === 0) ||
  (isObject(value) && Object.values(value).every(isTrivial));

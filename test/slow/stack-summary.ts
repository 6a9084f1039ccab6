import { stringify } from "yaml";
import type { PreviewDigest } from "../engine/support.ts";

/** A state as a preview shows it. */
type State = NonNullable<PreviewDigest["steps"][number]["newState"]>;
type Fields = Readonly<Record<string, unknown>>;

/**
 * What a preview creates, for reviewers: how many of each type, and each resource with what decides who may do what, where data
 * lives and what protects it. A type without an entry of its own in `SHOWN` is shown whole, so that nothing new hides.
 */
export function stackSummary(name: string, digest: PreviewDigest): string {
  const states = digest.steps
    .flatMap(({ newState, urn }) => (newState ? [{ ...newState, name: urn.split("::").pop() ?? "" }] : []))
    .toSorted(by(({ type, name }) => `${type} ${name}`));
  const counts: Record<string, number> = {};
  for (const { type } of states) counts[type] = (counts[type] ?? 0) + 1;
  const resources = states
    .filter(({ type }) => type !== "pulumi:pulumi:Stack" && !type.startsWith("mpegflow-gcs:"))
    .map((state) => [`${state.type} ${state.name}`, shownState(state)] as const);
  return [
    `# What \`pulumi up\` creates in an empty project from stacks/Pulumi.${name}.yaml. Written by \`npm run golden\`.\n`,
    stringify({ counts }),
    stringify({ resources: Object.fromEntries(resources) }, { lineWidth: 0 }),
  ].join("\n");
}

const by =
  <Item>(key: (item: Item) => string) =>
  (one: Item, other: Item): number =>
    key(one) < key(other) ? -1 : 1;

function shownState(state: State): Fields {
  const show = SHOWN[state.type] ?? everything;
  const fields = plain(show(state.inputs)) as Fields;
  return state["protect"] === true ? { protected: true, ...fields } : fields;
}

const everything = (fields: Fields): Fields => without(fields, ["labels"]);

const SHOWN: Readonly<Record<string, (inputs: Fields) => Fields>> = {
  "kubernetes:apps/v1:Deployment": deployment,
  "kubernetes:keda.sh/v1alpha1:ScaledJob": scaledJob,
  "kubernetes:core/v1:Namespace": ({ metadata }) => metadata as Fields,
  "kubernetes:core/v1:Service": ({ metadata, spec }) => ({
    ...pick(metadata as Fields, ["name", "namespace"]),
    ...pick(spec as Fields, ["type", "ports", "selector"]),
  }),
};

function deployment({ metadata, spec }: Fields): Fields {
  const { replicas, template } = spec as { replicas?: number; template: { spec: Fields } };
  const { containers, initContainers, ...pod } = template.spec;
  return {
    ...pick(metadata as Fields, ["name", "namespace"]),
    replicas,
    pod,
    containers: [...((initContainers ?? []) as Fields[]), ...(containers as Fields[])].map(container),
  };
}

function scaledJob({ metadata, spec }: Fields): Fields {
  const { jobTargetRef, ...scaling } = spec as { jobTargetRef: Fields };
  const { template, ...job } = jobTargetRef as { template: { spec: Fields } };
  const { containers, ...pod } = template.spec;
  return {
    ...pick(metadata as Fields, ["name", "namespace", "annotations"]),
    scaling,
    job,
    pod,
    containers: (containers as Fields[]).map(container),
  };
}

/** Probes are no matter of security. */
function container(given: Fields): Fields {
  const variables = (given["env"] ?? []) as { name: string; value?: unknown; valueFrom?: unknown }[];
  return {
    ...without(given, ["env", "livenessProbe", "readinessProbe", "startupProbe"]),
    env: Object.fromEntries(variables.map(({ name, value, valueFrom }) => [name, value ?? valueFrom])),
  };
}

const without = (fields: Fields, names: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));

const pick = (fields: Fields, names: readonly string[]): Fields =>
  Object.fromEntries(names.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]])));

/** How the engine writes a value that only an update makes known. */
const UNKNOWN = /04da6b54-80e4-46f7-96ec-b56ff0331ba9/g;
/** How it marks a special value, such as a secret. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** Without what differs from run to run, and without the providers' bookkeeping. */
function plain(value: unknown): unknown {
  if (typeof value === "string")
    return value
      .replaceAll(UNKNOWN, "(known later)")
      .replaceAll(/\b(mpegflow[a-z0-9-]*)-[0-9a-f]{7}\b/g, "$1-(random)");
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if (SIGNATURE in value) return "(secret)";
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "__defaults")
      .map(([key, inner]) => [key, plain(inner)]),
  );
}

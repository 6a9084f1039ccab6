import type { Effect } from "../../stacks/codecs.ts";
import { POLICY_REFUSALS } from "../../stacks/policy-refusals.ts";
import {
  SETTINGS,
  SETTINGS_OF,
  STACK_KINDS,
  type SettingKey,
  type StackKind,
} from "../../stacks/settings.ts";

/** docs/configuration.md: every key of a stack's configuration, made from the settings themselves. */
export function configurationPage(): string {
  const keys = Object.keys(SETTINGS) as SettingKey[];
  return [
    "# Configuration",
    "",
    "<!-- Written by `npm run docs` from stacks/settings.ts: change it there. -->",
    "",
    "What `stacks/Pulumi.<stack>.yaml` may set, each key below `mpegflow-gcs:`. Every problem is reported at once, before anything is",
    "created, and a key that does not exist is refused with the nearest one that does. Keys of other namespaces belong to Pulumi.",
    "",
    "_Change_ says what `pulumi up` does to a stack that is up already when that one key changes, as the real engine plans it in the",
    "tests. _Refused_ means: unless the stack is `disposable`, protection stops the update before anything is deleted.",
    "",
    "| key | type | default | meaning | allowed | change |",
    "| --- | --- | --- | --- | --- | --- |",
    ...keys.map(row),
    "",
    `A stack of the kind \`archive\` has these keys: ${Object.keys(SETTINGS_OF.archive).map(code).join(", ")}.`,
    `Only it has ${onlyOf("archive").map(code).join(", ")}; a \`platform\` has all others.`,
    "",
    "## What the policies refuse",
    "",
    "The policy pack accepts every combination of keys that is accepted here, except these, in the environments named, as",
    "`policy/environments/` configures it. `test/slow/matrix` tries every two values of different keys.",
    "",
    "| setting | policy | environments | reason |",
    "| --- | --- | --- | --- |",
    ...POLICY_REFUSALS.map(
      ({ setting, policy, environments, reason }) =>
        `| ${setting} | [\`${policy}\`](reference/policies.md#${policy}) | ${environments.map(code).join(", ")} | ${reason} |`,
    ),
    "",
    "## Examples",
    "",
    "A value of each key, and not a stack: some exclude each other, and each `kind` takes its own. `stacks/Pulumi.dev.yaml` and",
    "`stacks/Pulumi.archive.yaml` are whole stacks.",
    "",
    "```yaml",
    "config:",
    ...keys.map((key) => `  mpegflow-gcs:${key}: ${SETTINGS[key].text.example}`),
    "```",
    "",
  ].join("\n");
}

const onlyOf = (kind: StackKind): string[] =>
  Object.keys(SETTINGS_OF[kind]).filter((key) =>
    STACK_KINDS.every((other) => other === kind || !Object.hasOwn(SETTINGS_OF[other], key)),
  );

function row(key: SettingKey): string {
  const { type, meaning, allowed, effect } = SETTINGS[key].text;
  const cells = [code(key), type, shownDefault(key), meaning, allowed, describeEffect(effect)];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

/** A value as code; words about where the value comes from as they are. */
function shownDefault(key: SettingKey): string {
  const { text, schema } = SETTINGS[key];
  if (text.default === undefined) return "**required**";
  const isValue = typeof text.default !== "string" || schema.safeParse(undefined).data === text.default;
  return isValue ? code(String(text.default)) : text.default;
}

/** An effect in the table's words. */
export function describeEffect(effect: Effect): string {
  switch (effect.kind) {
    case "nothing":
      return "no resource changes";
    case "in place":
      return `in place: ${effect.of.join(", ")}`;
    case "adds or removes":
      return `adds or removes: ${effect.of.join(", ")}`;
    case "replaces":
      return [
        `replaces ${effect.of.join(", ")}`,
        ...(effect.adds ? [`adds ${effect.adds.join(", ")}`] : []),
        ...(effect.unlessDisposable === "refused" ? ["refused"] : []),
      ].join("; ");
  }
}

const code = (text: string): string => `\`${text}\``;

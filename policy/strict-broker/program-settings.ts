import { CONFIG_MAP, WORKLOAD } from "../model/kinds.ts";
import { blocks, read, text, textsAt, UNKNOWN, type Properties } from "../model/known.ts";
import { containersOf, podSpecsOf, variablesOf } from "../model/workloads.ts";

/** What a program is told by its configuration. */
export interface Setting {
  readonly name: string;
  /** Its value; nothing where it comes from elsewhere, such as a Secret. */
  readonly value: () => string | undefined;
}

/** What the programs of a resource are told, by variables and on their command lines, or what a ConfigMap has for some. */
export function programSettingsOf(type: string, props: Properties): Setting[] {
  if (WORKLOAD.has(type)) return podSpecsOf(type, props).flatMap(settingsOfPod);
  if (CONFIG_MAP.has(type)) return settingsOfMap(props, "data");
  return settingsWithin(props, DEEPEST);
}

function settingsOfPod(spec: Properties): Setting[] {
  const variables = variablesOf(spec).filter(({ isGiven }) => isGiven);
  return [...variables, ...containersOf(spec).flatMap(flagsOf)];
}

/** `--url-ttl=900s`, `--url-ttl 900s`. */
function flagsOf(container: Properties): Setting[] {
  const words = ["command", "commands", "args"].flatMap((key) => textsAt(container, key).known);
  return words.flatMap((word, index): Setting[] => {
    const [, flag, value] = /^--?([A-Za-z][\w.-]*)(?:=(.*))?$/s.exec(word) ?? [];
    return flag === undefined
      ? []
      : [{ name: flag.replaceAll("-", "_"), value: () => value ?? words[index + 1] }];
  });
}

/** How deep variables may be: those of Cloud Run's jobs are five levels down. */
const DEEPEST = 8;

/** Lists of variables in Google's services, and objects of them by name. */
const LISTS = ["env", "envs"];
const MAPS = ["environmentVariables", "envVariables", "buildEnvironmentVariables"];

/** Google's services have variables in as many places as there are services. */
function settingsWithin(value: unknown, depth: number): Setting[] {
  if (depth === 0 || typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) {
    return Array.from(value.keys()).flatMap((index) => settingsBelow(value, String(index), depth));
  }
  const props = value as Properties;
  const listed = LISTS.filter((key) => read(() => props[key]) !== UNKNOWN).flatMap((key) =>
    blocks(props, key).flatMap(settingOfEntry),
  );
  const below = Object.keys(props).flatMap((key) => settingsBelow(props, key, depth));
  return [...listed, ...MAPS.flatMap((key) => settingsOfMap(props, key)), ...flagsOf(props), ...below];
}

function settingsBelow(from: object, key: string, depth: number): Setting[] {
  const below = read(() => (from as Properties)[key]);
  return below === UNKNOWN ? [] : settingsWithin(below, depth - 1);
}

function settingOfEntry(entry: Properties): Setting[] {
  const name = read(() => text(entry, "name"));
  return typeof name === "string" ? [{ name, value: () => text(entry, "value") }] : [];
}

function settingsOfMap(props: Properties, key: string): Setting[] {
  const map = read(() => props[key]);
  if (map === UNKNOWN || typeof map !== "object" || map === null || Array.isArray(map)) return [];
  return Object.keys(map).map((name) => ({ name, value: () => text(map as Properties, name) }));
}

import { CONFIG_MAP, WORKLOAD } from "../model/kinds.ts";
import { blocks, read, text, textsAt, UNKNOWN, type Properties } from "../model/known.ts";
import { containersOf, podSpecsOf, variablesOf } from "../model/workloads.ts";

/** A setting of a program: an environment variable or option. */
export interface Setting {
  readonly name: string;
  /** Its value; undefined if it comes from elsewhere, such as a Secret. */
  readonly value: () => string | undefined;
}

/** Settings of a resource's programs: environment variables, command-line options, or entries of a ConfigMap. */
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

/** Depth limit of the search: variables of Cloud Run jobs are five levels deep. */
const DEEPEST = 8;

/** Lists of variables in Google's services, and objects of them by name. */
const LISTS = ["env", "envs"];
const MAPS = ["environmentVariables", "envVariables", "buildEnvironmentVariables"];

/** Each Google service has its variables in a different property. */
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

import { textOf, type Properties } from "./values.ts";

/** A setting that a provider takes from its environment where its configuration does not have it. */
export interface AmbientSetting {
  /** In the provider's configuration. */
  readonly key: string;
  /** The variables that say it, the first that is set. */
  readonly variables: readonly string[];
}

/** The configuration with what the environment says of the settings that it lacks, as the stock provider reads them. */
export function withEnvironment(
  settings: readonly AmbientSetting[],
  config: Properties,
  environment: NodeJS.ProcessEnv = process.env,
): Properties {
  const found = settings.flatMap(({ key, variables }) => {
    const value = variables.map((name) => environment[name] ?? "").find((text) => text !== "");
    return value === undefined || textOf(config[key]) !== undefined ? [] : [[key, value] as const];
  });
  return { ...config, ...Object.fromEntries(found) };
}

/** The settings that a configuration does not have. */
export function missingIn(
  settings: readonly AmbientSetting[],
  config: Properties,
): readonly AmbientSetting[] {
  return settings.filter(({ key }) => textOf(config[key]) === undefined);
}

/** How to set a setting, for error messages: `aws:region (--config aws:region=…, or AWS_REGION)`. */
export function describeMissing(provider: string, { key, variables }: AmbientSetting): string {
  const [variable = ""] = variables;
  return `${provider}:${key} (--config ${provider}:${key}=…, or ${variable})`;
}

/**
 * The engine's configuration keys are `project:name`; the SDK's programs read PULUMI_CONFIG with keys `project:config:name`
 * (all versions do, and newer ones know both).
 */
export function configJson(config: Iterable<readonly [string, string]>): string {
  const entries = [...config].map(([key, value]) => {
    const colon = key.indexOf(":");
    const name = key.slice(colon + 1);
    return [name.startsWith("config:") ? key : `${key.slice(0, colon)}:config:${name}`, value];
  });
  return JSON.stringify(Object.fromEntries(entries));
}

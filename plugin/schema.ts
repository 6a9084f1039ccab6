interface Schema {
  language: Record<string, Record<string, unknown>>;
  types: Record<string, unknown>;
  resources: Record<string, { inputProperties: Record<string, unknown> }>;
}

/**
 * The type that Pulumi's analyzer generates for `pulumi.Resource`: an object without properties, which no program can
 * create.
 */
const RESOURCE = "#/types/mpegflow-gcs:index:Resource";

/**
 * The analyzer's schema, with what other languages need.
 *
 * - Go's generator omits the type of a list argument that it considers unused, and then refers to it. With
 *   `generateExtraInputTypes` it generates all types, and the SDK compiles.
 * - A list of resources (`waitFor`) cannot be passed to a plugin, so that argument is not offered.
 */
export function forOtherLanguages(text: string): string {
  const schema = JSON.parse(text) as Schema;
  const language = { ...schema.language, go: { ...schema.language["go"], generateExtraInputTypes: true } };
  const resources = Object.entries(schema.resources).map(([token, resource]) => {
    const offered = Object.entries(resource.inputProperties).filter(
      ([, property]) => !JSON.stringify(property).includes(`"${RESOURCE}"`),
    );
    return [token, { ...resource, inputProperties: Object.fromEntries(offered) }] as const;
  });
  const types = Object.entries(schema.types).filter(([token]) => `#/types/${token}` !== RESOURCE);
  return JSON.stringify({
    ...schema,
    language,
    types: Object.fromEntries(types),
    resources: Object.fromEntries(resources),
  });
}

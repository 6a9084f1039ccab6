interface Schema {
  language: Record<string, Record<string, unknown>>;
  types: Record<string, unknown>;
  resources: Record<string, { inputProperties: Record<string, unknown> }>;
}

/** What stands for `pulumi.Resource` in the schema of Pulumi's analyzer: an object without properties, which no program could make. */
const RESOURCE = "#/types/mpegflow-gcs:index:Resource";

/**
 * The analyzer's schema, with what other languages need.
 *
 * - Go's generator leaves out the type of an argument's list of objects where it thinks that nobody needs it, and then names it: with
 *   `generateExtraInputTypes` it makes all of them, and the SDK compiles.
 * - An argument that is a list of resources (`waitFor`) cannot cross over to a plugin, so it is not offered.
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

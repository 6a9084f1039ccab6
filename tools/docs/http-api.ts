import { openApi, operations } from "../../services/coordinator/http/openapi.ts";

/** The HTTP API for people, made of the same table as the OpenAPI document. */
export function httpApiText(): string {
  const { components } = openApi() as {
    components: {
      schemas: Record<string, object>;
      securitySchemes: Record<string, { description: string }>;
    };
  };
  const parts = operations.map((operation) => {
    const link = (name: string): string => `[${name}](#${name.toLowerCase()})`;
    const rows = [
      ...Object.entries(operation.answers).map(
        ([status, [text, name]]) => `| ${status} | ${text} | ${name === undefined ? "–" : link(name)} |`,
      ),
      ...Object.entries(operation.errors).map(
        ([status, text]) => `| ${status} | ${text} | ${link("Error")} |`,
      ),
    ];
    return [
      `### ${operation.method.toUpperCase()} ${operation.path}`,
      `${operation.summary}.${operation.description === undefined ? "" : ` ${operation.description}`}`,
      `Bearer token: ${operation.bearer ?? "none"}. Body: ${operation.body === undefined ? "none" : link(operation.body)}.` +
        (operation.query === undefined
          ? ""
          : ` Query: ${Object.keys(operation.query.shape)
              .map((name) => `\`${name}\``)
              .join(", ")}.`),
      `| status | means | body |\n| --- | --- | --- |\n${rows.join("\n")}`,
    ].join("\n\n");
  });
  const tokens = Object.entries(components.securitySchemes).map(
    ([name, { description }]) => `- **${name}**: ${description}`,
  );
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) => `### ${name}\n\n\`\`\`json\n${JSON.stringify(schema, undefined, 2)}\n\`\`\``,
  );
  return `${[
    "# HTTP API of the coordinator",
    "Written by `npm run docs:http` from the schemas that requests are checked by; the running coordinator serves the same as OpenAPI 3.1 at `/v1/openapi.json`. `/healthz`, `/readyz` and `/metrics` (Prometheus) take no token: keep them inside the cluster.",
    "## Bearer tokens",
    tokens.join("\n"),
    "## Operations",
    ...parts,
    "## Schemas",
    ...schemas,
  ].join("\n\n")}\n`;
}

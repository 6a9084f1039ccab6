import { apiDocument } from "../../services/coordinator/index.ts";

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: { readonly $ref?: string } }>>;
}
interface Operation {
  readonly summary: string;
  readonly description?: string;
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content & { readonly description: string }>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>;
    readonly securitySchemes: Readonly<Record<string, { readonly description: string }>>;
  };
}

/** A link to the schema that a body has, or what it is where it has none of a name. */
function bodyOf({ content = {} }: Content, nothing: string): string {
  const [[type, one] = []] = Object.entries(content);
  const name = one?.schema.$ref?.split("/").at(-1);
  return name === undefined ? (type ?? nothing) : `[${name}](#${name.toLowerCase()})`;
}

function operationText(method: string, path: string, operation: Operation): string {
  const { summary, description, security = [], parameters = [], requestBody = {}, responses } = operation;
  const query = parameters.filter((one) => one.in === "query").map(({ name }) => `\`${name}\``);
  const rows = Object.entries(responses).map(
    ([status, one]) => `| ${status} | ${one.description} | ${bodyOf(one, "–")} |`,
  );
  return [
    `### ${method.toUpperCase()} ${path}`,
    `${summary}.${description === undefined ? "" : ` ${description}`}`,
    `Bearer token: ${security.flatMap(Object.keys)[0] ?? "none"}. Body: ${bodyOf(requestBody, "none")}.` +
      (query.length === 0 ? "" : ` Query: ${query.join(", ")}.`),
    `| status | means | body |\n| --- | --- | --- |\n${rows.join("\n")}`,
  ].join("\n\n");
}

/** The HTTP API for people, made of the OpenAPI document that a coordinator serves. */
export async function httpApiText(): Promise<string> {
  const { paths, components } = JSON.parse(JSON.stringify(await apiDocument())) as Document;
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => operationText(method, path, operation)),
  );
  const tokens = Object.entries(components.securitySchemes).map(
    ([name, { description }]) => `- **${name}**: ${description}`,
  );
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) => `### ${name}\n\n\`\`\`json\n${JSON.stringify(schema, undefined, 2)}\n\`\`\``,
  );
  return `${[
    "# HTTP API of the coordinator",
    "Written by `npm run docs:http` from the routes, whose schemas requests are checked by; the running coordinator serves the same as OpenAPI 3.1 at `/v1/openapi.json`. `/healthz`, `/readyz` and `/metrics` (Prometheus) take no token: keep them inside the cluster.",
    "It is served by HTTPS, at `Coordinator.url`, with a certificate that is renewed daily. Who vouches for it is `Coordinator.caCertificate`, and `coordinatorCaCertificates` among a stack's outputs: give that to your client as the one authority that it trusts for this host, and read it anew when the stack is brought up. `encryption-needs-tls`: a job with a customer-supplied key does not go over a plain connection.",
    "## Bearer tokens",
    tokens.join("\n"),
    "## Operations",
    ...operations,
    "## Schemas",
    ...schemas,
  ].join("\n\n")}\n`;
}

import { z } from "zod";

const stepSchema = z.object({
  urn: z.string(),
  newState: z.object({
    type: z.string(),
    custom: z.boolean(),
    inputs: z.record(z.string(), z.unknown()).default({}),
    protect: z.boolean().default(false),
    /** URN and id of the provider, between them `::`. */
    provider: z.string().default(""),
    dependencies: z.array(z.string()).default([]),
  }),
});

/** What Pulumi prints in place of a secret. */
const SECRET = '"[secret]"';

/**
 * A program that declares the same resources without components, as if written by hand: one statement per resource,
 * with the same inputs, providers, protection and dependencies. Components themselves are left out.
 *
 * @param steps those of a preview's `--json` output
 */
export function flatProgram(steps: readonly unknown[]): string {
  const resources = steps.map((step) => stepSchema.parse(step)).filter(({ newState }) => newState.custom);
  const variables = new Map(resources.map(({ urn }, index) => [urn, `resource${index}`]));
  const packages = new Set(resources.map(({ newState }) => packageOf(newState.type)));

  const statements = resources.map(({ urn, newState }) => {
    const { type, provider } = newState;
    const providerOf = variables.get(provider.slice(0, provider.lastIndexOf("::")));
    const dependsOn = newState.dependencies.flatMap((dependency) => variables.get(dependency) ?? []);
    const options = [
      ...(providerOf === undefined ? [] : [`provider: ${providerOf}`]),
      ...(newState.protect ? ["protect: true"] : []),
      ...(dependsOn.length > 0 ? [`dependsOn: [${dependsOn.join(", ")}]`] : []),
    ];
    const name = JSON.stringify(urn.split("::").at(-1));
    const variable = variables.get(urn) ?? "";
    return `const ${variable} = new ${constructorOf(type)}(${name}, ${literal(inputsOf(newState))}, { ${options.join(", ")} });`;
  });
  return [
    'import * as pulumi from "@pulumi/pulumi";',
    ...[...packages].sort().map((name) => `import * as ${name} from "@pulumi/${name}";`),
    ...statements,
    `export const resources = pulumi.output(${resources.length});`,
    "",
  ].join("\n");
}

function packageOf(type: string): string {
  const [first = "", , third = ""] = type.split(":");
  return first === "pulumi" ? third : first;
}

/**
 * `gcp.storage.Bucket` for `gcp:storage/bucket:Bucket`, `kubernetes.apps.v1.Deployment` for
 * `kubernetes:apps/v1:Deployment`, `kubernetes.helm.v3.Release` for `kubernetes:helm.sh/v3:Release`. Kinds that are not Kubernetes' own are declared as custom resources.
 */
export function constructorOf(type: string): string {
  const [first = "", module = "", name = ""] = type.split(":");
  if (first === "pulumi") return `${name}.Provider`;
  const [group = "", version = ""] = module.split("/");
  if (first !== "kubernetes") return [first, ...(group === "index" ? [] : [group]), name].join(".");
  // The provider's own resource, whose module only looks like an API group.
  const isKnown = !group.includes(".") || group.endsWith(".k8s.io") || group === "helm.sh";
  if (!isKnown) return "kubernetes.apiextensions.CustomResource";
  return `kubernetes.${group.replace(/\..*$/, "")}.${version}.${name}`;
}

/** What a program would write: the engine adds `version` and what begins with `__` to providers. */
function inputsOf({ type, inputs }: z.infer<typeof stepSchema>["newState"]): object {
  // Printed as one secret, but it is an object of them.
  if (type === "kubernetes:core/v1:Secret")
    return { ...inputs, stringData: { value: JSON.parse(SECRET) as string } };
  if (!type.startsWith("pulumi:providers:")) return inputs;
  return Object.fromEntries(
    Object.entries(inputs).filter(([key]) => key !== "version" && !key.startsWith("__")),
  );
}

const literal = (value: object): string =>
  JSON.stringify(value).replaceAll(SECRET, `pulumi.secret(${SECRET})`);

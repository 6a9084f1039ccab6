import * as pulumi from "@pulumi/pulumi";
import { record } from "../platform/world.ts";
import { valueOf, type RecordedResource } from "../pulumi-mocks.ts";

/** A component of some form of its arguments. */
export interface Form {
  /** What the form is there for. */
  readonly what: string;
  readonly make: () => pulumi.ComponentResource;
}

/** What a component made, and what of it can be reached. */
export interface Exposure {
  /** Resources below the component, `type::name`, sorted. */
  readonly made: readonly string[];
  /** Resources that its `resources` lead to, `type::name`, sorted. */
  readonly exposed: readonly string[];
  /** The fields of `resources` that hold something, and those that hold nothing. */
  readonly fields: { readonly full: readonly string[]; readonly empty: readonly string[] };
}

/** Makes a component by itself, and looks what it made and shows. */
export async function exposureOf({ make }: Form): Promise<Exposure> {
  const { recorder } = await record();
  const component = make();
  await recorder.settled();
  const resources = resourcesOf(component) ?? {};
  const [full, empty] = [true, false].map((wanted) =>
    Object.entries(resources).flatMap(([field, value]) => (reach(value).size > 0 === wanted ? [field] : [])),
  );
  return {
    made: below(await keyOf(component), recorder.resources).toSorted(),
    exposed: (await Promise.all([...reach(resources)].map(keyOf))).toSorted(),
    fields: { full: full ?? [], empty: empty ?? [] },
  };
}

/** A component's own resources; of another object, none. */
const resourcesOf = (component: object): object | undefined => {
  const found: unknown = Reflect.get(component, "resources");
  return pulumi.ComponentResource.isInstance(component) && typeof found === "object" && found !== null
    ? found
    : undefined;
};

/** All resources that a value leads to, by fields, lists, records and the resources of components. */
function reach(value: unknown): Set<pulumi.Resource> {
  if (typeof value !== "object" || value === null || pulumi.Output.isInstance(value)) return new Set();
  if (pulumi.Resource.isInstance(value)) return new Set([value, ...reach(resourcesOf(value))]);
  return new Set(Object.values(value).flatMap((one) => [...reach(one)]));
}

/** `type::name`, as the record names resources. */
async function keyOf(resource: pulumi.Resource): Promise<string> {
  const [, , type = "", name = ""] = (await valueOf(resource.urn)).split("::");
  return `${type.split("$").at(-1) ?? ""}::${name}`;
}

function below(component: string, resources: readonly RecordedResource[]): string[] {
  return resources
    .filter(({ parent }) => parent === component)
    .flatMap(({ type, name }) => [`${type}::${name}`, ...below(`${type}::${name}`, resources)]);
}

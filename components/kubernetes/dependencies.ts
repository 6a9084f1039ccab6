import * as pulumi from "@pulumi/pulumi";

/** The dependencies in a component's options. */
export type DependsOn = pulumi.ComponentResourceOptions["dependsOn"];

/** The options' dependencies and more, for a child: a component's own are not its children's. */
export function dependingOn(given: DependsOn, ...more: pulumi.Resource[]): pulumi.Output<pulumi.Resource[]> {
  return pulumi.output(given).apply((resources) => {
    const one = resources as pulumi.Resource | pulumi.Resource[] | undefined;
    return [...more, ...(one === undefined ? [] : [one].flat())];
  });
}

/** The resources of a group that there are. */
export const present = (resources: object): pulumi.Resource[] =>
  Object.values(resources).filter((one) => pulumi.Resource.isInstance(one));

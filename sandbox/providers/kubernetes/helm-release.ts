import { any, boolean, integer, object, string } from "../fields.ts";
import { Refusal, type ResourceModel } from "../model.ts";
import { named } from "../naming.ts";
import { recorded } from "../recorded.ts";
import { textOf, type Properties } from "../values.ts";
import { clusterOf } from "./cluster.ts";

const at = (inputs: Properties, key: string): string => textOf(inputs[key]) ?? "";

const release = recorded({
  type: "kubernetes:helm.sh/v3:Release",
  fields: {
    chart: string({ required: true }),
    version: string({ computed: true }),
    name: string({ computed: true, replaces: true }),
    namespace: string({ computed: true, replaces: true }),
    repositoryOpts: object({ repo: string(), username: string(), password: string() }),
    values: any(),
    createNamespace: boolean(),
    timeout: integer({ min: 0 }),
    skipAwait: boolean(),
    atomic: boolean(),
    cleanupOnFail: boolean(),
    // What the SDK tells the provider of itself.
    compat: string({ local: true }),
  },
  outputs: ["status"],
  changing: ["status"],
  ...named("name", 53, 8),
  distinct: true,
  scopeOf: (context) => {
    const cluster = clusterOf(context.config);
    if (cluster === undefined) throw new Refusal("the kubernetes provider names no cluster: set its context");
    return cluster;
  },
  idOf: (inputs) => `${at(inputs, "namespace") || "default"}/${at(inputs, "name")}`,
  report: (inputs) => ({
    namespace: at(inputs, "namespace") || "default",
    version: at(inputs, "version"),
    status: {
      status: "deployed",
      chart: inputs["chart"] ?? "",
      name: at(inputs, "name"),
      namespace: at(inputs, "namespace") || "default",
      version: at(inputs, "version"),
    },
  }),
});

/**
 * A Helm release on paper: the local cluster runs Deployments of its own, and nothing of a chart.
 * https://www.pulumi.com/registry/packages/kubernetes/api-docs/helm/v3/release/
 */
export const helmRelease: ResourceModel = {
  ...release,
  create: (inputs, context) => {
    context.report("recorded only: the local cluster runs nothing of a chart");
    return release.create(inputs, context);
  },
};

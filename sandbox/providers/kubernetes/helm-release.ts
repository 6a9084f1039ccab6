import { any, boolean, integer, object, string } from "../fields.ts";
import { Refusal, type Context, type ResourceModel } from "../model.ts";
import { named } from "../naming.ts";
import { recorded } from "../recorded.ts";
import { defined, textOf, type Properties } from "../values.ts";
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
 * A Helm release. Where clusters have a real API server, KEDA's chart brings real KEDA beside it; all other releases are on paper, because
 * the local cluster runs nothing of a chart.
 * https://www.pulumi.com/registry/packages/kubernetes/api-docs/helm/v3/release/
 */
export const helmRelease: ResourceModel = {
  ...release,
  create: async (inputs, context) => {
    if (!(await installs(inputs, context))) {
      context.report("recorded only: the local cluster runs nothing of a chart");
    }
    return release.create(inputs, context);
  },
  update: async (id, inputs, old, context) => {
    await installs(inputs, context);
    return release.update(id, inputs, old, context);
  },
  delete: async (id, old, context) => {
    const path = kedaPath(old.inputs, context);
    if (path !== undefined) {
      context.report("taking KEDA away");
      await context.cloud().control({ method: "DELETE", path, timeout: kedaTimeout });
    }
    await release.delete(id, old, context);
  },
};

/** Milliseconds; the first time on a machine it is built. */
const kedaTimeout = 290_000;

/** Where the local cloud takes a release of KEDA; undefined where it is none, or there is no API server for it. */
function kedaPath(inputs: Properties, context: Context): string[] | undefined {
  const cluster = clusterOf(context.config);
  const isKeda = at(inputs, "chart").replace(/^.*\//, "") === "keda";
  return isKeda && cluster !== undefined && context.cloud().kubernetes
    ? ["clusters", cluster, "keda"]
    : undefined;
}

async function installs(inputs: Properties, context: Context): Promise<boolean> {
  const path = kedaPath(inputs, context);
  if (path === undefined) return false;
  context.report("starting KEDA");
  const body = defined({
    version: inputs["version"],
    namespace: at(inputs, "namespace") || "default",
    createNamespace: inputs["createNamespace"],
    values: inputs["values"],
  });
  await context.cloud().control({ method: "PUT", path, body, timeout: kedaTimeout });
  return true;
}

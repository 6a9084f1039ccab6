import { messageOf } from "../cloud.ts";
import { any, boolean, integer, object, string } from "../fields.ts";
import { type Context, type ResourceModel } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { named } from "../naming.ts";
import { recorded } from "../recorded.ts";
import { defined, objectOf, textOf, type Properties } from "../values.ts";
import { clusterOf, objectsOf } from "./cluster.ts";
import { helmHistory, isPending, type RevisionContent } from "./helm-history.ts";

const at = (inputs: Properties, key: string): string => textOf(inputs[key]) ?? "";
const namespaceOf = (inputs: Properties): string => at(inputs, "namespace") || "default";

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
    maxHistory: integer({ min: 0 }),
    // Options that the SDK adds for the provider.
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
  idOf: (inputs) => `${namespaceOf(inputs)}/${at(inputs, "name")}`,
  report: (inputs, _id, _context, old) => ({
    namespace: namespaceOf(inputs),
    version: at(inputs, "version"),
    status: {
      status: "deployed",
      chart: inputs["chart"] ?? "",
      name: at(inputs, "name"),
      namespace: namespaceOf(inputs),
      version: at(inputs, "version"),
      revision: revisionOf(old) + 1,
    },
  }),
});

/** Revision of the last update in the engine's state; 0 for none. */
const revisionOf = (state: Properties | undefined): number =>
  Number(objectOf(state?.["status"])["revision"] ?? 0);
const withRevision = (state: Properties, revision: number): Properties => ({
  ...state,
  status: { ...objectOf(state["status"]), revision },
});

const historyOf = async (inputs: Properties, context: Context) =>
  helmHistory(await objectsOf(context), { namespace: namespaceOf(inputs), name: at(inputs, "name") });

const contentOf = (inputs: Properties, description: string): RevisionContent => ({
  chart: at(inputs, "chart"),
  version: at(inputs, "version"),
  values: objectOf(inputs["values"]),
  description,
});

/** Brings what a chart holds into the cluster. @returns false where nothing of that chart runs here */
type Installs = (inputs: Properties, context: Context) => Promise<boolean>;

/**
 * A Helm release. Where clusters have a real API server, KEDA's chart brings real KEDA beside it; all other releases are on paper, because
 * the local cluster runs nothing of a chart. What Helm keeps of a release is in the cluster, as Helm has it there: a step that is killed
 * leaves it pending, and the next one is refused.
 * https://www.pulumi.com/registry/packages/kubernetes/api-docs/helm/v3/release/
 */
export const helmReleaseWith = (installs: Installs): ResourceModel => ({
  ...release,
  create: async (inputs, context) => {
    const history = await historyOf(inputs, context);
    if ((await history.newest(1)) !== undefined)
      throw new Refusal("cannot re-use a name that is still in use");
    await history.write(1, "pending-install", contentOf(inputs, "Initial install underway"));
    try {
      if (!(await installs(inputs, context)))
        context.report("recorded only: the local cluster runs nothing of a chart");
    } catch (error) {
      await history.write(1, "failed", contentOf(inputs, messageOf(error)));
      if (inputs["atomic"] !== true)
        return { ...(await release.create(inputs, context)), unready: messageOf(error) };
      await history.clear(1);
      throw error;
    }
    await history.write(1, "deployed", contentOf(inputs, "Install complete"));
    return release.create(inputs, context);
  },
  update: async (id, inputs, old, context) => {
    const history = await historyOf(inputs, context);
    const newest = await history.newest(revisionOf(old.state));
    if (newest !== undefined && isPending(newest))
      throw new Refusal("another operation (install/upgrade/rollback) is in progress");
    const number = (newest?.number ?? 0) + 1;
    await history.write(number, "pending-upgrade", contentOf(inputs, "Preparing upgrade"));
    try {
      await installs(inputs, context);
    } catch (error) {
      await history.write(number, "failed", contentOf(inputs, messageOf(error)));
      if (inputs["atomic"] !== true) throw error;
      await history.write(number + 1, "pending-rollback", contentOf(old.inputs, "Rollback underway"));
      await installs(old.inputs, context);
      await history.write(number + 1, "deployed", contentOf(old.inputs, "Rolled back"));
      throw error;
    }
    const before = await history.deployed(number - 1);
    await history.write(number, "deployed", contentOf(inputs, "Upgrade complete"));
    if (before !== undefined)
      await history.write(before.number, "superseded", contentOf(old.inputs, "Upgrade complete"));
    const kept = Number(inputs["maxHistory"] ?? 0);
    if (kept > 0 && number > kept) await history.remove(number - kept);
    return release.update(id, inputs, { ...old, state: withRevision(old.state, number - 1) }, context);
  },
  delete: async (id, old, context) => {
    const path = kedaPath(old.inputs, context);
    if (path !== undefined) {
      context.report("taking KEDA away");
      await context.cloud().control({ method: "DELETE", path, timeout: kedaTimeout });
    }
    const history = await historyOf(old.inputs, context);
    await history.clear((await history.newest(revisionOf(old.state)))?.number ?? 0);
    await release.delete(id, old, context);
  },
});

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

/** Helm releases, with real KEDA where there is an API server for it. */
export const helmRelease = helmReleaseWith(installs);

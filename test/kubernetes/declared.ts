import { z } from "zod";
import type { Stack } from "../../sandbox/engine/index.ts";

/** A Kubernetes object as a stack declares it. */
export type DeclaredObject = z.infer<typeof objectSchema>;

const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});
const releaseSchema = z.looseObject({
  chart: z.string(),
  version: z.string(),
  namespace: z.string(),
  createNamespace: z.boolean().optional(),
  values: z.record(z.string(), z.unknown()).default({}),
});
const resourceSchema = z.looseObject({
  urn: z.string(),
  type: z.string(),
  provider: z.string().optional(),
  inputs: z.record(z.string(), z.unknown()).default({}),
});
const exportSchema = z.looseObject({
  deployment: z.looseObject({ resources: z.array(resourceSchema).default([]) }),
});

/** What a stack declares for one cluster, in the order in which it was made. */
export interface DeclaredCluster {
  readonly provider: string;
  readonly objects: readonly DeclaredObject[];
  readonly releases: readonly z.infer<typeof releaseSchema>[];
}

/** The Kubernetes objects of a stack that is up, by cluster. */
export async function declaredClusters(stack: Stack): Promise<DeclaredCluster[]> {
  const { stdout } = await stack.run(["stack", "export", "--show-secrets"]);
  const { deployment } = exportSchema.parse(JSON.parse(stdout));
  const ofKubernetes = deployment.resources.filter(
    ({ type }) => type.startsWith("kubernetes:") && !type.startsWith("kubernetes:index:"),
  );
  return [...Map.groupBy(ofKubernetes, ({ provider = "" }) => provider.split("::")[3] ?? "")].map(
    ([provider, resources]) => ({
      provider,
      objects: resources
        .filter(({ type }) => !isRelease(type))
        .map(({ inputs }) => objectSchema.parse(inClear(inputs))),
      releases: resources
        .filter(({ type }) => isRelease(type))
        .map(({ inputs }) => releaseSchema.parse(inClear(inputs))),
    }),
  );
}

const isRelease = (type: string): boolean => type === "kubernetes:helm.sh/v3:Release";

/** How the engine marks a secret, and where it then has its value as JSON. */
const signature = "4dabf18193072939515e22adb298388d";

function inClear(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inClear);
  if (typeof value !== "object" || value === null) return value;
  const fields = value as Record<string, unknown>;
  if (signature in fields) return inClear(JSON.parse(String(fields["plaintext"])));
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([name]) => !name.startsWith("__"))
      .map(([name, field]) => [name, inClear(field)]),
  );
}

const podOwnerSchema = z.looseObject({
  spec: z.looseObject({
    template: z.unknown().optional(),
    jobTemplate: z.unknown().optional(),
    jobTargetRef: z.unknown().optional(),
  }),
});
const templateSchema = z.looseObject({
  metadata: z.looseObject({}).default({}),
  spec: z.looseObject({}),
});

/** The pod that a workload makes: of a Deployment, StatefulSet, DaemonSet, Job, CronJob or ScaledJob; undefined for another kind. */
export function podOf(object: DeclaredObject): { spec: object } | undefined {
  const owner = podOwnerSchema.safeParse(object).data?.spec;
  if (owner === undefined) return undefined;
  const job =
    object.kind === "ScaledJob"
      ? owner.jobTargetRef
      : object.kind === "CronJob"
        ? podOwnerSchema.parse(owner.jobTemplate).spec
        : owner;
  const template = templateSchema.safeParse((job as { template?: unknown } | undefined)?.template).data;
  if (template === undefined) return undefined;
  return {
    apiVersion: "v1",
    kind: "Pod",
    ...template,
    metadata: { ...template.metadata, name: object.metadata.name, namespace: object.metadata.namespace },
  } as { spec: object };
}

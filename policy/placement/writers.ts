import type { StackGraph } from "../model/graph.ts";
import type { StackResource } from "../model/stack-resource.ts";
import { groupBy } from "../model/group-by.ts";
import { WORKLOAD } from "../model/kinds.ts";
import { blocks, read, text, UNKNOWN, type Known, type Properties } from "../model/known.ts";
import { containersOf, podSpecsOf } from "../model/workloads.ts";

/**
 * A workload that writes media in a region: a coordinator, or encoders that write with its signed URLs. Identified by
 * the environment variables MPEGFLOW_REGION and MPEGFLOW_BUCKET.
 */
export interface Writer {
  readonly region: string;
  /** Name of its bucket; encoders do not know theirs. */
  readonly bucketName: Known<string | undefined>;
  /** URNs of the resources that its own values come from. */
  readonly dependencies: readonly string[];
}

/** The writers of a stack whose region is known. */
export function writersIn(stack: StackGraph): readonly Writer[] {
  return stack.once(writersIn, () => writersAmong(stack.ofKind(WORKLOAD)));
}

function writersAmong(resources: readonly StackResource[]): Writer[] {
  return resources.flatMap((resource) => {
    const containers = read(() => podSpecsOf(resource.type, resource.props).flatMap(containersOf));
    if (containers === UNKNOWN) return [];
    return containers.flatMap((container) => {
      const region = read(() => variable(container, "MPEGFLOW_REGION"));
      if (region === UNKNOWN || region === undefined) return [];
      return [
        {
          region,
          bucketName: read(() => variable(container, "MPEGFLOW_BUCKET")),
          dependencies: resource.dependencies.map(({ urn }) => urn),
        },
      ];
    });
  });
}

/** Finds the writers of a bucket, by name, or by dependency if the name is not known yet. */
export function findWriters(
  writers: readonly Writer[],
): (bucket: { urn: string; bucketName: Known<string | undefined> }) => readonly Writer[] {
  const aware = writers.filter(({ bucketName }) => bucketName !== undefined);
  const byName = groupBy(aware, ({ bucketName }) => bucketName);
  const byUrn = new Map<string, Writer[]>();
  for (const writer of aware) {
    for (const urn of writer.dependencies) byUrn.set(urn, [...(byUrn.get(urn) ?? []), writer]);
  }
  return ({ urn, bucketName }) => {
    const dependent = byUrn.get(urn) ?? [];
    if (bucketName === UNKNOWN || bucketName === undefined) return dependent;
    const unnamed = dependent.filter((writer) => writer.bucketName === UNKNOWN);
    return [...(byName.get(bucketName) ?? []), ...unnamed];
  };
}

/** Their regions, unique and sorted. */
export function regionsOf(writers: readonly Writer[]): string[] {
  return [...new Set(writers.map(({ region }) => region))].sort();
}

function variable(container: Properties, name: string): string | undefined {
  const entry = blocks(container, "env").find((one) => one["name"] === name);
  return entry === undefined ? undefined : text(entry, "value");
}

import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import { InvalidArguments, shown, type Problem } from "../validation/index.ts";
import type { MediaBucketArgs } from "./media-bucket-args.ts";
import { bucketNameProblems } from "./naming.ts";

/** Problems of the arguments of an adoption, before the lookup. */
export function adoptionProblems({ adopt, bucketName, disposable }: MediaBucketArgs): Problem[] {
  if (adopt === undefined) return [];
  const problems = bucketNameProblems(adopt.bucketName).map((problem) => ({
    ...problem,
    path: "adopt.bucketName",
    fix: "pass the name of the bucket that exists",
  }));
  if (bucketName !== undefined && bucketName !== adopt.bucketName) {
    problems.push({
      path: "bucketName",
      given: "a name, beside adopt",
      allowed: `nothing, or ${shown(adopt.bucketName)}`,
      fix: "leave bucketName out: the adopted bucket keeps its name",
    });
  }
  if (disposable === true) {
    problems.push({
      path: "disposable",
      given: "true with adopt",
      allowed: "one of them",
      because: "the bucket contains objects from before the adoption.",
      fix: "adopt it protected; once bucketName has taken the place of adopt, it can be made disposable",
    });
  }
  return problems;
}

/**
 * Name of the bucket to adopt, once it is sure that adopting it replaces nothing.
 *
 * @throws {InvalidArguments} in the output, in previews too, naming everything that only a new bucket could have
 */
export function adoptedName(
  name: string,
  bucketName: string,
  args: MediaBucketArgs,
  opts: pulumi.InvokeOutputOptions,
): pulumi.Output<string> {
  return gcp.storage.getBucketOutput({ name: bucketName }, opts).apply((live) => {
    const problems = mismatches(args, {
      location: live.location,
      dataLocations: live.customPlacementConfigs.flatMap((one) => one.dataLocations),
      hierarchicalNamespace: live.hierarchicalNamespaces.some(({ enabled }) => enabled),
      objectRetention: live.enableObjectRetention,
    });
    if (problems.length > 0) {
      throw new InvalidArguments(`MediaBucket ${shown(name)} cannot adopt ${shown(bucketName)}`, problems);
    }
    return bucketName;
  });
}

/** The settings of a live bucket that no update changes. */
export interface FixedSettings {
  readonly location: string;
  readonly dataLocations: readonly string[];
  readonly hierarchicalNamespace: boolean;
  readonly objectRetention: boolean;
}

/** Differences from the existing bucket that only a new bucket could have. */
export function mismatches(args: MediaBucketArgs, live: FixedSettings): Problem[] {
  const problems: Problem[] = [];
  const wanted = whereIs(args.placement.location, args.placement.dataLocations ?? []);
  const found = whereIs(live.location, live.dataLocations);
  if (wanted !== found) {
    problems.push({
      path: "placement",
      given: wanted,
      allowed: `${found}, where the bucket is`,
      because:
        "a bucket cannot be moved: another placement would need a new bucket, and the data would stay behind.",
      fix: "describe the existing bucket, or create a new bucket and transfer the objects",
    });
  }
  for (const key of ["hierarchicalNamespace", "objectRetention"] as const) {
    if ((args[key] ?? false) === live[key]) continue;
    problems.push({
      path: key,
      given: shown(args[key] ?? false),
      allowed: `${live[key]}, as the bucket is`,
      because: "it is decided when a bucket is made.",
      fix: live[key] ? `set ${key} to true` : `leave ${key} out`,
    });
  }
  return problems;
}

function whereIs(location: string, dataLocations: readonly string[]): string {
  const regions = dataLocations.map((one) => one.toUpperCase()).toSorted();
  return [location.toUpperCase(), ...(regions.length > 0 ? [`(${regions.join(" + ")})`] : [])].join(" ");
}

import type { PolicyConfigSchema, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import {
  ACCESS_PATTERN_LABEL,
  ACCESS_PATTERN_LABEL_VALUES,
  AccessPattern,
  checkPlacement,
} from "../../components/placement/index.ts";
import { StackGraph } from "../model/graph.ts";
import { BUCKET } from "../model/kinds.ts";
import { bucketOf, typeOfUrn, type Bucket } from "./bucket.ts";
import { judgeForTwoWriters } from "./judge.ts";
import { UNKNOWN } from "../model/known.ts";
import { describeRefusal, describeUnreadableLabel } from "./refusal.ts";
import { regionsOfGrantedWriters } from "./writer-identities.ts";
import { findWriters, regionsOf, writersIn } from "./writers.ts";

const { ActiveActive, SingleWriter } = ACCESS_PATTERN_LABEL_VALUES;

const SHARED = {
  tags: ["placement", "durability"],
  framework: {
    name: "MpegFlow on Google Cloud Storage",
    version: "1",
    reference: "placement",
    specification: "docs/reference/policies.md",
  },
  enforcementLevel: "mandatory",
  severity: "critical",
  url: "https://docs.cloud.google.com/storage/docs/locations",
  remediationSteps:
    'Place the bucket in a dual-region with rpo: "ASYNC_TURBO": location "NAM4", "EUR4", "EUR5", "EUR7", "EUR8" or ' +
    '"ASIA1", or two customPlacementConfig.dataLocations of one code; or use MediaBucket of mpegflow-gcs. If one ' +
    `region at a time writes to it, set its label ${ACCESS_PATTERN_LABEL} to "${SingleWriter}".`,
} satisfies Partial<ResourceValidationPolicy>;

const EXCEPTIONS: PolicyConfigSchema["properties"][string] = {
  type: "array",
  items: { type: "string" },
  default: [],
  description: "Buckets to let off: names of resources in the program, or their URNs.",
};

interface Settings {
  readonly exceptions?: readonly string[];
  readonly requireDualRegion?: "labelled" | "all";
}

const CANNOT_TELL = "Cannot tell before the update: the bucket's placement is not known yet.";

/**
 * Judges each bucket by itself, before it is made. Buckets of components and raw ones alike: the components stamp the
 * label that is read here.
 */
export const activeActiveRequiresDualRegion: ResourceValidationPolicy = {
  ...SHARED,
  name: "active-active-requires-dual-region",
  displayName: "Active-active buckets are dual-regions with turbo replication",
  description:
    "A bucket that is written from two regions at the same time must be a dual-region with turbo replication, never " +
    "a multi-region or a single region.",
  configSchema: {
    properties: {
      exceptions: EXCEPTIONS,
      requireDualRegion: {
        type: "string",
        enum: ["labelled", "all"],
        default: "labelled",
        description:
          `Which buckets must be dual-regions: those labelled ${ACCESS_PATTERN_LABEL}: ${ActiveActive} ("labelled"), ` +
          'or every bucket ("all").',
      },
    },
  },
  validateResource: (args, reportViolation) => {
    const bucket = bucketOf({
      type: args.type,
      props: args.props,
      parentType: typeOfUrn(args.opts.parent ?? ""),
    });
    if (bucket === undefined) return args.notApplicable("not a Cloud Storage bucket");
    const settings = args.getConfig<Settings>();
    if (isExcepted(settings, args)) return args.notApplicable("excepted by configuration");
    if (typeof bucket.declared === "object") {
      reportViolation(describeUnreadableLabel(args.name, bucket.declared.unreadable));
      return;
    }
    const occasion = occasionFor(bucket, settings);
    if (occasion === undefined) return;
    const judgement = judgeForTwoWriters(bucket);
    if (judgement.kind === "accepted") return;
    if (judgement.kind === "undecided" || bucket.declared === UNKNOWN) return args.notApplicable(CANNOT_TELL);
    reportViolation(describeRefusal({ ...judgement, name: args.name, ...occasion }));
  },
};

function occasionFor(bucket: Bucket, { requireDualRegion }: Settings): Occasion | undefined {
  if (requireDualRegion === "all") {
    return {
      occasion: 'the policy is configured with requireDualRegion "all"',
      otherwise: "name the bucket in the policy's exceptions.",
    };
  }
  if (bucket.declared !== AccessPattern.ActiveActive && bucket.declared !== UNKNOWN) return undefined;
  return {
    occasion: `it is declared ${ActiveActive} (label ${ACCESS_PATTERN_LABEL})`,
    otherwise: SINGLE_WRITER,
  };
}

interface Occasion {
  readonly occasion: string;
  readonly otherwise: string;
}

const SINGLE_WRITER = `if one region at a time writes to it, set its label ${ACCESS_PATTERN_LABEL} to "${SingleWriter}".`;

/**
 * Judges the whole stack, so that a raw bucket cannot get around the label: a bucket that programs in two regions
 * write to, whatever its label, and a multi-region without a label beside such programs.
 */
export const twoRegionWritersRequireDualRegion: StackValidationPolicy = {
  ...SHARED,
  name: "two-region-writers-require-dual-region",
  displayName: "Buckets written from two regions are dual-regions with turbo replication",
  description:
    "Where programs in two regions write to a bucket, by their configuration or by what IAM grants them, the bucket that they write to must be a dual-region with " +
    "turbo replication, whatever its label, and a multi-region bucket must say by its label how it is written.",
  configSchema: { properties: { exceptions: EXCEPTIONS } },
  validateStack: (args, reportViolation) => {
    const settings = args.getConfig<Settings>();
    const stack = new StackGraph(args.resources);
    const writers = writersIn(args.resources);
    const granted = new Map(
      stack.ofKind(BUCKET).map((bucket) => [bucket.urn, regionsOfGrantedWriters(bucket, stack)]),
    );
    const allRegions = [...new Set([...regionsOf(writers), ...[...granted.values()].flat()])].sort();
    if (allRegions.length < 2) return args.notApplicable("nothing writes from two regions");
    const writersOf = findWriters(writers);
    let undecided = false;
    for (const resource of args.resources) {
      const bucket = bucketOf({ ...resource, parentType: resource.parent?.type });
      if (bucket === undefined || isExcepted(settings, resource)) continue;
      // The other rule has judged these already.
      if (bucket.declared === AccessPattern.ActiveActive) continue;
      const own = writersOf({ urn: resource.urn, bucketName: bucket.bucketName });
      const regions = [...new Set([...regionsOf(own), ...(granted.get(resource.urn) ?? [])])].sort();
      const occasion = stackOccasionFor(bucket, regions, allRegions);
      if (occasion === undefined) continue;
      const judgement = judgeForTwoWriters(bucket);
      undecided ||= judgement.kind === "undecided";
      if (judgement.kind !== "refused") continue;
      reportViolation(describeRefusal({ ...judgement, name: resource.name, ...occasion }), resource.urn);
    }
    if (undecided) return args.notApplicable(CANNOT_TELL);
  },
};

function stackOccasionFor(
  bucket: Bucket,
  regions: readonly string[],
  allRegions: readonly string[],
): Occasion | undefined {
  if (regions.length >= 2) {
    return {
      occasion: `programs in ${regions.join(" and ")} write to it`,
      otherwise: "give each region's programs a bucket of their own.",
    };
  }
  if (bucket.declared !== "Nothing" || !isMultiRegion(bucket)) return undefined;
  return {
    occasion:
      `this stack writes from ${allRegions.join(" and ")}, and a multi-region bucket that does not say how it is ` +
      "written is taken to be written from both",
    otherwise: SINGLE_WRITER,
  };
}

function isMultiRegion({ location, dataLocations }: Bucket): boolean {
  if (location === UNKNOWN || location === undefined || dataLocations === UNKNOWN) return false;
  return checkPlacement({ location, ...(dataLocations && { dataLocations }) }).kind === "MultiRegion";
}

function isExcepted({ exceptions = [] }: Settings, { name, urn }: { name: string; urn: string }): boolean {
  return exceptions.includes(name) || exceptions.includes(urn);
}

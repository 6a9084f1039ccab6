import type { PolicyConfigSchema, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import {
  ACCESS_PATTERN_LABEL,
  ACCESS_PATTERN_LABEL_VALUES,
  AccessPattern,
  checkPlacement,
} from "../../components/placement/index.ts";
import { StackGraph } from "../model/graph.ts";
import { type StackResource } from "../model/stack-resource.ts";
import { BUCKET } from "../model/kinds.ts";
import { bucketOf, typeOfUrn, type Bucket } from "./bucket.ts";
import { judgeForTwoWriters } from "./judge.ts";
import { UNKNOWN } from "../model/known.ts";
import { rememberInputs } from "../model/inputs.ts";
import {
  NOT_KNOWN_YET,
  noteUnjudged,
  noteUnjudgedInStack,
  unjudged,
  type Unjudged,
} from "../model/unjudged.ts";
import { describeRefusal, describeUnreadableLabel } from "./refusal.ts";
import { grantedWriters } from "./writer-identities.ts";
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
  description: "Buckets to exempt: names of resources in the program, or their URNs.",
};

interface Settings {
  readonly exceptions?: readonly string[];
  readonly requireDualRegion?: "labelled" | "all";
}

const TWO_WRITERS = "two-region-writers-require-dual-region";
const ACTIVE_ACTIVE = "active-active-requires-dual-region";
const CANNOT_TELL = "Cannot tell before the update: the bucket's placement is not known yet.";

/**
 * Judges each bucket before its creation, whether raw or declared by a component: components set the label that is read
 * here.
 */
export const activeActiveRequiresDualRegion: ResourceValidationPolicy = {
  ...SHARED,
  name: ACTIVE_ACTIVE,
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
    rememberInputs(args);
    const bucket = bucketOf({
      type: args.type,
      props: args.props,
      parentType: typeOfUrn(args.opts.parent ?? ""),
    });
    if (bucket === undefined) return args.notApplicable("not a Cloud Storage bucket");
    const settings = args.getConfig<Settings>();
    if (isExcepted(settings, args)) return args.notApplicable("exempted by configuration");
    if (typeof bucket.declared === "object") {
      reportViolation(describeUnreadableLabel(args.name, bucket.declared.unreadable));
      return;
    }
    const occasion = requirementFor(bucket, settings);
    const judgement = occasion && judgeForTwoWriters(bucket);
    const undecided =
      judgement?.kind === "undecided" || (judgement?.kind === "refused" && bucket.declared === UNKNOWN);
    noteUnjudged(ACTIVE_ACTIVE, args, undecided ? [NOT_KNOWN_YET] : []);
    if (undecided) return args.notApplicable(CANNOT_TELL);
    if (judgement?.kind !== "refused" || occasion === undefined) return;
    reportViolation(describeRefusal({ ...judgement, name: args.name, ...occasion }));
  },
};

function requirementFor(bucket: Bucket, { requireDualRegion }: Settings): Requirement | undefined {
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

interface Requirement {
  readonly occasion: string;
  readonly otherwise: string;
}

const SINGLE_WRITER = `if one region at a time writes to it, set its label ${ACCESS_PATTERN_LABEL} to "${SingleWriter}".`;

/**
 * Judges the whole stack, so that leaving out the label is no way around: every bucket that programs in two regions
 * write to, and a multi-region without a label beside such programs.
 */
export const twoRegionWritersRequireDualRegion: StackValidationPolicy = {
  ...SHARED,
  name: TWO_WRITERS,
  displayName: "Buckets written from two regions are dual-regions with turbo replication",
  description:
    "A bucket that programs in two regions write to, or may write to by IAM, must be a dual-region with turbo replication, whatever its label.",
  configSchema: { properties: { exceptions: EXCEPTIONS } },
  validateStack: (args, reportViolation) => {
    const settings = args.getConfig<Settings>();
    const stack = new StackGraph(args.resources);
    const writers = writersOfBuckets(stack);
    const allRegions = regionsIn(
      writers.flatMap(({ regions }) => [...regions]),
      regionsOf(writersIn(stack)),
    );
    const unseen = regionsOfUnseen(writers, stack);
    const isPlaced = writers.some(
      ({ bucket, regions }) => regions.length >= 2 && judgeForTwoWriters(bucket).kind === "accepted",
    );
    const left: Unjudged[] = [];
    for (const { resource, bucket, regions: all, ownRegions, doubts: ofGrants } of writers) {
      if (isExcepted(settings, resource)) continue;
      // The other rule judges these.
      if (bucket.declared === AccessPattern.ActiveActive) continue;
      // An identity that may write to all buckets of a project is assumed to write to its media bucket.
      const isElsewhere = isPlaced && all.length >= 2 && ownRegions.length < 2;
      const regions = isElsewhere ? ownRegions : all;
      const doubts = isElsewhere && bucket.declared === "Nothing" ? [MAY_WRITE_TO_ALL] : ofGrants;
      const occasion = stackRequirementFor(bucket, regions, unseen);
      const judgement = judgeForTwoWriters(bucket);
      const reasons = [
        ...(occasion !== undefined && judgement.kind === "undecided" ? [NOT_KNOWN_YET] : []),
        ...(occasion === undefined && judgement.kind !== "accepted" ? doubts : []),
      ];
      left.push(...unjudged(TWO_WRITERS, resource, reasons));
      if (occasion === undefined || judgement.kind !== "refused") continue;
      reportViolation(describeRefusal({ ...judgement, name: resource.name, ...occasion }), resource.urn);
    }
    noteUnjudgedInStack(TWO_WRITERS, left);
    if (left.length > 0) return args.notApplicable(CANNOT_TELL);
    if (allRegions.length < 2) return args.notApplicable("nothing writes from two regions");
  },
};

const MAY_WRITE_TO_ALL =
  "programs of two regions may write to every bucket of the project, of which one is placed for them";

/**
 * Regions of this product's programs that write to a bucket not in the stack; it may be any bucket of the stack.
 * Encoders do not know their bucket; it is that of the coordinators in their region. Other programs are judged by their
 * grants.
 */
function regionsOfUnseen(writers: readonly BucketWriters[], stack: StackGraph): string[] {
  const regions = regionsOf(writersIn(stack));
  const seen = new Set(writers.flatMap(({ configured }) => configured));
  return regions.every((region) => seen.has(region)) ? [] : regions;
}

interface BucketWriters {
  readonly resource: StackResource;
  readonly bucket: Bucket;
  /** The regions of the programs whose configuration names it. */
  readonly configured: readonly string[];
  /** These regions and those of the programs that may write to it, sorted. */
  readonly regions: readonly string[];
  /** The programs whose grants are on the bucket itself. */
  readonly ownRegions: readonly string[];
  readonly doubts: readonly string[];
}

function writersOfBuckets(stack: StackGraph): BucketWriters[] {
  const writersOf = findWriters(writersIn(stack));
  return stack.ofKind(BUCKET).flatMap((resource) => {
    const bucket = bucketOf({ ...resource, parentType: resource.parent?.type });
    if (bucket === undefined) return [];
    const configured = regionsOf(writersOf({ urn: resource.urn, bucketName: bucket.bucketName }));
    const granted = grantedWriters(resource, stack);
    const regions = regionsIn(configured, granted.regions);
    const ownRegions = regionsIn(configured, granted.ownRegions);
    return [{ resource, bucket, configured, regions, ownRegions, doubts: granted.doubts }];
  });
}

function regionsIn(...lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())].sort();
}

function stackRequirementFor(
  bucket: Bucket,
  regions: readonly string[],
  unseen: readonly string[],
): Requirement | undefined {
  if (regions.length >= 2) {
    return {
      occasion: `programs in ${regions.join(" and ")} write to it`,
      otherwise: "give each region's programs a bucket of their own.",
    };
  }
  if (unseen.length < 2 || bucket.declared !== "Nothing" || !isMultiRegion(bucket)) return undefined;
  return {
    occasion:
      `this stack writes from ${unseen.join(" and ")}, and a multi-region bucket that does not say how it is ` +
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

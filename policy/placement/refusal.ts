import {
  ACCESS_PATTERN_LABEL,
  ACCESS_PATTERN_LABEL_VALUES,
  describeProblem,
  dualRegionsNear,
  WHY_DUAL_REGION,
  type PlacementText,
  type PlacementVerdict,
  type Problem,
} from "../../components/placement/index.ts";

/** Names of checkPlacement's paths in a bucket's own arguments. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  dataLocations: "customPlacementConfig.dataLocations",
};

const KINDS = {
  Region: "a single region",
  DualRegion: "a dual-region",
  MultiRegion: "a multi-region",
  Unknown: "not a location of Cloud Storage that is known here",
} as const satisfies Record<PlacementVerdict["kind"], string>;

/** What is refused and why. */
export interface Refusal {
  /** The resource's name in the program. */
  readonly name: string;
  readonly location: string;
  readonly verdict: PlacementVerdict;
  /** Why this bucket must support writers in two regions: `its label … says active-active`. */
  readonly occasion: string;
  /** Alternative fix for a bucket that does not need two writers. */
  readonly otherwise?: string;
}

/** The message: what, why, and how to fix it in a raw bucket. */
export function describeRefusal({ name, location, verdict, occasion, otherwise }: Refusal): string {
  const { kind, problems } = verdict;
  const details =
    kind === "DualRegion"
      ? problems.map((problem) => `  - ${describeProblem(named(problem))}`)
      : [`  - Reason: ${WHY_DUAL_REGION}`, `  - Fix: ${fixFor(location)}`];
  return [
    `Bucket "${name}" must be a dual-region with rpo ASYNC_TURBO, because ${occasion}. ` +
      `Its location ${JSON.stringify(location.toUpperCase())} is ${KINDS[kind]}.`,
    ...details,
    ...(otherwise === undefined ? [] : [`  - Otherwise: ${otherwise}`]),
  ].join("\n");
}

/** The message for an invalid value of the label. */
export function describeUnreadableLabel(name: string, value: string): string {
  const values = Object.values(ACCESS_PATTERN_LABEL_VALUES).map((one) => JSON.stringify(one));
  return (
    `Bucket "${name}": label ${ACCESS_PATTERN_LABEL} is ${JSON.stringify(value)}; allowed: ${values.join(" or ")}. ` +
    "Fix: set one of these, so that the bucket's placement can be judged, or remove the label."
  );
}

/** A problem in terms of a raw bucket's arguments. */
export function named(problem: Problem): Problem {
  return { ...problem, path: ARGUMENTS[problem.path] ?? problem.path };
}

function fixFor(location: string): string {
  const choices = dualRegionsNear(location).map(spelled).join(", or ");
  return (
    `set ${choices}, with rpo: "ASYNC_TURBO"; or use MediaBucket of mpegflow-gcs. ` +
    "A change of location replaces a bucket: if it holds objects already, make a new one and copy them."
  );
}

/** A placement as arguments of a raw bucket. */
function spelled({ location, dataLocations }: PlacementText): string {
  if (dataLocations === undefined) return `location: "${location}"`;
  const regions = dataLocations.map((one) => JSON.stringify(one.toUpperCase())).join(", ");
  return `location: "${location}" with customPlacementConfig: { dataLocations: [${regions}] }`;
}

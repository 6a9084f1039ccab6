import { oneOfProblems } from "../validation/one-of.ts";
import { shown, type Problem } from "../validation/problem.ts";
import { checkPlacement } from "./check.ts";
import { listPredefined, withRegions } from "./describe.ts";
import { InvalidPlacement } from "./error.ts";
import { codesWith, configurableCodeOf, partnersOf, predefinedCodeOf } from "./lookup.ts";
import {
  CONFIGURABLE_DUAL_REGIONS,
  MULTI_REGIONS,
  PREDEFINED_DUAL_REGIONS,
  REGIONS,
  type ConfigurableRegion,
  type MultiRegionCode,
  type PartnerOf,
  type PredefinedCode,
  type Region,
} from "./tables.ts";
import type { Placement } from "./types.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

/**
 * One region.
 *
 * @param name a region with Cloud Storage: `us-central1`
 * @throws {@link InvalidPlacement} for anything else, naming the regions
 */
export function region(name: Region): Placement {
  refuseUnlessOneOf("region", name, REGIONS);
  return placementAt("region", name);
}

/**
 * A configurable dual-region: two regions with the same code, which is derived from them. Pairs that Google does not
 * offer do not compile: regions of different codes, one region twice, and pairs that exist only under a predefined
 * code.
 *
 * @example dualRegion("us-central1", "us-east4")
 * @throws {@link InvalidPlacement} for such pairs at run time, naming the regions that `first` pairs with
 */
export function dualRegion<First extends ConfigurableRegion>(
  first: First,
  second: PartnerOf<First>,
): Placement {
  return placementOfPair(first, second);
}

/**
 * A predefined dual-region.
 *
 * @param code ASIA1, EUR4, EUR5, EUR7, EUR8 or NAM4
 * @throws {@link InvalidPlacement} for anything else, naming the codes
 */
export function predefined(code: PredefinedCode): Placement {
  refuseUnlessOneOf("predefined", code, Object.keys(PREDEFINED_DUAL_REGIONS));
  return placementAt("predefined", code);
}

/**
 * A multi-region, for buckets with a single writer.
 *
 * @param code ASIA, EU or US
 * @throws {@link InvalidPlacement} for anything else, naming the codes
 */
export function multiRegion(code: MultiRegionCode): Placement {
  refuseUnlessOneOf("multiRegion", code, MULTI_REGIONS);
  return placementAt("multiRegion", code);
}

/** {@link dualRegion} for regions that are known at run time only. */
export function placementOfPair(first: string, second: string): Placement {
  const pair = [first.toLowerCase(), second.toLowerCase()] as const;
  const what = `dualRegion(${shown(first)}, ${shown(second)})`;
  const code = configurableCodeOf(pair);
  if (code === undefined) throw new InvalidPlacement(what, [impossiblePair(pair)]);
  return placementAt(what, code, pair);
}

/**
 * Any placement that {@link checkPlacement} accepts.
 *
 * @param what what was written, for the message
 * @throws {@link InvalidPlacement}
 */
export function placementAt(what: string, location: string, dataLocations?: readonly string[]): Placement {
  const { kind, problems, regions } = checkPlacement({ location, ...withoutUndefined({ dataLocations }) });
  if (kind === "Unknown" || problems.length > 0) throw new InvalidPlacement(what, problems);
  return {
    kind,
    location: location.toUpperCase(),
    // Google keeps a set: sorted, so that the order of writing makes no difference to the bucket.
    ...(dataLocations && { dataLocations: dataLocations.map((name) => name.toUpperCase()).sort() }),
    // The same order whichever way the pair is written: what is made in the first region, or in a list of them, stays.
    regions: regions.toSorted(),
  };
}

/**
 * The same placement with another region first: where the log bucket and the data set of an audit trail are, and in which
 * order secrets have their replicas. Without it that is the first by the alphabet.
 *
 * @param first one of the placement's regions
 * @throws {@link InvalidPlacement} for any other, naming them
 */
export function withFirstRegion(placement: Placement, first: string): Placement {
  const problems = oneOfProblems("firstRegion", first, placement.regions);
  if (problems.length > 0) throw new InvalidPlacement(`withFirstRegion(${shown(first)})`, problems);
  return { ...placement, regions: [first, ...placement.regions.filter((region) => region !== first)] };
}

function refuseUnlessOneOf(constructor: string, given: string, allowed: readonly string[]): void {
  const named = allowed.find((one) => one.toLowerCase() === given.toLowerCase());
  const problems = oneOfProblems(constructor, named ?? given, allowed);
  if (problems.length > 0) throw new InvalidPlacement(`${constructor}(${shown(given)})`, problems);
}

function impossiblePair(pair: readonly [string, string]): Problem {
  const [first, second] = pair;
  const given = `${first} + ${second}`;
  const path = "dualRegion";
  const predefinedCode = predefinedCodeOf(pair);
  if (predefinedCode !== undefined) {
    return {
      path,
      given,
      allowed: `this pair as the predefined dual-region ${withRegions(predefinedCode)} only`,
      fix: `use predefined("${predefinedCode}")`,
    };
  }
  const stranger = pair.find((name) => codesWith(name).length === 0);
  if (stranger !== undefined) {
    return {
      path,
      given,
      allowed: Object.entries(CONFIGURABLE_DUAL_REGIONS)
        .map(([code, regions]) => `two of ${regions.join(", ")} (${code})`)
        .join("; "),
      because: `${stranger} is in no configurable dual-region.`,
      fix: `choose another region, or a predefined dual-region: ${listPredefined()}`,
    };
  }
  return {
    path,
    given,
    allowed: [...new Set([first, second])]
      .map((region) => `${region} with one of ${partnersOf(region).join(", ")}`)
      .join("; "),
    because: first === second ? "the same region was given twice." : "they share no code.",
    fix: "choose the other region from these",
  };
}

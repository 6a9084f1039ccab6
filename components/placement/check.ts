import { shown, type Problem } from "../validation/problem.ts";
import { activeActiveProblems } from "./active-active.ts";
import { listPredefined, withRegions } from "./describe.ts";
import {
  isConfigurableCode,
  isMultiRegionCode,
  isPredefinedCode,
  isRegion,
  predefinedCodeOf,
  preferredCodeOf,
  regionsOf,
  reservedCodeOf,
} from "./lookup.ts";
import {
  CONFIGURABLE_DUAL_REGIONS,
  LIMITED_PAIRING_REGION,
  MULTI_REGIONS,
  PREDEFINED_DUAL_REGIONS,
  REGIONS,
  type ConfigurableCode,
} from "./tables.ts";
import { PlacementKind, Rpo } from "./types.ts";
import type { PlacementToCheck, PlacementVerdict } from "./verdict.ts";

/**
 * Judges a placement by Google's tables. Never throws; what it does not know, it refuses.
 *
 * Sources: https://docs.cloud.google.com/storage/docs/locations,
 * https://docs.cloud.google.com/storage/docs/availability-durability
 */
export function checkPlacement(given: PlacementToCheck): PlacementVerdict {
  const where = checkLocation(given);
  return {
    ...where,
    problems: [...where.problems, ...rpoProblems(given, where), ...activeActiveProblems(given, where)],
  };
}

function checkLocation(given: PlacementToCheck): PlacementVerdict {
  const code = given.location.toUpperCase();
  if (isPredefinedCode(code)) {
    const regions = PREDEFINED_DUAL_REGIONS[code];
    return {
      ...located(PlacementKind.DualRegion, regions),
      problems: noDataLocations(given, `${code} already stands for ${regions.join(" and ")}`),
    };
  }
  if (isConfigurableCode(code) && (given.dataLocations !== undefined || !isMultiRegionCode(code))) {
    return checkDataLocations(code, given.dataLocations ?? []);
  }
  if (isMultiRegionCode(code)) return located(PlacementKind.MultiRegion, []);
  const region = code.toLowerCase();
  if (isRegion(region)) {
    return {
      ...located(PlacementKind.Region, [region]),
      problems: noDataLocations(given, `${code} is a single region`),
    };
  }
  return { ...located("Unknown", []), problems: [unknownLocation(given.location)] };
}

function located(kind: PlacementVerdict["kind"], regions: readonly string[]): PlacementVerdict {
  return { kind, regions: [...regions], problems: [], warnings: [] };
}

function unknownLocation(location: string): Problem {
  return {
    path: "location",
    given: shown(location),
    allowed:
      `a predefined dual-region (${Object.keys(PREDEFINED_DUAL_REGIONS).join(", ")}), ` +
      `a code with two data locations (${Object.keys(CONFIGURABLE_DUAL_REGIONS).join(", ")}), ` +
      `a multi-region (${MULTI_REGIONS.join(", ")}), or a region (${REGIONS.join(", ")})`,
    fix: "use one of these; zones and unknown codes are refused",
  };
}

function noDataLocations(given: PlacementToCheck, because: string): Problem[] {
  if (given.dataLocations === undefined) return [];
  return [
    {
      path: "dataLocations",
      given: shown(given.dataLocations),
      allowed: `none with location ${given.location.toUpperCase()}`,
      because: `${because}, and data locations must not be combined with it.`,
      fix: `leave dataLocations out, or use one of the codes that take them (${Object.keys(CONFIGURABLE_DUAL_REGIONS).join(", ")})`,
    },
  ];
}

function checkDataLocations(code: ConfigurableCode, dataLocations: readonly string[]): PlacementVerdict {
  const regions = dataLocations.map((name) => name.toLowerCase());
  const [first, second] = regions;
  const refused = (because: string, fix: string, allowed = anyPairOf(code)): PlacementVerdict => ({
    ...located(PlacementKind.DualRegion, regions),
    problems: [
      {
        path: "dataLocations",
        given: `${shown(dataLocations)} with location ${code}`,
        allowed,
        because,
        fix,
      },
    ],
  });
  if (first === undefined || second === undefined || regions.length !== 2) {
    return refused(
      `the number of data locations given was ${regions.length}.`,
      `name two regions of ${code}`,
    );
  }
  if (first === second) return refused("the same region was given twice.", `name another region of ${code}`);
  const strangers = regions.filter((name) => !regionsOf(code).includes(name));
  if (strangers.length > 0) {
    const predefined = predefinedCodeOf([first, second]);
    return refused(
      `${strangers.join(" and ")} cannot be a data location of ${code}.`,
      predefined === undefined
        ? `choose two of the allowed regions, or a predefined dual-region: ${listPredefined()}`
        : `use location ${withRegions(predefined)} without data locations`,
    );
  }
  const reserved = reservedCodeOf([first, second]);
  if (reserved !== undefined) {
    return refused(
      `Google offers this pair as the predefined dual-region ${reserved} only.`,
      `use location ${reserved} without data locations`,
      `location ${reserved} for this pair, or one of the two with ${othersOf(code, [first, second]).join(", ")}`,
    );
  }
  return { ...located(PlacementKind.DualRegion, regions), warnings: pairWarnings(code, [first, second]) };
}

function anyPairOf(code: ConfigurableCode): string {
  return `exactly two different regions of ${code}: ${regionsOf(code).join(", ")}`;
}

function othersOf(code: ConfigurableCode, pair: readonly string[]): string[] {
  return regionsOf(code).filter((region) => !pair.includes(region));
}

function pairWarnings(code: ConfigurableCode, pair: readonly [string, string]): string[] {
  const preferred = preferredCodeOf(pair);
  const warnings: string[] = [];
  if (preferred !== undefined && preferred !== code) {
    warnings.push(
      `${pair.join(" + ")} under ${code}: Google lists this pair under ${preferred}; use location ${preferred}.`,
    );
  }
  if (pair.includes(LIMITED_PAIRING_REGION)) {
    warnings.push(
      `${pair.join(" + ")}: Google limits the pairs of ${LIMITED_PAIRING_REGION}; its API may refuse this one.`,
    );
  }
  return warnings;
}

function rpoProblems(given: PlacementToCheck, where: PlacementVerdict): Problem[] {
  const { rpo } = given;
  if (rpo === undefined) return [];
  const refused = (allowed: string, because: string, fix: string): Problem[] => [
    {
      path: "rpo",
      given: `${shown(rpo)} with location ${given.location.toUpperCase()}`,
      allowed,
      because,
      fix,
    },
  ];
  if (!Object.hasOwn(Rpo, rpo)) {
    return refused(Object.values(Rpo).join(" or "), "Cloud Storage has no such setting.", "use one of these");
  }
  switch (where.kind) {
    case PlacementKind.Region:
      return refused("nothing on a region", "a single region does not replicate.", "leave rpo out");
    case PlacementKind.MultiRegion:
      if (rpo === Rpo.DEFAULT) return [];
      return refused(
        Rpo.DEFAULT,
        "turbo replication exists on dual-regions only.",
        "leave rpo out, or choose a dual-region",
      );
    case PlacementKind.DualRegion:
    case "Unknown":
      return [];
  }
}

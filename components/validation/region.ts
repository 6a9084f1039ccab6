import { shown, type Problem } from "./problem.ts";

/** The shape of a region's name: `us-central1`. Whether Google has the region, its API says. */
export const REGION_NAME = /^[a-z]+-[a-z]+\d+$/;

/** One region, in lower case; @param fix what to do where it is none */
export function regionProblems(path: string, region: string, fix = "write the region's name"): Problem[] {
  if (REGION_NAME.test(region)) return [];
  return [{ path, given: shown(region), allowed: "a region in lower case: us-central1", fix }];
}

/** A list of regions with something in it, each once and in lower case; paths begin with `regions`. */
export function regionsProblems(regions: readonly string[]): Problem[] {
  if (regions.length === 0) {
    return [
      {
        path: "regions",
        given: "[]",
        allowed: "at least one region",
        fix: "pass the regions of the bucket's placement",
      },
    ];
  }
  return regions.flatMap((region, index) => {
    if (REGION_NAME.test(region) && regions.indexOf(region) === index) return [];
    return [
      {
        path: `regions[${index}]`,
        given: shown(region),
        allowed: "regions in lower case, each once",
        fix: "pass the regions of the bucket's placement",
      },
    ];
  });
}

import { shown, type Problem } from "../validation/index.ts";

/** A whole number within limits, both included. */
export function wholeNumberProblems(
  path: string,
  value: number,
  range: { readonly min: number; readonly max: number },
): Problem[] {
  if (Number.isInteger(value) && value >= range.min && value <= range.max) return [];
  return [
    {
      path,
      given: shown(value),
      allowed: `a whole number from ${range.min} to ${range.max}`,
      fix: "use a number in that range",
    },
  ];
}

/** A list of regions with something in it, each once and in lower case. */
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
    if (/^[a-z]+-[a-z]+\d+$/.test(region) && regions.indexOf(region) === index) return [];
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

import { shown, type Problem } from "./problem.ts";

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

import { shown, type Problem } from "./problem.ts";

/**
 * A value that has to be one of a few, where it is given.
 *
 * @param between what stands between the few in the message
 * @param more a reason, or another fix than the usual one
 */
export function oneOfProblems(
  path: string,
  given: string | undefined,
  choices: Readonly<Record<string, string>> | readonly string[],
  between = ", ",
  more: Partial<Pick<Problem, "because" | "fix">> = {},
): Problem[] {
  const allowed = Object.values(choices);
  if (given === undefined || allowed.includes(given)) return [];
  return [{ path, given: shown(given), allowed: allowed.join(between), fix: "use one of these", ...more }];
}

import { SigningError } from "./types.ts";
import { quote, objectProblems } from "./validate-request.ts";

/**
 * The object `prefix` + `name`, for a name from outside that must not leave the prefix.
 *
 * @param prefix ends in `/`
 * @param name segments joined by `/`; no empty, `.` or `..` segment, and no control character
 * @throws SigningError
 */
export function objectUnder(prefix: string, name: string): string {
  const problems = [
    ...(/[^/]\/$/.test(prefix) ? [] : [`prefix: ${quote(prefix)} must be a name that ends in one "/"`]),
    ...(name === "" ? ["name: is empty"] : []),
    ...(name !== "" && name.split("/").includes("")
      ? [`name: ${quote(name)} has an empty segment; write names joined by single slashes`]
      : []),
    // Some clients take it for a slash, and resolve what stands beside it.
    ...(name.includes("\\") ? [`name: ${quote(name)} holds a backslash; use "/"`] : []),
    ...objectProblems(`${prefix}${name}`),
  ];
  if (problems.length > 0) throw new SigningError(problems);
  return `${prefix}${name}`;
}

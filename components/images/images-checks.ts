import { labelProblems, shown, wholeNumberProblems, type Problem } from "../validation/index.ts";
import type { ImagesArgs } from "./images-args.ts";

/** Problems of the arguments, as far as they are known in advance. */
export function imagesProblems(name: string, args: ImagesArgs): Problem[] {
  const { location, source, tag, repositoryId = name, keepVersions = 10, deleteAfterDays = 90 } = args;
  return [
    ...matching("location", location, /^(?:us|europe|asia|[a-z]+-[a-z]+\d+)$/, {
      allowed: 'a region in lower case, "us", "europe" or "asia"',
      fix: "name the place of the clusters: us for NAM4",
    }),
    ...matching("source", source, /^(?!\/)\S+$/, {
      allowed: "a directory relative to the program's",
      because: "the state would have the path of one machine.",
      fix: 'write "." for the project\'s own',
    }),
    // https://docs.docker.com/reference/cli/docker/image/tag/
    ...matching("tag", tag, /^(?!latest$)\w[\w.-]{0,127}$/, {
      allowed: "1 to 128 characters of A-Z, a-z, 0-9, _, . and -, and not latest",
      because: "a tag is used once and never moved.",
      fix: "use the commit, or the version of a release",
    }),
    // https://docs.cloud.google.com/artifact-registry/docs/repositories/create-repos
    ...matching("repositoryId", repositoryId, /^[a-z](?:[-a-z0-9]{0,54}[a-z0-9])?$/, {
      allowed: "1 to 56 characters of a-z, 0-9 and -, starting with a letter, not ending with -",
      fix: "give the repository a name of that form",
    }),
    ...labelProblems(args.labels ?? {}),
    ...wholeNumberProblems("keepVersions", keepVersions, { min: 1, max: 1000 }),
    ...wholeNumberProblems("deleteAfterDays", deleteAfterDays, { min: 1, max: 3650 }),
  ];
}

function matching(
  path: string,
  given: string,
  pattern: RegExp,
  text: Pick<Problem, "allowed" | "because" | "fix">,
): Problem[] {
  return pattern.test(given) ? [] : [{ path, given: shown(given), ...text }];
}

import { existsSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

/** What of a build can be seen without building: where it is from, and whether that is there. */
export interface BuildFiles {
  /** Text of the Dockerfile; undefined when it cannot be read. */
  dockerfile: string | undefined;
  problems: string[];
}

/**
 * Reads a Dockerfile and looks for what it copies from its context.
 *
 * @param context directory, relative ones to the program's
 * @param location of the Dockerfile, by default in the context
 */
export function readBuild(context: string, location = join(context, "Dockerfile")): BuildFiles {
  if (!existsSync(context) || !statSync(context).isDirectory()) {
    return {
      dockerfile: undefined,
      problems: [`context.location ${JSON.stringify(context)} is no directory in ${resolve(".")}`],
    };
  }
  if (!existsSync(location)) {
    return {
      dockerfile: undefined,
      problems: [`dockerfile.location ${JSON.stringify(location)} is no file`],
    };
  }
  const dockerfile = readFileSync(location, "utf8");
  const missing = copied(dockerfile).filter((path) => !existsSync(join(context, path)));
  return {
    dockerfile,
    problems: [
      ...(/^FROM\s+\S+/m.test(dockerfile) ? [] : [`${location} has no FROM`]),
      ...missing.map(
        (path) => `${location} copies ${path}, which is not in the context ${JSON.stringify(context)}`,
      ),
    ],
  };
}

/** Paths that COPY takes from the context, those with wildcards left out. */
export function copied(dockerfile: string): string[] {
  return dockerfile
    .replaceAll(/\\\n/g, " ")
    .split("\n")
    .filter((line) => /^\s*COPY\s/i.test(line) && !line.includes("--from="))
    .flatMap((line) =>
      line
        .trim()
        .split(/\s+/)
        .slice(1, -1)
        .filter((word) => !word.startsWith("--") && !/[*?[]/.test(word)),
    );
}

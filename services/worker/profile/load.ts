import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { messageOf } from "../problems.ts";
import { profileSchema } from "./schema.ts";
import type { Profile } from "./schema.ts";

/** By name. */
export type Profiles = ReadonlyMap<string, Profile>;

const builtIn = fileURLToPath(new URL("../profiles/", import.meta.url));
/** Far above any profile; a file that is no profile is not read into memory. */
const largestFile = 256 * 1024;

/**
 * Reads the profiles that come with the worker, and those of a directory of the user's, one a file (`*.yaml`, `*.yml`).
 * A profile of the user's replaces one of the same name.
 * @throws Error naming everything that is wrong in all files
 */
export async function loadProfiles(userDirectory?: string): Promise<Profiles> {
  const ours = await readDirectory(builtIn);
  const theirs = userDirectory === undefined ? [] : await readDirectory(userDirectory);
  const wrong = [...ours, ...theirs].flatMap(({ problems }) => problems);
  for (const files of [ours, theirs]) {
    const seen = new Map<string, string>();
    for (const { file, profile } of files) {
      if (profile === undefined) continue;
      const first = seen.get(profile.name);
      if (first !== undefined) wrong.push(`${file}: name is "${profile.name}", which ${first} has too`);
      seen.set(profile.name, file);
    }
  }
  if (wrong.length > 0)
    throw new Error(`Encoding profiles are not valid:\n${wrong.map((line) => `  ${line}`).join("\n")}`);
  return new Map(
    [...ours, ...theirs].flatMap(({ profile }) => (profile ? [[profile.name, profile] as const] : [])),
  );
}

interface Read {
  readonly file: string;
  readonly profile?: Profile;
  readonly problems: readonly string[];
}

async function readDirectory(directory: string): Promise<readonly Read[]> {
  let names: string[];
  try {
    // A mounted ConfigMap holds its files behind hidden links.
    names = (await readdir(directory)).filter((file) => /^[^.].*\.ya?ml$/.test(file)).toSorted();
  } catch {
    return [
      {
        file: directory,
        problems: [`MPEGFLOW_PROFILES is ${JSON.stringify(directory)}: must be a directory that can be read`],
      },
    ];
  }
  if (names.length === 0)
    return [
      { file: directory, problems: [`MPEGFLOW_PROFILES is ${JSON.stringify(directory)}: holds no *.yaml`] },
    ];
  return Promise.all(
    names.map(async (file) => {
      const bytes = await readFile(path.join(directory, file)).catch(() => undefined);
      if (bytes === undefined) return { file, problems: [`${file}: cannot be read`] };
      if (bytes.length > largestFile)
        return { file, problems: [`${file}: is larger than ${largestFile} bytes`] };
      return { file, ...parseProfile(file, bytes.toString("utf8")) };
    }),
  );
}

/** One profile from its text, or everything that is wrong with it, each with file and key. */
export function parseProfile(file: string, text: string): { profile?: Profile; problems: readonly string[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    return {
      problems: document.errors.map((error) => {
        const { line, col } = lines.linePos(error.pos[0]);
        return `${file}:${line}:${col}: is no YAML: ${error.message}`;
      }),
    };
  }
  let value: unknown;
  try {
    // Aliases may not grow a small file into a large one.
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    return { problems: [`${file}: is no YAML: ${messageOf(error)}`] };
  }
  const parsed = profileSchema.safeParse(value);
  if (parsed.success) return { profile: parsed.data, problems: [] };
  return { problems: parsed.error.issues.map((issue) => `${file}: ${describe(issue, value)}`) };
}

function describe(issue: z.core.$ZodIssue, root: unknown): string {
  const key = issue.path.reduce<string>(
    (text, part) =>
      typeof part === "number" ? `${text}[${part}]` : text === "" ? String(part) : `${text}.${String(part)}`,
    "",
  );
  const where = key === "" ? "the file" : key;
  if (issue.code === "unrecognized_keys") {
    return issue.keys
      .map(
        (unknown) =>
          `${key === "" ? "" : `${key}.`}${unknown} is no key of a profile: remove it or mend its spelling`,
      )
      .join("; ");
  }
  const value = issue.path.reduce<unknown>(
    (at, part) =>
      typeof at === "object" && at !== null ? (at as Record<PropertyKey, unknown>)[part] : undefined,
    root,
  );
  if (value === undefined) return `${where} is missing: ${issue.message}`;
  return typeof value === "object"
    ? `${where} ${issue.message}`
    : `${where} is ${JSON.stringify(value)}: ${issue.message}`;
}

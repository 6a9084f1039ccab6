import { randomUUID } from "node:crypto";
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";

const TEMPORARY = ".tmp";

/** Replaces a file in one step, so that a reader (or the next start) sees the old or the new one, never half. */
export async function writeJson(file: string, value: unknown, mode = 0o644): Promise<void> {
  const temporary = `${file}.${randomUUID()}${TEMPORARY}`;
  await writeFile(temporary, JSON.stringify(value), { mode });
  await rename(temporary, file);
}

/** Calls `take` with every JSON file of a directory, and removes what an interrupted {@link writeJson} left. */
export async function readJsonFiles(
  directory: string,
  take: (value: unknown, file: string) => void,
): Promise<void> {
  for (const entry of await readdir(directory)) {
    const file = path.join(directory, entry);
    if (entry.endsWith(TEMPORARY)) await rm(file, { force: true });
    else if (entry.endsWith(".json")) take(JSON.parse(await readFile(file, "utf8")), file);
  }
}

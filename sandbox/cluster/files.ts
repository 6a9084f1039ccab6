import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** Writes files below `directory`, each replaced at once, as a reader of a volume may expect. */
export function writeFiles(directory: string, files: ReadonlyMap<string, string | Uint8Array>): void {
  for (const [path, content] of files) {
    const inside = normalize(path);
    if (inside.startsWith("..") || inside.startsWith("/")) throw new Error(`${path} leaves its volume`);
    const file = join(directory, inside);
    mkdirSync(dirname(file), { recursive: true });
    const fresh = `${file}.new`;
    writeFileSync(fresh, content, { mode: 0o600 });
    renameSync(fresh, file);
  }
}

import { readFileSync, renameSync, writeFileSync } from "node:fs";

/** A persisted map of JSON documents; a write has reached the file when the call returns. */
export interface Documents<T> {
  get(id: string): T | undefined;
  entries(): [string, T][];
  put(id: string, value: T): void;
  /** False when there was none. */
  delete(id: string): boolean;
}

/**
 * Opens the documents kept in one JSON file, readable by its owner only. The sandbox holds hundreds of documents, not millions, so each
 * change rewrites the file: simple, and whole after a crash, because the rename is atomic.
 *
 * @param parse checks a document read from the file; throws on one that is not of the type
 */
export function openDocuments<T>(file: string, parse: (value: unknown) => T): Documents<T> {
  const documents = new Map<string, T>(read(file).map(([id, value]) => [id, parse(value)]));
  const save = (): void => {
    const temporary = `${file}.${process.pid}.tmp`;
    writeFileSync(temporary, JSON.stringify(Object.fromEntries(documents)), { mode: 0o600 });
    renameSync(temporary, file);
  };
  return {
    get: (id) => documents.get(id),
    entries: () => [...documents],
    put: (id, value) => {
      documents.set(id, value);
      save();
    },
    delete: (id) => {
      const existed = documents.delete(id);
      if (existed) save();
      return existed;
    },
  };
}

/** The same documents; `changed` hears of each change after it. */
export const watched = <T>(documents: Documents<T>, changed: (id: string) => void): Documents<T> => ({
  ...documents,
  put: (id, value) => {
    documents.put(id, value);
    changed(id);
  },
  delete: (id) => {
    const existed = documents.delete(id);
    if (existed) changed(id);
    return existed;
  },
});

function read(file: string): [string, unknown][] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  return Object.entries(JSON.parse(text) as Record<string, unknown>);
}

import { isUtf8 } from "node:buffer";
import { access, constants, mkdtemp, readdir, readFile, rmdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { nearest } from "../../stacks/nearest.ts";
import { optional, quoted, type About, type Parameter, type Reading } from "./parameter.ts";
import { systemErrorMeaning } from "./system-error.ts";

/** A file of data that was read and parsed. */
export interface DataFile {
  /** As the user gave it. */
  readonly path: string;
  readonly text: string;
  readonly value: unknown;
}

export interface FileAbout extends About {
  /** What the file has to hold, with how to come by one: `a workload, such as examples/rate-profile/workload.yaml`. */
  readonly wanted: string;
}

export interface DirectoryAbout extends FileAbout {
  /** A file that it has to have. @default none */
  readonly has?: string;
}

/** A YAML file. */
export function yamlFile(about: FileAbout): Parameter<DataFile | undefined> {
  return dataFile("yaml", "YAML", about, async (text) => {
    const { parseDocument } = await import("yaml");
    const document = parseDocument(text);
    const [error] = document.errors;
    if (error !== undefined) return { wrong: withoutExcerpt(error.message) };
    try {
      return { value: document.toJS() as unknown };
    } catch (thrown) {
      return { wrong: withoutExcerpt(thrown instanceof Error ? thrown.message : String(thrown)) };
    }
  });
}

/** A JSON file. */
export function jsonFile(about: FileAbout): Parameter<DataFile | undefined> {
  return dataFile("json", "JSON", about, (text) => {
    try {
      return Promise.resolve({ value: JSON.parse(text) as unknown });
    } catch (thrown) {
      return Promise.resolve({ wrong: placeOfError(text, thrown instanceof Error ? thrown.message : "") });
    }
  });
}

/** A file that ffmpeg reads; what is in it, ffmpeg judges. */
export function mediaFile(about: FileAbout): Parameter<string | undefined> {
  const { placeholder = "FILE", meaning, wanted } = about;
  return optional({ of: "input", format: "media" }, { placeholder, meaning }, async (path) => {
    const give = `Give ${wanted}`;
    try {
      const found = await stat(resolve(path));
      if (!found.isFile()) return { wrong: `${quoted(path)} is not a file. ${give}` };
      if (found.size === 0) return { wrong: `${quoted(path)} is empty. ${give}` };
      await access(resolve(path), constants.R_OK);
      return { value: path };
    } catch (error) {
      return { wrong: `${await unreadable(path, error)}. ${give}` };
    }
  });
}

/** A directory that is there. */
export function existingDirectory(about: DirectoryAbout): Parameter<string | undefined> {
  const { placeholder = "DIRECTORY", meaning, wanted, has } = about;
  return optional({ of: "input", format: "directory" }, { placeholder, meaning }, async (path) => {
    const give = `Give ${wanted}`;
    try {
      if (!(await stat(resolve(path))).isDirectory())
        return { wrong: `${quoted(path)} is not a directory. ${give}` };
      const files = await readdir(resolve(path));
      if (has !== undefined && !files.includes(has))
        return { wrong: `${quoted(path)} has no ${has}. ${give}` };
      return { value: path };
    } catch (error) {
      return { wrong: `${await unreadable(path, error)}. ${give}` };
    }
  });
}

/** A directory to write into, which is made where it is not there. */
export function outputDirectory(about: About): Parameter<string | undefined> {
  const { placeholder = "DIRECTORY", meaning } = about;
  return optional({ of: "output", format: "directory" }, { placeholder, meaning }, async (path) => {
    const found = await stat(resolve(path)).catch(() => undefined);
    return found === undefined || found.isDirectory()
      ? writable(path, resolve(path))
      : { wrong: `${quoted(path)} is a file. Give the path of a directory` };
  });
}

/** A file to write, in a directory that is there. */
export function outputFile(about: About): Parameter<string | undefined> {
  const { placeholder = "FILE", meaning } = about;
  return optional({ of: "output", format: "file" }, { placeholder, meaning }, async (path) => {
    const file = resolve(path);
    const found = await stat(file).catch(() => undefined);
    if (found?.isDirectory()) return { wrong: `${quoted(path)} is a directory. Give the path of a file` };
    const parent = await stat(dirname(file)).catch(() => undefined);
    if (!parent?.isDirectory())
      return {
        wrong: `${quoted(path)} cannot be written: there is no directory ${quoted(dirname(path))}. Create it first`,
      };
    return writable(path, found === undefined ? dirname(file) : file);
  });
}

/** The nearest of a path's parents that exists decides. */
async function writable(path: string, existing: string): Promise<Reading<string>> {
  try {
    const found = await stat(existing);
    if (existing !== resolve(path) && !found.isDirectory())
      return { wrong: `${quoted(path)} cannot be made: ${quoted(existing)} is a file` };
    await access(existing, constants.W_OK);
    if (found.isDirectory() && !(await takesFiles(existing)))
      return { wrong: `${quoted(path)} cannot be written: nothing can be made in ${quoted(existing)}` };
    return { value: path };
  } catch (error) {
    const parent = dirname(existing);
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (isMissing && parent !== existing) return writable(path, parent);
    return { wrong: `${quoted(path)} cannot be written: ${systemErrorMeaning(error) ?? "it is refused"}` };
  }
}

/** Rights do not tell: in /proc nobody can make anything, and root has all of them. */
async function takesFiles(directory: string): Promise<boolean> {
  try {
    await rmdir(await mkdtemp(join(directory, ".mpegflow-")));
    return true;
  } catch {
    return false;
  }
}

function dataFile(
  format: "yaml" | "json",
  name: string,
  { placeholder = "FILE", meaning, wanted }: FileAbout,
  parse: (text: string) => Promise<Reading<unknown>>,
): Parameter<DataFile | undefined> {
  return optional({ of: "input", format }, { placeholder, meaning }, (path) =>
    readData(path, name, wanted, parse),
  );
}

async function readData(
  path: string,
  name: string,
  wanted: string,
  parse: (text: string) => Promise<Reading<unknown>>,
): Promise<Reading<DataFile>> {
  const give = `Give a ${name} file with ${wanted}`;
  let content: Buffer;
  try {
    content = await readFile(resolve(path));
  } catch (error) {
    return { wrong: `${await unreadable(path, error)}. ${give}` };
  }
  const text = content.toString("utf8");
  if (text.trim() === "") return { wrong: `${quoted(path)} is empty. ${give}` };
  if (!isUtf8(content) || text.includes("\0"))
    return { wrong: `${quoted(path)} is not a text file. ${give}` };
  const parsed = await parse(text.replace(/^\uFEFF/, ""));
  if ("wrong" in parsed) return { wrong: `${quoted(path)} is not ${name}: ${parsed.wrong}. ${give}` };
  return { value: { path, text, value: parsed.value } };
}

/** Why a path cannot be read, and the name beside it that may have been meant. */
async function unreadable(path: string, error: unknown): Promise<string> {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EISDIR") return `${quoted(path)} is a directory`;
  if (code !== "ENOENT" && code !== "ENOTDIR")
    return `${quoted(path)} cannot be read: ${systemErrorMeaning(error) ?? "the system refuses it"}`;
  const beside = await readdir(dirname(resolve(path))).catch((): string[] => []);
  const meant = nearest(basename(path), beside);
  return `${quoted(path)} does not exist${meant === undefined ? "" : ` (there is ${quoted(meant)} beside it)`}`;
}

/** Node.js quotes what it could not parse, which may be a secret of a state: only where it is, is told. */
function placeOfError(text: string, message: string): string {
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position === undefined) return "it ends too early or has a character that JSON does not take";
  const before = text.slice(0, Number(position)).split("\n");
  return `wrong at line ${before.length}, column ${(before.at(-1) ?? "").length + 1}`;
}

/** A parser's message is one line and an excerpt below it, which may hold anything. */
function withoutExcerpt(message: string): string {
  return (message.split("\n")[0] ?? "").replace(/[:.,]\s*$/, "");
}

import { access, chmod, constants, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { missingEncoders, versionOf } from "../../services/worker/process/find-tools.ts";

export interface MediaTool {
  /** Absolute path of the executable. */
  readonly path: string;
  /** As the program names it, e.g. `5.1.9-0+deb12u1`. */
  readonly version: string;
}

export interface MediaTools {
  readonly ffmpeg: MediaTool;
  readonly ffprobe: MediaTool;
}

export interface FindMediaToolsOptions {
  /** Told in one line each what was found and what was passed over. */
  readonly report: (line: string) => void;
  /** Directories to search, as in PATH. @default the environment's PATH */
  readonly searchPath?: string;
  /** The executable that a package ships; undefined when the package is not installed for this platform. */
  readonly packaged?: (tool: ToolName) => string | undefined;
}

type ToolName = keyof MediaTools;

const packages = { ffmpeg: "@ffmpeg-installer/ffmpeg", ffprobe: "@ffprobe-installer/ffprobe" } as const;

/**
 * Finds ffmpeg and ffprobe: on PATH where they run and can encode what is needed, else those that npm packages ship.
 * @throws Error naming the choices when either is not to be had
 */
export async function findMediaTools(options: FindMediaToolsOptions): Promise<MediaTools> {
  const found = {
    ffmpeg: await findTool("ffmpeg", options),
    ffprobe: await findTool("ffprobe", options),
  };
  const { ffmpeg, ffprobe } = found;
  if (ffmpeg !== undefined && ffprobe !== undefined) return { ffmpeg, ffprobe };
  const missing = Object.entries(found).flatMap(([name, tool]) => (tool === undefined ? [name] : []));
  throw new Error(
    [
      `${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} needed and not to be found. Do one of these and try again:`,
      "  apt-get install ffmpeg                      (Debian, Ubuntu)",
      "  brew install ffmpeg                         (macOS)",
      `  npm ci --include=optional                   (installs ${Object.values(packages).join(" and ")}, which ship executables for common platforms)`,
      "  or put your own ffmpeg and ffprobe, with the encoders libx264 and aac, on PATH.",
    ].join("\n"),
  );
}

async function findTool(name: ToolName, options: FindMediaToolsOptions): Promise<MediaTool | undefined> {
  const { report, packaged = shippedByPackage } = options;
  for (const file of await onPath(name, options.searchPath ?? process.env["PATH"] ?? "")) {
    const version = await usable(name, file, report);
    if (version === undefined) continue;
    report(`${name} ${version} (${file})`);
    return { path: file, version };
  }
  const file = packaged(name);
  if (file === undefined) return undefined;
  if (!(await makeExecutable(file))) {
    report(`${name} of ${packages[name]} is not executable and cannot be made so: run chmod +x ${file}`);
    return undefined;
  }
  const version = await usable(name, file, report);
  if (version === undefined) return undefined;
  report(`${name} ${version} (package ${packages[name]}; none on PATH)`);
  return { path: file, version };
}

/** The version; undefined, with the reason reported, when the program does not run or cannot do its part. */
async function usable(
  name: ToolName,
  file: string,
  report: (line: string) => void,
): Promise<string | undefined> {
  const version = await versionOf(file);
  if (version === undefined) {
    report(`${file} does not run: passed over`);
    return undefined;
  }
  const missing = name === "ffmpeg" ? await missingEncoders(file) : [];
  if (missing.length === 0) return version;
  report(`${file} (${version}) is built without the encoder ${missing.join(" and ")}: passed over`);
  return undefined;
}

async function onPath(name: ToolName, searchPath: string): Promise<readonly string[]> {
  const candidates = searchPath
    .split(path.delimiter)
    .filter((directory) => path.isAbsolute(directory))
    .map((directory) => path.join(directory, name));
  const executable = await Promise.all(candidates.map(isExecutable));
  return candidates.filter((_, index) => executable[index]);
}

const isExecutable = async (file: string): Promise<boolean> => {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
};

/** Package managers have been seen to drop the mode of executables in packages. */
async function makeExecutable(file: string): Promise<boolean> {
  if (await isExecutable(file)) return true;
  await chmod(file, 0o755).catch(() => undefined);
  return isExecutable(file);
}

function shippedByPackage(name: ToolName): string | undefined {
  try {
    const shipped: unknown = createRequire(import.meta.url)(packages[name]);
    if (typeof shipped !== "object" || shipped === null || !("path" in shipped)) return undefined;
    return typeof shipped.path === "string" ? shipped.path : undefined;
  } catch {
    // Both packages throw where they ship nothing for the platform.
    return undefined;
  }
}

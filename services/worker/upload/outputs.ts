import { readdir, stat } from "node:fs/promises";
import path from "node:path";

/** A finished file to upload. */
export interface OutputFile {
  /** Below the attempt's prefix, e.g. `hls/720p/segment-00001.m4s`. */
  readonly name: string;
  /** Where it is on the scratch disk. */
  readonly file: string;
  /** In bytes. */
  readonly size: number;
  readonly contentType: string;
}

const contentTypes: Readonly<Record<string, string>> = {
  ".m3u8": "application/vnd.apple.mpegurl",
  ".m4s": "video/iso.segment",
  ".mp4": "video/mp4",
  ".m4a": "audio/mp4",
  ".jpg": "image/jpeg",
  ".mpd": "application/dash+xml",
  ".vtt": "text/vtt",
  ".json": "application/json",
};

export function contentTypeOf(name: string): string {
  if (/^(?:hls|cmaf)\/audio[^/]*\/init\.mp4$/.test(name)) return "audio/mp4";
  return contentTypes[path.posix.extname(name)] ?? "application/octet-stream";
}

/** Every file below a directory, by name. */
export async function collectOutputs(directory: string): Promise<readonly OutputFile[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const file = path.join(entry.parentPath, entry.name);
        const name = path.relative(directory, file).split(path.sep).join("/");
        return { name, file, size: (await stat(file)).size, contentType: contentTypeOf(name) };
      }),
  );
  return files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Groups to upload one after the other: media first, then what points to it (playlists, the storyboard's cues), then
 * what points to those (the master playlist, the DASH manifest). So what can be found can be played.
 */
export function inUploadGroups(files: readonly OutputFile[]): readonly (readonly OutputFile[])[] {
  const rank = ({ name }: OutputFile): number =>
    /\/(?:master\.m3u8|manifest\.mpd)$/.test(name)
      ? 2
      : name.endsWith(".m3u8") || name.endsWith("storyboard.vtt")
        ? 1
        : 0;
  return [0, 1, 2]
    .map((wanted) => files.filter((file) => rank(file) === wanted))
    .filter((group) => group.length > 0);
}

/**
 * The stem for the progressive file, from the input object's name: `mezzanines/My Film (1).mov` gives `My-Film-1`.
 * Only characters that an output name may hold; at most 100.
 */
export function outputStem(inputUri: string): string {
  const base = inputUri.slice(inputUri.lastIndexOf("/") + 1).replace(/\.[^.]*$/, "");
  const safe = base
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[.-]+|[.-]+$/g, "")
    .slice(0, 100)
    .replace(/[.-]+$/, "");
  return safe === "" ? "media" : safe;
}

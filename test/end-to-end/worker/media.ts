import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { findMediaTools } from "../../../sandbox/media/index.ts";

export const clipFile = fileURLToPath(new URL("../../media/bigbuckbunny.mp4", import.meta.url));
export const clip = readFileSync(clipFile);

const tools = await findMediaTools({ report: () => undefined });
/** The programs under test; set both variables to try others than those found. */
export const ffmpeg = process.env["MPEGFLOW_FFMPEG"] ?? tools.ffmpeg.path;
export const ffprobe = process.env["MPEGFLOW_FFPROBE"] ?? tools.ffprobe.path;
/** Says what came out: the npm package's ffprobe, which reads DASH, so that one judge judges every ffmpeg. */
const judge = await findMediaTools({ report: () => undefined, searchPath: "" }).then(
  (packaged) => packaged.ffprobe.path,
  () => ffprobe,
);

/** Makes a file with ffmpeg, without the worker. */
export function make(directory: string, name: string, ...args: readonly string[]): string {
  const file = path.join(directory, name);
  execFileSync(ffmpeg, ["-hide_banner", "-nostdin", "-y", "-loglevel", "error", ...args, file]);
  return file;
}

export const picture = (size: string, rate: string, seconds: number) =>
  ["-f", "lavfi", "-t", String(seconds), "-i", `testsrc=size=${size}:rate=${rate}`] as const;
export const sound = (seconds: number) =>
  ["-f", "lavfi", "-t", String(seconds), "-i", "sine=frequency=440:sample_rate=44100"] as const;
/** A sound that is told from others by its pitch. */
export const tone = (hertz: number, seconds: number) =>
  ["-f", "lavfi", "-t", String(seconds), "-i", `sine=frequency=${hertz}:sample_rate=48000`] as const;
export const asH264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"] as const;

interface Probed {
  readonly format: { readonly duration?: string; readonly format_name?: string };
  readonly streams: readonly {
    readonly codec_type: string;
    readonly codec_name: string;
    readonly codec_tag_string?: string;
    readonly tags?: Readonly<Record<string, string>>;
    readonly disposition?: Readonly<Record<string, number>>;
    readonly profile?: string;
    readonly width?: number;
    readonly height?: number;
    readonly channels?: number;
    readonly start_time?: string;
    readonly duration?: string;
    readonly avg_frame_rate?: string;
    readonly sample_aspect_ratio?: string;
    readonly pix_fmt?: string;
    readonly color_transfer?: string;
    readonly color_primaries?: string;
    readonly color_space?: string;
    readonly color_range?: string;
  }[];
}

/** What ffprobe, as an independent judge, says about a file or a local playlist. */
export function look(file: string): Probed {
  const args = ["-v", "error", "-protocol_whitelist", "file,pipe", "-allowed_extensions", "ALL"];
  const show = ["-show_format", "-show_streams", "-of", "json", file];
  const isPlaylist = /\.(?:m3u8|mpd)$/.test(file);
  return JSON.parse(
    execFileSync(judge, [...args.slice(0, isPlaylist ? undefined : 4), ...show], {
      // Statically linked builds crash on loading character set modules.
      env: { ...process.env, GCONV_PATH: "/nonexistent" },
      encoding: "utf8",
    }),
  ) as Probed;
}

/** The pitch of one audio stream of a file or a local playlist, in hertz: half the changes of its sign in one second. */
export function pitch(file: string, stream = 0): number {
  const from = file.endsWith(".m3u8")
    ? ["-protocol_whitelist", "file,pipe", "-allowed_extensions", "ALL"]
    : [];
  const args = ["-hide_banner", "-nostdin", "-v", "error", ...from, "-i", file, "-map", `0:a:${stream}`];
  const raw = ["-ss", "0.5", "-t", "1", "-ac", "1", "-ar", "8000", "-f", "s16le", "-"];
  const bytes = execFileSync(ffmpeg, [...args, ...raw]);
  const samples = new Int16Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.length / 2));
  const crossings = samples.filter(
    (sample, index) => index > 0 && sample < 0 !== (samples[index - 1] ?? 0) < 0,
  );
  return (crossings.length / 2) * (8000 / samples.length);
}

/** When the first packet of each stream is presented, in seconds. */
export function firstPackets(file: string): readonly number[] {
  const show = ["-show_entries", "packet=stream_index,pts_time", "-of", "csv=p=0", file];
  const times = new Map<string, number>();
  for (const line of execFileSync(judge, ["-v", "error", ...show], { encoding: "utf8" }).split("\n")) {
    const [stream = "", time] = line.split(",");
    if (stream !== "" && !times.has(stream)) times.set(stream, Number(time));
  }
  return [...times].toSorted(([a], [b]) => Number(a) - Number(b)).map(([, time]) => time);
}

/** Stream, time of presentation and duration of every packet, in the file's order. */
export function packetTimes(file: string): readonly string[] {
  const show = ["-show_entries", "packet=stream_index,pts_time,duration_time", "-of", "csv=p=0", file];
  return execFileSync(judge, ["-v", "error", ...show], { encoding: "utf8" })
    .trim()
    .split("\n");
}

/** Presentation times of the key frames of a local playlist, in seconds from its first frame. */
export function keyFrames(playlist: string): readonly number[] {
  const args = ["-v", "error", "-protocol_whitelist", "file,pipe", "-allowed_extensions", "ALL"];
  const show = ["-select_streams", "v:0", "-show_entries", "packet=pts_time,flags", "-of", "csv=p=0"];
  const rows = execFileSync(judge, [...args, ...show, playlist], { encoding: "utf8" })
    .split("\n")
    .map((row) => row.split(","))
    .filter((row) => row.length >= 2);
  const times = rows.map(([time]) => Number(time));
  const first = Math.min(...times);
  return rows.flatMap(([, flags], index) =>
    flags?.startsWith("K") ? [Number(((times[index] ?? NaN) - first).toFixed(3))] : [],
  );
}

/** Mean luma, 16 to 235, of the left and the right half of a file's first picture. */
export function lumaOfHalves(file: string): readonly [left: number, right: number] {
  const filters = ["-vf", "scale=2:1:flags=area,format=gray", "-frames:v", "1"];
  const pixels = execFileSync(ffmpeg, [
    ...["-hide_banner", "-nostdin", "-loglevel", "error", "-i", file],
    ...[...filters, "-f", "rawvideo", "pipe:1"],
  ]);
  return [pixels[0] ?? NaN, pixels[1] ?? NaN];
}

import { execFileSync } from "node:child_process";
import { ffmpeg, look } from "./media.ts";

/** What a viewer of a film would see and hear, measured. */

function decoded(file: string, ...args: readonly string[]): Buffer {
  const local = file.endsWith(".m3u8")
    ? ["-protocol_whitelist", "file,pipe", "-allowed_extensions", "ALL"]
    : [];
  return execFileSync(
    ffmpeg,
    ["-hide_banner", "-nostdin", "-v", "error", ...local, "-i", file, ...args, "-"],
    { maxBuffer: 256 * 1024 * 1024 },
  );
}

function samples(file: string, channels: number, hertz: number, ...filters: readonly string[]): Float32Array {
  const chain = ["aresample=async=1:first_pts=0", ...filters].join(",");
  const raw = ["-ac", String(channels), "-ar", String(hertz), "-f", "f32le"];
  const bytes = decoded(file, "-map", "0:a:0", "-af", chain, ...raw);
  return new Float32Array(Uint8Array.from(bytes).buffer);
}

/** When a film flashes (`v`) or beeps (`a`), in seconds. */
export function peaks(kind: "v" | "a", file: string): readonly number[] {
  const hertz = kind === "v" ? 25 : 8000;
  const values =
    kind === "v"
      ? [
          ...decoded(
            file,
            "-map",
            "0:v:0",
            "-vf",
            "fps=25:start_time=0,scale=1:1,format=gray",
            "-f",
            "rawvideo",
          ),
        ].map((luma) => luma / 255)
      : [...samples(file, 1, hertz)].map(Math.abs);
  const times: number[] = [];
  let last = Number.NEGATIVE_INFINITY;
  values.forEach((value, index) => {
    if (value < 0.2) return;
    if (index - last > hertz / 2) times.push(index / hertz);
    last = index;
  });
  return times;
}

/** The pitch of one channel in hertz, over the middle of a film of a second or more. */
export function rate(file: string, side: "left" | "right"): number {
  const channel = samples(file, 1, 8000, `pan=mono|c0=c${side === "left" ? 0 : 1}`).subarray(2000, 6000);
  return (
    (channel.filter((value, index) => index > 0 && value < 0 !== (channel[index - 1] ?? 0) < 0).length / 2) *
    2
  );
}

/** The highest sample, of 1. */
export const loudest = (file: string): number =>
  samples(file, 2, 48_000).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);

const matrixOf = (file: string): string =>
  look(file).streams.find(({ codec_type }) => codec_type === "video")?.color_space === "bt709"
    ? "bt709"
    : "bt601";

/**
 * Red, green and blue of the point of a film's first picture at a share of its width and height, by what the file says of
 * itself; a JPEG says nothing and is BT.601.
 */
export function colourOf(file: string, x: number, y = 0.5): readonly number[] {
  const from = file.endsWith(".jpg") ? "bt601:in_range=pc" : `${matrixOf(file)}:in_range=tv`;
  const scale = `scale=in_color_matrix=${from}:flags=accurate_rnd+full_chroma_int+full_chroma_inp,format=rgb24`;
  const point = `crop=2:2:floor(iw*${x}/2)*2:floor(ih*${y}/2)*2`;
  return [...decoded(file, "-frames:v", "1", "-vf", `${scale},${point}`, "-f", "rawvideo").subarray(0, 3)];
}

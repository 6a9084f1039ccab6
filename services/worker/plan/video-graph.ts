import {
  bt709,
  encodedColours,
  isWide,
  jpegColours,
  scaleColours,
  scaleFlags,
  tagFrames,
  wideToBt709,
} from "../media/colours.ts";
import type { Colours, SourceColours } from "../media/colours.ts";
import { toneMapping } from "../media/high-dynamic-range.ts";
import type { VideoStream } from "../media/media-info.ts";
import { writeRational } from "../media/rational.ts";
import type { Rendition } from "./ladder.ts";

/** What every rendition of a picture is encoded in: HDR becomes BT.709. */
export const coloursOfOutputs = (video: VideoStream): Colours =>
  video.hdr ? bt709 : encodedColours(video.colours);

/** What a picture's numbers stand for behind {@link commonFilters}. */
const coloursBehind = (video: VideoStream): SourceColours =>
  video.hdr || isWide(video.colours) ? { ...bt709, isRgb: false } : video.colours;

/** What every picture of the input goes through before it is scaled, so that comparisons see what the encoder saw. */
export function commonFilters(video: VideoStream, largest: Rendition | undefined): string {
  const { fields = "by-frame", colours, holdSeconds = 0 } = video;
  return [
    ...deinterlacing[fields],
    // One constant rate from time 0 on, so that every rendition has its key frames at the same instants.
    `fps=fps=${writeRational(largest?.frameRate ?? video.frameRate)}:start_time=0`,
    ...(video.hdr ? toneMapping(video.hdr, largest ?? video) : isWide(colours) ? wideToBt709(colours) : []),
    // Last, so that nothing is done for the copies of a picture that is held.
    ...(holdSeconds > 0 ? [`tpad=stop_mode=clone:stop_duration=${holdSeconds.toFixed(6)}`] : []),
  ].join(",");
}

const weave = (which: "interlaced" | "all"): string => `yadif=mode=send_frame:deint=${which}`;
/** Fields are woven to frames where the frames say that they have them; `top` and `bottom` for those that say nothing. */
const deinterlacing: Readonly<Record<NonNullable<VideoStream["fields"]>, readonly string[]>> = {
  none: [],
  "by-frame": [weave("interlaced")],
  top: ["setfield=tff", weave("all")],
  bottom: ["setfield=bff", weave("all")],
};

/** To a rendition's size, in the colours of the outputs. */
export function toSize(video: VideoStream, { width, height }: Pick<Rendition, "width" | "height">): string {
  const from = coloursBehind(video);
  const to = coloursOfOutputs(video);
  return [
    `scale=${width}:${height}:flags=${scaleFlags(from)}:${scaleColours(from, to)}`,
    ...["setsar=1", "format=yuv420p", tagFrames(to)],
  ].join(",");
}

/** The video is decoded once and split. */
export function videoGraph(video: VideoStream, renditions: readonly Rendition[]): string {
  const common = commonFilters(video, renditions[0]);
  const labels = renditions.map((_, index) => `[s${index}]`);
  const branches = renditions.map((rendition, index) => `[s${index}]${toSize(video, rendition)}[v${index}]`);
  return [`[0:${video.index}]${common},split=${renditions.length}${labels.join("")}`, ...branches].join(";");
}

/** From a rendition to a JPEG of a size, or of its own. */
export const toJpeg = (from: Colours, size = "iw:ih"): string =>
  `scale=${size}:flags=bicubic+accurate_rnd:${scaleColours(from, jpegColours)},setsar=1,format=yuvj420p`;

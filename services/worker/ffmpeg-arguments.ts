import { containers, pictureBounds } from "./media-info.ts";
import type { MediaInfo, VideoStream } from "./media-info.ts";
import type { Rendition } from "./ladder.ts";
import { writeRational } from "./rational.ts";

/** Length of a segment and of a group of pictures, in seconds. */
export const segmentSeconds = 4;
const audioKilobits = 128;
const audioRate = 48_000;
/** What the AAC encoder puts before the first sample: one frame. A playlist counts it, a player does not show it. */
export const audioPrimingSeconds = 1024 / audioRate;

export const audioRenditionName = "audio";

/** Where one HLS rendition goes, relative to the directory of the outputs. */
export const renditionFiles = (name: string) => ({
  directory: `hls/${name}`,
  playlist: `hls/${name}/playlist.m3u8`,
  init: `hls/${name}/init.mp4`,
  segments: `hls/${name}/segment-%05d.m4s`,
});

/**
 * Options before an input that came from outside. Only local files, only containers that name no other file, and no
 * pictures of a size that takes the memory away.
 */
export const inputOptions: readonly string[] = [
  ...["-protocol_whitelist", "file,pipe"],
  ...["-format_whitelist", containers.join(",")],
  ...["-max_pixels", String(pictureBounds.maxPixels)],
];

const general = ["-hide_banner", "-nostdin", "-y", "-loglevel", "warning"] as const;
// Titles, places and dates of the mezzanine are not the audience's business.
const withoutMetadata = ["-map_metadata", "-1", "-map_chapters", "-1"] as const;

/**
 * Encodes every rendition in one run: the video is decoded once and split. Paths are relative to the directory of the
 * outputs, which must be the working directory and hold every rendition's folder.
 */
export function encodeArguments(
  inputFile: string,
  media: MediaInfo,
  renditions: readonly Rendition[],
): readonly string[] {
  return [
    ...general,
    ...["-progress", "pipe:1"],
    ...inputOptions,
    ...["-i", `file:${inputFile}`],
    ...(media.video ? ["-filter_complex", videoGraph(media.video, renditions)] : []),
    ...renditions.flatMap(videoOutput),
    ...(media.audio ? audioOutput(media.audio.index) : []),
  ];
}

function videoGraph(video: VideoStream, renditions: readonly Rendition[]): string {
  const rate = renditions[0]?.frameRate ?? video.frameRate;
  const common = [
    // Fields are woven to frames only where they are marked as interlaced.
    ...(video.interlaced ? ["yadif=mode=send_frame:deint=interlaced"] : []),
    // One constant rate from time 0 on, so that every rendition has its key frames at the same instants.
    `fps=fps=${writeRational(rate)}:start_time=0`,
  ].join(",");
  const labels = renditions.map((_, index) => `[s${index}]`);
  const branches = renditions.map(
    ({ width, height }, index) =>
      `[s${index}]scale=${width}:${height}:flags=bicubic,setsar=1,format=yuv420p[v${index}]`,
  );
  return [`[0:${video.index}]${common},split=${renditions.length}${labels.join("")}`, ...branches].join(";");
}

function videoOutput(rendition: Rendition, index: number): readonly string[] {
  const { numerator, denominator } = rendition.frameRate;
  const longestGroup = Math.ceil((segmentSeconds * numerator) / denominator) + 1;
  return [
    ...["-map", `[v${index}]`, "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high"],
    ...["-crf", "21", "-maxrate", `${rendition.maxKilobits}k`, "-bufsize", `${2 * rendition.maxKilobits}k`],
    // Closed groups that begin exactly where segments do, and nowhere else.
    ...["-force_key_frames", `expr:gte(t,n_forced*${segmentSeconds})`, "-g", String(longestGroup)],
    ...["-sc_threshold", "0", "-flags", "+cgop"],
    // Players that ignore edit lists show the picture late by the reordering delay. Without a B-pyramid that is one
    // frame, about what the audio is late by for its priming, so that both stay together.
    ...["-bf", "2", "-x264-params", "b-pyramid=none:open-gop=0"],
    ...withoutMetadata,
    ...hlsOutput(rendition.name),
  ];
}

const audioOutput = (stream: number): readonly string[] => [
  ...["-map", `0:${stream}`],
  // Gaps and a late start become silence, so that sound and picture have the same time 0.
  ...["-af", "aresample=async=1:first_pts=0"],
  ...["-c:a", "aac", "-b:a", `${audioKilobits}k`, "-ac", "2", "-ar", String(audioRate)],
  ...withoutMetadata,
  ...hlsOutput(audioRenditionName),
];

function hlsOutput(name: string): readonly string[] {
  const { playlist, segments } = renditionFiles(name);
  return [
    ...["-f", "hls", "-hls_time", String(segmentSeconds), "-hls_playlist_type", "vod"],
    ...["-hls_segment_type", "fmp4", "-hls_flags", "independent_segments"],
    ...["-hls_fmp4_init_filename", "init.mp4", "-hls_segment_filename", segments, playlist],
  ];
}

/**
 * Joins the best rendition and the audio to one progressive file, without encoding again. Its inputs are our own
 * playlists. The audio is moved back by its priming, which the file's edit list then hides.
 */
export function progressiveArguments(
  video: string | undefined,
  audio: boolean,
  outputFile: string,
): readonly string[] {
  const playlist = (name: string) => [
    ...["-protocol_whitelist", "file,pipe", "-i", renditionFiles(name).playlist],
  ];
  const inputs = [
    ...(video === undefined ? [] : playlist(video)),
    ...(audio ? ["-itsoffset", `-${audioPrimingSeconds.toFixed(6)}`, ...playlist(audioRenditionName)] : []),
  ];
  const maps = [
    ...(video === undefined ? [] : ["-map", "0:v:0"]),
    ...(audio ? ["-map", `${video === undefined ? 0 : 1}:a:0`] : []),
  ];
  const format = ["-c", "copy", "-movflags", "+faststart", "-f", "mp4"];
  return [...general, ...inputs, ...maps, ...format, ...withoutMetadata, `file:${outputFile}`];
}

/** One picture of our own progressive file: the most typical of the frames around a tenth of its duration. */
export function posterArguments(
  videoFile: string,
  durationSeconds: number,
  outputFile: string,
): readonly string[] {
  const from = Math.min(durationSeconds / 10, 60).toFixed(3);
  return [
    ...general,
    ...["-protocol_whitelist", "file,pipe", "-ss", from, "-i", `file:${videoFile}`],
    ...["-map", "0:v:0", "-vf", "thumbnail=24", "-frames:v", "1", "-q:v", "3"],
    ...["-f", "mjpeg", `file:${outputFile}`],
  ];
}

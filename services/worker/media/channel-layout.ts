import type { AudioStream } from "./audio-streams.ts";

/**
 * Layouts for which every ffmpeg has a matrix of ITU-R BS.775: centre and surround at -3 dB, no LFE. Names are ffmpeg's.
 *
 * Source: https://ffmpeg.org/ffmpeg-utils.html#Channel-Layout
 */
const mixedByFfmpeg = new Set([
  ...["mono", "stereo", "downmix", "2.1", "3.0", "3.0(back)", "4.0", "quad", "quad(side)", "3.1", "4.1"],
  ...["5.0", "5.0(side)", "5.1", "5.1(side)", "6.0", "6.0(front)", "hexagonal", "6.1", "6.1(back)"],
  ...["6.1(front)", "7.0", "7.0(front)", "7.1", "7.1(wide)", "7.1(wide-side)", "octagonal"],
]);
/** Up to so many channels ffmpeg takes for the usual layout of that many where the input names none. */
const mostGuessed = 8;

/**
 * How channels are brought to stereo: by ffmpeg's matrix, by the bed of a surround sound that begins with left, right,
 * centre, LFE and two of the surround, or by the first two channels of a layout that nobody knows.
 */
export function mixOf({
  channels,
  layout,
}: Pick<AudioStream, "channels" | "layout">): "matrix" | "bed" | "first" {
  if (layout === undefined) return channels > mostGuessed ? "first" : "matrix";
  if (mixedByFfmpeg.has(layout)) return "matrix";
  const isSurround = /^(?:5\.1|7\.1|9\.1|22\.2)|\(FL\+FR\+FC\+LFE\+/.test(layout);
  return isSurround && channels >= 6 ? "bed" : "first";
}

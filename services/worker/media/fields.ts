/**
 * Where the order of an interlaced picture's fields is told: by each frame, or by the header alone. `none` for pixels
 * that no camera interlaces.
 */
export type Fields = "none" | "by-frame" | "top" | "bottom";

/** Codecs without a place for it in their frames: ffmpeg's names. What their container says holds for all frames. */
const withoutFlags = new Set([
  ...["rawvideo", "v210", "v210x", "v308", "v408", "v410", "r10k", "r210", "yuv4", "ayuv", "012v"],
  ...[
    "jpeg2000",
    "mjpeg",
    "ljpeg",
    "huffyuv",
    "ffvhuff",
    "utvideo",
    "magicyuv",
    "cfhd",
    "hq_hqa",
    "png",
    "qtrle",
  ],
]);

/**
 * How fields are woven. Headers often say nothing, or `progressive`, of pictures whose frames are interlaced: DV in AVI,
 * and H.264 that changes in mid-film. So frames are asked wherever they can say so.
 *
 * @param stream.order ffprobe's `field_order`: coded order and order of display
 */
export function fieldsOf(stream: {
  readonly codec: string | undefined;
  readonly order: string | undefined;
  readonly isRgb: boolean;
}): Fields {
  const { codec = "", order = "", isRgb } = stream;
  if (withoutFlags.has(codec)) {
    if (order === "tt" || order === "bt") return "top";
    if (order === "bb" || order === "tb") return "bottom";
  }
  return isRgb ? "none" : "by-frame";
}

import { z } from "zod";

/** Which sound of an input is encoded: one stream for each language that is known, or the main stream alone. */
export const audioLanguages = ["all", "main"] as const;

/** Mono tracks that are one sound: the left and the right one together, or each by itself. */
export const monoTracks = ["pairs", "single"] as const;

/**
 * What one job changes of its encoding profile. Everything is optional and bounded; what the profile does not make
 * (a progressive file, say) is made when asked for by `true`.
 */
export const profileOverridesSchema = z.strictObject({
  /** Leaves out the renditions whose shorter edge is longer, in pixels, 144 to 4320; the smallest always stays. */
  maxShortEdge: z.int().min(144).max(4320).optional(),
  /** Frames per second, 1 to 60; a faster source loses frames, a slower one stays as it is. */
  maxFramesPerSecond: z.number().min(1).max(60).optional(),
  /** Length of a segment in seconds, 1 to 10. */
  segmentSeconds: z.int().min(1).max(10).optional(),
  /** Constant rate factor of the encoder, 0 to 63; lower is better and larger. Encoders of H.264 and HEVC end at 51. */
  crf: z.int().min(0).max(63).optional(),
  /** HLS playlists. */
  hls: z.boolean().optional(),
  /** A DASH manifest of the same segments. */
  dash: z.boolean().optional(),
  /** One file that plays while it downloads. */
  progressive: z.boolean().optional(),
  /** The sound of every language of the input that is known, or its main stream alone. */
  audioLanguages: z.enum(audioLanguages).optional(),
  /** Whether a left and a right mono track become stereo (`pairs`), or the main one is encoded alone (`single`). */
  monoTracks: z.enum(monoTracks).optional(),
  /** The input's text captions, as WebVTT and inside the progressive file. */
  captions: z.boolean().optional(),
  /** One picture of the film. */
  poster: z.boolean().optional(),
  /** Sheets of small pictures, with a WebVTT file that says which part shows when. */
  storyboard: z.boolean().optional(),
  /** How close the best rendition is to the input, by VMAF. */
  vmaf: z.boolean().optional(),
});
export type ProfileOverrides = z.infer<typeof profileOverridesSchema>;

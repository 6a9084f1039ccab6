import type { Rung } from "../profile/schema.ts";
import { valueOf } from "../media/rational.ts";
import type { Rational } from "../media/rational.ts";

/** A picture as it is shown: after rotation, with square pixels. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly frameRate: Rational;
}

/** One video rendition of the ladder. */
export interface Rendition {
  /** The name of its folder: `720p`, or `source` for the picture's own size. */
  readonly name: string;
  /** Even. */
  readonly width: number;
  /** Even. */
  readonly height: number;
  readonly frameRate: Rational;
  /** Ceiling of the bit rate in kbit/s; below it the rate follows a constant quality. */
  readonly maxKilobits: number;
  /** The audio rendition played with it in HLS. @default the first */
  readonly audio?: string;
}

/** A picture this much larger than the best rung it fills gets a rendition of its own size on top. */
const ownSizeFrom = 1.2;
const ownSizeName = "source";
/** More frames need more bits, but not in proportion. */
const highFrameRateFactor = 1.5;

const evenFloor = (value: number): number => Math.max(2, 2 * Math.floor(value / 2));
const evenNearest = (value: number): number => Math.max(2, 2 * Math.round(value / 2));

/**
 * The renditions for a picture, largest first: every rung whose box the picture fills in at least one direction, each
 * fitted into its box with the shape kept. Nothing is ever upscaled; a picture below the smallest rung, or well
 * between two rungs, is kept at its own size. At least one rendition, all sizes even (4:2:0 needs that).
 *
 * @param rungs from the largest to the smallest, at least one
 * @param maxShortEdge leaves out larger rungs, and the picture's own size where it is larger; the smallest rung stays
 */
export function ladder(
  picture: Picture,
  rungs: readonly Rung[],
  maxShortEdge = Number.POSITIVE_INFINITY,
): readonly Rendition[] {
  const long = Math.max(picture.width, picture.height);
  const short = Math.min(picture.width, picture.height);
  const fast = valueOf(picture.frameRate) > 30.5 ? highFrameRateFactor : 1;
  const rendition = (name: string, scale: number, maxKilobits: number, audio?: string): Rendition => ({
    name,
    width: Math.min(evenNearest(picture.width * scale), evenFloor(picture.width)),
    height: Math.min(evenNearest(picture.height * scale), evenFloor(picture.height)),
    frameRate: picture.frameRate,
    maxKilobits: Math.round(maxKilobits * fast),
    ...(audio !== undefined && { audio }),
  });

  const allowed = rungs.filter((rung, index) => rung.shortEdge <= maxShortEdge || index === rungs.length - 1);
  const filled = allowed.filter((rung) => long >= rung.longEdge || short >= rung.shortEdge);
  const fitted = filled.map((rung) =>
    rendition(
      rung.name,
      Math.min(rung.longEdge / long, rung.shortEdge / short, 1),
      rung.maxKilobits,
      rung.audio,
    ),
  );

  const top = filled[0];
  const smallest = rungs.at(-1);
  if (top === undefined) {
    return [rendition(ownSizeName, 1, kilobitsBelowRungs(long * short, smallest), smallest?.audio)];
  }
  const larger = Math.max(long / top.longEdge, short / top.shortEdge);
  const next = rungs[rungs.indexOf(top) - 1];
  if (next === undefined || larger < ownSizeFrom || short > maxShortEdge) return fitted;
  const kilobits = Math.min(next.maxKilobits, top.maxKilobits * larger ** 2);
  return [rendition(ownSizeName, 1, kilobits, next.audio), ...fitted];
}

/** In proportion to the pixels of the smallest rung, at least 100 kbit/s. */
function kilobitsBelowRungs(pixels: number, smallest: Rung | undefined): number {
  if (smallest === undefined) return 100;
  return Math.max(100, (smallest.maxKilobits * pixels) / (smallest.longEdge * smallest.shortEdge));
}

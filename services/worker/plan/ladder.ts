import type { Rung } from "../profile/schema.ts";
import { rational, valueOf } from "../media/rational.ts";
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

/**
 * A rate of at most `highest` frames a second that leaves out frames evenly: 50 becomes 25 and not 30.
 * @param highest 1 or more
 */
export function cappedRate(rate: Rational, highest: number): Rational {
  const every = Math.ceil(valueOf(rate) / highest - 1e-9);
  if (every <= 1) return rate;
  const whole = rate.numerator % every === 0;
  return whole
    ? rational(rate.numerator / every, rate.denominator)
    : rational(rate.numerator, rate.denominator * every);
}

const standardRates: readonly Rational[] = [
  rational(10),
  rational(12),
  rational(15),
  rational(24000, 1001),
  rational(24),
  rational(25),
  rational(30000, 1001),
  rational(30),
  rational(48),
  rational(50),
  rational(60000, 1001),
  rational(60),
];
const highestRate = rational(60);

/** A base rate further above the average than this is the time base's fineness and no rate. */
const largestBaseFactor = 2.5;

/**
 * The constant frame rate to encode at. A constant source keeps its rate. A variable one gets the rate in which all its
 * frames have a place, or where that is out of reach the next standard rate that loses none on average. At most 60.
 *
 * @param average frames divided by duration (ffprobe's `avg_frame_rate`)
 * @param base the lowest rate in which all timestamps can be written (`r_frame_rate`); equal to the average when constant
 */
export function outputFrameRate(average: Rational | undefined, base: Rational | undefined): Rational {
  const mean = average ?? base;
  if (mean === undefined) return rational(25);
  const constant = base !== undefined && Math.abs(valueOf(base) / valueOf(mean) - 1) < 0.01;
  const reachable = base !== undefined && valueOf(base) <= Math.min(60, largestBaseFactor * valueOf(mean));
  const wanted = constant || reachable ? base : mean;
  const rate = valueOf(wanted);
  if (rate > valueOf(highestRate)) return highestRate;
  const standard = standardRates.find((candidate) => Math.abs(valueOf(candidate) / rate - 1) < 0.0005);
  if (standard !== undefined) return standard;
  if ((constant || reachable) && rate >= 1) return wanted;
  return standardRates.find((candidate) => valueOf(candidate) >= rate) ?? highestRate;
}

import { rational, valueOf } from "./rational.ts";
import type { Rational } from "./rational.ts";

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
}

interface Rung {
  readonly name: string;
  /** The box the picture is fitted into, longer edge first, whichever way the picture stands. */
  readonly long: number;
  readonly short: number;
  readonly maxKilobits: number;
}

/** Own choice of sizes and ceilings for H.264 up to 30 frames a second. */
export const rungs: readonly Rung[] = [
  { name: "1080p", long: 1920, short: 1080, maxKilobits: 5000 },
  { name: "720p", long: 1280, short: 720, maxKilobits: 2800 },
  { name: "480p", long: 854, short: 480, maxKilobits: 1400 },
  { name: "360p", long: 640, short: 360, maxKilobits: 800 },
  { name: "240p", long: 426, short: 240, maxKilobits: 400 },
];

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
 */
export function ladder(picture: Picture): readonly Rendition[] {
  const long = Math.max(picture.width, picture.height);
  const short = Math.min(picture.width, picture.height);
  const fast = valueOf(picture.frameRate) > 30.5 ? highFrameRateFactor : 1;
  const rendition = (name: string, scale: number, maxKilobits: number): Rendition => ({
    name,
    width: Math.min(evenNearest(picture.width * scale), evenFloor(picture.width)),
    height: Math.min(evenNearest(picture.height * scale), evenFloor(picture.height)),
    frameRate: picture.frameRate,
    maxKilobits: Math.round(maxKilobits * fast),
  });

  const filled = rungs.filter((rung) => long >= rung.long || short >= rung.short);
  const fitted = filled.map((rung) =>
    rendition(rung.name, Math.min(rung.long / long, rung.short / short, 1), rung.maxKilobits),
  );

  const top = filled[0];
  if (top === undefined) return [rendition(ownSizeName, 1, kilobitsBelowRungs(long * short))];
  const larger = Math.max(long / top.long, short / top.short);
  const next = rungs[rungs.indexOf(top) - 1];
  if (next === undefined || larger < ownSizeFrom) return fitted;
  const kilobits = Math.min(next.maxKilobits, top.maxKilobits * larger ** 2);
  return [rendition(ownSizeName, 1, kilobits), ...fitted];
}

/** In proportion to the pixels of the smallest rung, at least 100 kbit/s. */
function kilobitsBelowRungs(pixels: number): number {
  const smallest = rungs.at(-1);
  if (smallest === undefined) return 100;
  return Math.max(100, (smallest.maxKilobits * pixels) / (smallest.long * smallest.short));
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

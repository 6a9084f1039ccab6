import { type Rational, rational, valueOf } from "./rational.ts";

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

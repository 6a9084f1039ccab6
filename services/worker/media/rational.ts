/** A positive fraction, as ffmpeg writes rates and ratios: `30000/1001`, `16:9`. */
export interface Rational {
  readonly numerator: number;
  readonly denominator: number;
}

export const rational = (numerator: number, denominator = 1): Rational => ({ numerator, denominator });

/** Undefined for anything but a fraction of two positive safe integers (`0/0` is ffmpeg's "unknown"). */
export function parseRational(text: string | undefined): Rational | undefined {
  const match = /^(\d{1,15})[/:](\d{1,15})$/.exec(text ?? "");
  const numerator = Number(match?.[1]);
  const denominator = Number(match?.[2]);
  return numerator > 0 && denominator > 0 ? { numerator, denominator } : undefined;
}

export const valueOf = ({ numerator, denominator }: Rational): number => numerator / denominator;

export const writeRational = ({ numerator, denominator }: Rational): string =>
  denominator === 1 ? String(numerator) : `${numerator}/${denominator}`;

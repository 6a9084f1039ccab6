const FACTORS: Readonly<Record<string, number>> = {
  "": 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * The value of a Kubernetes quantity: `500m` is 0.5, `1.5Gi` is 1610612736.
 *
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 *
 * @returns undefined for anything else
 */
export function quantityOf(text: string): number | undefined {
  const [, number, exponent, unit = ""] =
    /^\+?(\d+(?:\.\d*)?|\.\d+)(?:[eE]([+-]?\d+)|([kKMGTPE]i?|m))?$/.exec(text) ?? [];
  const factor = FACTORS[unit];
  if (number === undefined || factor === undefined) return undefined;
  return Number(number) * factor * 10 ** Number(exponent ?? 0);
}

/** CPUs in thousandths. */
export const milliCpusOf = (text: string): number | undefined => times(quantityOf(text), 1000);

/** Bytes in MiB. */
export const mebibytesOf = (text: string): number | undefined => times(quantityOf(text), 2 ** -20);

const times = (value: number | undefined, factor: number): number | undefined =>
  value === undefined ? undefined : Number((value * factor).toFixed(6));

/** CPUs as Kubernetes and people write them: `8`, `7500m`. */
export const cpuText = (milliCpus: number): string =>
  milliCpus % 1000 === 0 ? String(milliCpus / 1000) : `${milliCpus}m`;

/** MiB in GiB with one decimal at most: `49.5Gi`. */
export const gibText = (mebibytes: number): string => `${Math.floor((mebibytes / 1024) * 10) / 10}Gi`;

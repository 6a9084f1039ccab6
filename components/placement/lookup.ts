import {
  CONFIGURABLE_DUAL_REGIONS,
  MULTI_REGIONS,
  PREDEFINED_DUAL_REGIONS,
  PREFERRED_CODES,
  REGIONS,
  RESERVED_PAIRS,
  type ConfigurableCode,
  type MultiRegionCode,
  type PredefinedCode,
  type Region,
} from "./tables.ts";

type Pair = readonly [string, string];

export function isPredefinedCode(code: string): code is PredefinedCode {
  return Object.hasOwn(PREDEFINED_DUAL_REGIONS, code);
}

export function isConfigurableCode(code: string): code is ConfigurableCode {
  return Object.hasOwn(CONFIGURABLE_DUAL_REGIONS, code);
}

export function isMultiRegionCode(code: string): code is MultiRegionCode {
  return (MULTI_REGIONS as readonly string[]).includes(code);
}

export function isRegion(name: string): name is Region {
  return (REGIONS as readonly string[]).includes(name);
}

/** The regions of a configurable code. */
export function regionsOf(code: ConfigurableCode): readonly string[] {
  return CONFIGURABLE_DUAL_REGIONS[code];
}

/** The configurable codes that a region belongs to, the smallest first: IT before EU. */
export function codesWith(region: string): ConfigurableCode[] {
  return (Object.keys(CONFIGURABLE_DUAL_REGIONS) as ConfigurableCode[])
    .filter((code) => regionsOf(code).includes(region))
    .sort((one, other) => regionsOf(one).length - regionsOf(other).length);
}

/** The code of the predefined dual-region with exactly these two regions. */
export function predefinedCodeOf(pair: Pair): PredefinedCode | undefined {
  return codeOf(PREDEFINED_DUAL_REGIONS, pair);
}

/** The predefined code under which alone Google offers this pair. */
export function reservedCodeOf(pair: Pair): PredefinedCode | undefined {
  return codeOf(RESERVED_PAIRS, pair);
}

/** The reserved code of a pair in the EU. */
export function preferredCodeOf(pair: Pair): ConfigurableCode | undefined {
  return codeOf(PREFERRED_CODES, pair);
}

/** The smallest configurable code under which Google offers this pair. */
export function configurableCodeOf(pair: Pair): ConfigurableCode | undefined {
  if (pair[0] === pair[1] || reservedCodeOf(pair) !== undefined) return undefined;
  return codesWith(pair[0]).find((code) => regionsOf(code).includes(pair[1]));
}

/** The regions that may stand beside `region` in a configurable dual-region. */
export function partnersOf(region: string): string[] {
  return REGIONS.filter((other) => configurableCodeOf([region, other]) !== undefined);
}

function codeOf<Code extends string>(
  table: Readonly<Record<Code, readonly [string, string]>>,
  pair: Pair,
): Code | undefined {
  return (Object.keys(table) as Code[]).find(
    (code) => pair[0] !== pair[1] && pair.every((region) => table[code].includes(region)),
  );
}

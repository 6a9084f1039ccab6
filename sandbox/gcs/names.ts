import { invalid } from "./errors.ts";

/** @throws for names that break https://docs.cloud.google.com/storage/docs/objects#naming */
export function checkObjectName(name: string): void {
  const bytes = Buffer.byteLength(name);
  const wrong =
    bytes < 1 ||
    bytes > 1024 ||
    /[\r\n]/.test(name) ||
    name === "." ||
    name === ".." ||
    name.startsWith(".well-known/acme-challenge/") ||
    !name.isWellFormed();
  if (wrong) {
    throw invalid(
      "Invalid object name: 1 to 1024 bytes of UTF-8 without carriage return and line feed, not '.', '..' or below '.well-known/acme-challenge/'.",
      "name",
    );
  }
}

/** Order of the UTF-8 bytes, which is the order of code points, not of JavaScript's UTF-16 units. */
export function compareNames(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Surrogates represent code points above all other units. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}

export interface ListQuery {
  readonly prefix: string;
  readonly delimiter: string;
  /** First name listed. */
  readonly startOffset: string;
  /** First name not listed any more; empty for no bound. */
  readonly endOffset: string;
  /** Only what comes after this name or prefix. */
  readonly after: string;
  readonly max: number;
}

export interface ListPage {
  readonly names: string[];
  readonly prefixes: string[];
  /** `after` of the next page. */
  readonly next?: string;
}

/** One page of a sorted list of names, with everything below a delimiter rolled up into prefixes. */
export function listPage(sorted: readonly string[], query: ListQuery): ListPage {
  const names: string[] = [];
  const prefixes: string[] = [];
  let last = "";
  const lowest = [query.prefix, query.startOffset, query.after].reduce((a, b) =>
    compareNames(a, b) < 0 ? b : a,
  );
  for (let index = lowerBound(sorted, lowest); index < sorted.length; index++) {
    const name = sorted[index] ?? "";
    if (!name.startsWith(query.prefix)) {
      if (compareNames(name, query.prefix) > 0) break;
      continue;
    }
    if (query.endOffset !== "" && compareNames(name, query.endOffset) >= 0) break;
    const cut = query.delimiter === "" ? -1 : name.indexOf(query.delimiter, query.prefix.length);
    const shown = cut === -1 ? name : name.slice(0, cut + query.delimiter.length);
    // A prefix already shown covers this name, on this page or on the one before it.
    if (shown === last || (query.after !== "" && compareNames(shown, query.after) <= 0)) continue;
    if (names.length + prefixes.length >= query.max) return { names, prefixes, next: last };
    (cut === -1 ? names : prefixes).push(shown);
    last = shown;
  }
  return { names, prefixes };
}

function lowerBound(sorted: readonly string[], value: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareNames(sorted[middle] ?? "", value) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

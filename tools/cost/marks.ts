import type { Estimate } from "./estimate.ts";
import { UNITS, type Price, type PriceList } from "./prices.ts";
import type { Rate } from "./rates.ts";

/** How far a figure can be trusted. */
export type Mark = "verified" | "not verified" | "stand-in";

/** The weakest of a rate's prices decides. */
export function markOf(rate: Rate, prices: PriceList): Mark {
  if (rate.standIn !== undefined) return "stand-in";
  return rate.ids.every((id) => prices[id]?.verified === true) ? "verified" : "not verified";
}

/** A price that a report used. */
export interface UsedPrice extends Price {
  readonly id: string;
  readonly unit: string;
}

/** Every price that went into an estimate, in the order of their ids. */
export function usedPrices({ lines, migration, prices }: Estimate): UsedPrice[] {
  const ids = new Set([
    ...lines.flatMap(({ rate }) => rate.ids),
    ...(migration?.lines ?? []).flatMap(({ rate }) => rate.ids),
    ...(migration?.oneOff ?? []).flatMap((one) => one.ids),
    ...(migration ? ["s3.storage"] : []),
  ]);
  return [...ids].sort().flatMap((id) => {
    const price = prices[id];
    return price === undefined ? [] : [{ id, unit: UNITS[id] ?? "", ...price }];
  });
}

/** Every sentence about a price that stands in for another, once. */
export function standIns({ lines, migration }: Estimate): string[] {
  const all = [...lines, ...(migration?.lines ?? [])];
  return [...new Set(all.flatMap(({ rate }) => rate.standIn?.split("; ") ?? []))].sort();
}

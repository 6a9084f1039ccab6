import type { Estimate } from "./estimate.ts";
import { rowsOf } from "./summary.ts";

/** Every month's bill as CSV (RFC 4180): one row for each item and class, and one for the month. */
export function csvReport(estimate: Estimate): string {
  const months = Array.from({ length: estimate.usage.months }, (_, index) => index + 1);
  const rows = months.flatMap((month) => {
    const found = rowsOf(estimate, month);
    return [
      ...found.map(({ item, storageClass, quantity, unit, usd, mark }) => [
        month,
        item,
        storageClass ?? "",
        quantity.toFixed(3),
        unit,
        usd.toFixed(2),
        mark,
      ]),
      [month, "total", "", "", "", found.reduce((sum, { usd }) => sum + usd, 0).toFixed(2), ""],
    ];
  });
  return toCsv([["month", "item", "class", "quantity", "unit", "usd", "prices"], ...rows]);
}

/** The migration against staying in S3 as CSV; nothing where none was asked for. */
export function migrationCsv({ migration }: Estimate): string | undefined {
  if (migration === undefined) return undefined;
  return toCsv([
    ["month", "left in S3, usd", "moved, usd"],
    ...migration.comparison.map(({ month, staying, moving }) => [
      month,
      staying.toFixed(2),
      moving.toFixed(2),
    ]),
  ]);
}

function toCsv(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/** A quoted cell where it needs quotes; none begins with what a spreadsheet takes for a formula. */
function cell(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

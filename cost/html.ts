import type { Estimate } from "./estimate.ts";
import { usedPrices } from "./marks.ts";
import { total } from "./monthly.ts";
import { colourOf, escapeXml, lines, stackedBars, type Series } from "./plot.ts";
import {
  assumptions,
  breakEven,
  byItem,
  bytes,
  dollars,
  rowsOf,
  shownQuantity,
  totals,
  warnings,
} from "./summary.ts";

const STYLE = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; font-size: .9rem; }
th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid #8886; vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
tr.total { font-weight: 600; }
svg { width: 100%; height: auto; } svg text { font-size: 12px; fill: currentColor; } .grid { stroke: #8884; }
.key span { display: inline-block; margin-right: 1.2rem; } .key i { display: inline-block; width: .8rem; height: .8rem; margin-right: .4rem; }
.mark { color: #b35900; font-weight: 600; }
td { overflow-wrap: anywhere; }`;

/** A page of its own: no script, no font, no picture from elsewhere. */
export function htmlReport(estimate: Estimate): string {
  const { stack, migration } = estimate;
  const sums = totals(estimate);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Cost of stack ${escapeXml(stack)}</title>
<style>${STYLE}
</style>
</head>
<body>
<h1>Cost of the bucket of stack ${escapeXml(stack)}</h1>
${list(warnings(estimate), "mark")}
${sums.some((sum) => sum > 0) ? monthsSection(estimate, sums) : ""}
${migration ? migrationSection(migration) : ""}
<h2>What this takes for granted</h2>
${list(assumptions(estimate))}
<h2>Prices</h2>
${priceTable(estimate)}
</body>
</html>
`;
}

function monthsSection(estimate: Estimate, sums: readonly number[]): string {
  const { months } = estimate.usage;
  const items = byItem(estimate.lines, months).map(({ item, usd }): Series => ({ name: item, values: usd }));
  const all = sums.reduce((sum, one) => sum + one, 0);
  const later = months > 1 ? `, ${dollars(sums.at(-1) ?? 0)} in month ${months}` : "";
  return `<p>${dollars(sums[0] ?? 0)} in the first month${later}; ${dollars(all)} in all. An estimate.</p>
<h2>Month by month</h2>
${stackedBars("Cost of each month by item, in US dollars", items)}
${key(items)}
<h2>Month 1</h2>
${bill(rowsOf(estimate, 1))}
${months > 1 ? `<h2>Month ${months}</h2>\n${bill(rowsOf(estimate, months))}` : ""}`;
}

function list(items: readonly string[], className?: string): string {
  const attribute = className === undefined ? "" : ` class="${className}"`;
  return `<ul${attribute}>${items.map((item) => `<li>${escapeXml(item)}</li>`).join("")}</ul>`;
}

function key(series: readonly Series[]): string {
  const entries = series.map(
    ({ name }, index) => `<span><i style="background:${colourOf(index)}"></i>${escapeXml(name)}</span>`,
  );
  return `<p class="key">${entries.join("")}</p>`;
}

function bill(rows: ReturnType<typeof rowsOf>): string {
  const body = rows.map(({ item, storageClass, quantity, unit, usd, mark }) => [
    cell(item),
    cell(storageClass ?? ""),
    cell(shownQuantity(quantity, unit), "number"),
    cell(dollars(usd), "number"),
    cell(mark, mark === "verified" ? "" : "mark"),
  ]);
  return table(
    [cell("item"), cell("class"), cell("quantity", "number"), cell("US dollars", "number"), cell("prices")],
    body,
    [cell("total"), cell(""), cell(""), cell(dollars(total(rows)), "number"), cell("")],
  );
}

function migrationSection(migration: NonNullable<Estimate["migration"]>): string {
  const series: Series[] = [
    { name: "left in Amazon S3", values: migration.comparison.map(({ staying }) => staying) },
    { name: "moved to the bucket", values: migration.comparison.map(({ moving }) => moving) },
  ];
  const once = migration.oneOff.map(({ what, usd }) => [cell(what), cell(dollars(usd), "number")]);
  return `<h2>Moving ${escapeXml(bytes(migration.gib))} from Amazon S3</h2>
<p>${escapeXml(breakEven(migration))} Both sides from the first month on, added up:</p>
${lines("Cost since the first month, in US dollars", series)}
${key(series)}
${table([cell("once"), cell("US dollars", "number")], once, [cell("total"), cell(dollars(total(migration.oneOff)), "number")])}`;
}

function priceTable(estimate: Estimate): string {
  const rows = usedPrices(estimate).map(({ id, usd, unit, date, source, verified, note }) => [
    cell(id),
    cell(String(usd), "number"),
    cell(unit),
    cell(date),
    cell(source),
    cell(
      `${verified ? "verified" : "not verified"}${note === undefined ? "" : `: ${note}`}`,
      verified ? "" : "mark",
    ),
  ]);
  return table(
    [cell("price"), cell("US dollars", "number"), cell("unit"), cell("date"), cell("source"), cell("")],
    rows,
  );
}

interface Cell {
  readonly text: string;
  readonly className: string;
}
const cell = (text: string, className = ""): Cell => ({ text, className });

function table(
  head: readonly Cell[],
  rows: readonly (readonly Cell[])[],
  foot: readonly Cell[] = [],
): string {
  const cells = (tag: string, row: readonly Cell[]): string =>
    row
      .map(({ text, className }) => {
        const attribute = className === "" ? "" : ` class="${className}"`;
        return `<${tag}${attribute}>${escapeXml(text)}</${tag}>`;
      })
      .join("");
  const body = rows.map((row) => `<tr>${cells("td", row)}</tr>`).join("\n");
  const total = foot.length > 0 ? `\n<tr class="total">${cells("td", foot)}</tr>` : "";
  return `<table>\n<thead><tr>${cells("th", head)}</tr></thead>\n<tbody>\n${body}${total}\n</tbody>\n</table>`;
}

import type { Estimate } from "./estimate.ts";
import { usedPrices } from "./marks.ts";
import { total } from "./monthly.ts";
import { colourOf, escapeXml, lines, MOST_SERIES, stackedBars, type Series } from "./plot.ts";
import {
  assumptions,
  breakEven,
  byClass,
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
.mark { color: light-dark(#a34700, #ffa657); font-weight: 600; }
.long { overflow-wrap: anywhere; } .short { white-space: nowrap; }
.cards { display: flex; flex-wrap: wrap; gap: 1rem; margin: 1.5rem 0; padding: 0; list-style: none; }
.cards li { flex: 1 1 10rem; padding: .8rem 1rem; border: 1px solid #8886; border-radius: .5rem; }
.cards b { display: block; font-size: 1.5rem; font-variant-numeric: tabular-nums; }
.notes { border-left: 4px solid light-dark(#a34700, #ffa657); padding: .2rem 1rem; margin: 1.5rem 0; font-size: .9rem; }
.notes ul { margin: .4rem 0; padding-left: 1.2rem; }`;

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
${cards(estimate, sums)}
${sums.some((sum) => sum > 0) ? monthsSection(estimate) : ""}
${migration ? migrationSection(migration) : ""}
<div class="notes"><strong class="mark">Not certain</strong>
${list(warnings(estimate))}</div>
<h2>What this takes for granted</h2>
${list(assumptions(estimate))}
<h2>Prices</h2>
${priceTable(estimate)}
</body>
</html>
`;
}

/** The figures that one looks for first. */
function cards({ usage, migration }: Estimate, sums: readonly number[]): string {
  const { months } = usage;
  const all = sums.reduce((sum, one) => sum + one, 0);
  const found: (readonly [string, string])[] = [
    ...(all > 0
      ? ([
          ["in month 1", dollars(sums[0] ?? 0)],
          ...(months > 1 ? ([[`in month ${months}`, dollars(sums.at(-1) ?? 0)]] as const) : []),
          [`in all ${months} months`, dollars(all)],
        ] as const)
      : []),
    ...(migration
      ? ([
          ["for the move, once", dollars(total(migration.oneOff))],
          [
            "until the move has paid",
            migration.breakEvenMonth === undefined
              ? `over ${migration.comparison.length} months`
              : `${migration.breakEvenMonth} months`,
          ],
        ] as const)
      : []),
  ];
  const items = found.map(([what, figure]) => `<li><b>${escapeXml(figure)}</b>${escapeXml(what)}</li>`);
  return `<ul class="cards">${items.join("")}</ul>`;
}

/** Series that a plot can show apart; the smallest become one. */
function largest(series: readonly Series[]): Series[] {
  const sumOf = ({ values }: Series): number => values.reduce((sum, one) => sum + one, 0);
  if (series.length <= MOST_SERIES) return [...series];
  const kept = series.toSorted((one, other) => sumOf(other) - sumOf(one)).slice(0, MOST_SERIES - 1);
  const others = series.filter((one) => !kept.includes(one));
  const values = (others[0]?.values ?? []).map((_, month) =>
    others.reduce((sum, one) => sum + (one.values[month] ?? 0), 0),
  );
  return [...series.filter((one) => kept.includes(one)), { name: "everything else", values }];
}

function monthsSection(estimate: Estimate): string {
  const { months } = estimate.usage;
  const items = largest(
    byItem(estimate.lines, months).map(({ item, usd }): Series => ({ name: item, values: usd })),
  );
  const classes = byClass(estimate.lines, months).map(({ storageClass, usd }): Series => ({
    name: storageClass,
    values: usd,
  }));
  return `<h2>Month by month</h2>
${stackedBars("Cost of each month by item, in US dollars", items)}
${key(items)}
<h2>What is kept, by storage class</h2>
${stackedBars("Cost of each month of what is kept, by storage class, in US dollars", classes)}
${key(classes)}
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
${lines("Cost since the first month, in US dollars", series, migration.breakEvenMonth)}
${key(series)}
${table([cell("once"), cell("US dollars", "number")], once, [cell("total"), cell(dollars(total(migration.oneOff)), "number")])}`;
}

function priceTable(estimate: Estimate): string {
  const rows = usedPrices(estimate).map(({ id, usd, unit, date, source, verified, note }) => [
    cell(id, "long"),
    cell(String(usd), "number"),
    cell(unit),
    cell(date, "short"),
    cell(source, "long"),
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

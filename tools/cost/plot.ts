/** One line or layer of a plot. */
export interface Series {
  readonly name: string;
  /** One value for each month, from month 1. */
  readonly values: readonly number[];
}

/** What a plot's axes show. */
export interface Axes {
  /** Name of one step from left to right. */
  readonly step: string;
  /** A value as its axis shows it. */
  readonly value: (value: number) => string;
}

const MONTHS: Axes = { step: "month", value: (usd) => `$${usd.toLocaleString("en-US")}` };

const [WIDTH, HEIGHT] = [860, 320];
const AREA = { left: 90, right: 850, top: 12, bottom: 280 } as const;
/** Distinct for people who see colours differently. Source: https://jfly.uni-koeln.de/color/ */
const COLOURS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#999999"];

/** As many as have a colour of their own. */
export const MOST_SERIES = COLOURS.length;

/** The colour of a plot's nth series. */
export const colourOf = (index: number): string => COLOURS[index % COLOURS.length] ?? "#999999";

/** Bars, one for each month, with the series one on top of the other. */
export function stackedBars(title: string, series: readonly Series[]): string {
  const months = Math.max(0, ...series.map(({ values }) => values.length));
  const sums = Array.from({ length: months }, (_, month) =>
    series.reduce((sum, { values }) => sum + (values[month] ?? 0), 0),
  );
  const { y, axis } = scale(Math.max(0, ...sums));
  const step = (AREA.right - AREA.left) / Math.max(1, months);
  const bars = sums.flatMap((_, month) => {
    let below = 0;
    return series.map(({ name, values }, index) => {
      const value = values[month] ?? 0;
      const [top, bottom] = [y(below + value), y(below)];
      below += value;
      if (bottom - top < 0.05) return "";
      const label = `${name}, month ${month + 1}: $${Math.round(value).toLocaleString("en-US")}`;
      return (
        `<rect x="${round(AREA.left + month * step + step * 0.1)}" y="${round(top)}" width="${round(step * 0.8)}" ` +
        `height="${round(bottom - top)}" fill="${colourOf(index)}"><title>${escapeXml(label)}</title></rect>`
      );
    });
  });
  return svg(title, [axis, monthAxis(months), ...bars]);
}

/** Lines over the months, or what `axes` says; @param marked a month to point at, where the lines cross */
export function lines(title: string, series: readonly Series[], marked?: number, axes = MONTHS): string {
  const months = Math.max(0, ...series.map(({ values }) => values.length));
  const { y, axis } = scale(Math.max(0, ...series.flatMap(({ values }) => values)), axes.value);
  const step = (AREA.right - AREA.left) / Math.max(1, months);
  const drawn = series.map(({ name, values }, index) => {
    const points = values.map(
      (value, month) => `${round(AREA.left + (month + 0.5) * step)},${round(y(value))}`,
    );
    return (
      `<polyline points="${points.join(" ")}" fill="none" stroke="${colourOf(index)}" stroke-width="2.5">` +
      `<title>${escapeXml(name)}</title></polyline>`
    );
  });
  return svg(title, [
    axis,
    monthAxis(months, axes.step),
    ...(marked === undefined ? [] : [mark(marked, step)]),
    ...drawn,
  ]);
}

function mark(month: number, step: number): string {
  const x = AREA.left + (month - 0.5) * step;
  // Beside the line, on the side where there is room.
  const [anchor, aside] = x > (AREA.left + AREA.right) / 2 ? ["end", -6] : ["start", 6];
  return (
    `<line x1="${round(x)}" x2="${round(x)}" y1="${AREA.top}" y2="${AREA.bottom}" stroke="currentColor" stroke-dasharray="4 4"/>` +
    `<text x="${round(x + aside)}" y="${AREA.top + 12}" text-anchor="${anchor}">break-even, month ${month}</text>`
  );
}

function svg(title: string, parts: readonly string[]): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeXml(title)}">` +
    `${parts.join("")}</svg>`
  );
}

/** From dollars to heights, and the axis that shows them: round figures, four to six lines. */
function scale(most: number, shown = MONTHS.value): { y: (usd: number) => number; axis: string } {
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(most, 1)));
  const tick = [0.2, 0.5, 1, 2].map((one) => one * magnitude).find((one) => most / one <= 6) ?? magnitude;
  const top = Math.max(tick, Math.ceil(most / tick) * tick);
  const y = (usd: number): number => AREA.bottom - ((AREA.bottom - AREA.top) * usd) / top;
  const ticks = Array.from({ length: Math.round(top / tick) + 1 }, (_, index) => index * tick);
  const axis = ticks
    .map(
      (usd) =>
        `<line x1="${AREA.left}" x2="${AREA.right}" y1="${round(y(usd))}" y2="${round(y(usd))}" class="grid"/>` +
        `<text x="${AREA.left - 8}" y="${round(y(usd) + 4)}" text-anchor="end">${shown(usd)}</text>`,
    )
    .join("");
  return { y, axis };
}

function monthAxis(months: number, name = MONTHS.step): string {
  const every = Math.ceil(months / 18);
  const step = (AREA.right - AREA.left) / Math.max(1, months);
  return Array.from({ length: months }, (_, index) => index + 1)
    .filter((month) => month === 1 || month % every === 0)
    .map(
      (month) =>
        `<text x="${round(AREA.left + (month - 0.5) * step)}" y="${AREA.bottom + 18}" text-anchor="middle">${month}</text>`,
    )
    .concat(`<text x="${(AREA.left + AREA.right) / 2}" y="${HEIGHT - 4}" text-anchor="middle">${name}</text>`)
    .join("");
}

const round = (value: number): string => String(Math.round(value * 100) / 100);

/** Text inside elements and attributes. */
export function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

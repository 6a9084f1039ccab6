/**
 * Builds filters of the Logging query language. Combined terms are put in parentheses, because OR binds more tightly
 * than AND in that language.
 *
 * Source: https://docs.cloud.google.com/logging/docs/view/logging-query-language
 */

/** A value as a string literal of the language, escaped. */
export function quoted(value: string): string {
  const escaped = value
    .replaceAll(/[\\"]/g, String.raw`\$&`)
    .replaceAll("\n", String.raw`\n`)
    .replaceAll("\r", String.raw`\r`)
    .replaceAll("\t", String.raw`\t`);
  return `"${escaped}"`;
}

/** A text as a regular expression that matches it and nothing else. */
export function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

/** The field has one of the values. @throws RangeError without a value, for a filter of nothing matches too much */
export function equals(field: string, ...values: readonly (string | number)[]): string {
  const texts = values.map((value) => (typeof value === "number" ? String(value) : quoted(value)));
  const [first, ...others] = texts;
  if (first === undefined) throw new RangeError(`no value for ${field}`);
  return others.length === 0 ? `${field}=${first}` : `${field}=(${texts.join(" OR ")})`;
}

/** The field is there. */
export const exists = (field: string): string => `${field}:*`;

/** The field's value has a part that matches the RE2 expression. */
export const matches = (field: string, expression: string): string => `${field}=~${quoted(expression)}`;

/** The field is an IP address in the network; false for what is no address. */
export const inNetwork = (field: string, range: string): string => `ip_in_net(${field}, ${quoted(range)})`;

export const all = (...filters: readonly string[]): string => joined(filters, "AND");

export const any = (...filters: readonly string[]): string => joined(filters, "OR");

export const not = (filter: string): string => `NOT (${filter})`;

function joined(filters: readonly string[], operator: "AND" | "OR"): string {
  const [first, ...others] = filters;
  if (first === undefined) throw new RangeError(`nothing to join by ${operator}`);
  return others.length === 0 ? first : `(${filters.join(` ${operator} `)})`;
}

import { BlockList, isIP } from "node:net";

/**
 * Evaluates the part of the Logging query language that the audit filters use, as Google documents it:
 * OR binds more tightly than AND; comparisons ignore case, regular expressions do not; a comparison with a missing
 * field fails; of a repeated field any element may match.
 *
 * Source: https://docs.cloud.google.com/logging/docs/view/logging-query-language
 */
export function matchesFilter(filter: string, entry: unknown): boolean {
  return parse(filter)(entry);
}

type Test = (entry: unknown) => boolean;
interface Token {
  readonly kind: "word" | "string" | "symbol";
  readonly text: string;
}

const TOKEN =
  /\s*(?:(?<string>"(?:[^"\\]|\\.)*")|(?<symbol>=~|!~|!=|>=|<=|[()=:<>,])|(?<word>[^\s()=:<>,!"]+))/y;

function tokens(filter: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  while (filter.slice(at).trim() !== "") {
    TOKEN.lastIndex = at;
    const groups = TOKEN.exec(filter)?.groups;
    if (groups === undefined) throw new SyntaxError(`not understood: ${filter.slice(at, at + 30)}`);
    at = TOKEN.lastIndex;
    const { string, symbol, word } = groups;
    if (string !== undefined) found.push({ kind: "string", text: unquoted(string) });
    else if (symbol !== undefined) found.push({ kind: "symbol", text: symbol });
    else found.push({ kind: "word", text: word ?? "" });
  }
  return found;
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };
const unquoted = (text: string): string =>
  text.slice(1, -1).replaceAll(/\\(.)/gs, (_all, character: string) => ESCAPES[character] ?? character);

function parse(filter: string): Test {
  const queue = tokens(filter);
  const peek = (): Token | undefined => queue[0];
  const isNext = (text: string): boolean => peek()?.kind !== "string" && peek()?.text === text;
  const take = (): Token => {
    const token = queue.shift();
    if (token === undefined) throw new SyntaxError("the filter ends too early");
    return token;
  };
  const expect = (text: string): void => {
    const token = take();
    if (token.kind === "string" || token.text !== text) {
      throw new SyntaxError(`${text} expected, not ${token.text}`);
    }
  };

  const conjunction = (): Test => {
    const parts = [disjunction()];
    while (isNext("AND")) {
      take();
      parts.push(disjunction());
    }
    return (entry) => parts.every((part) => part(entry));
  };
  const disjunction = (): Test => {
    const parts = [negation()];
    while (isNext("OR")) {
      take();
      parts.push(negation());
    }
    return (entry) => parts.some((part) => part(entry));
  };
  const negation = (): Test => {
    if (!isNext("NOT")) return primary();
    take();
    const part = negation();
    return (entry) => !part(entry);
  };
  const primary = (): Test => {
    if (isNext("(")) {
      take();
      const inner = conjunction();
      expect(")");
      return inner;
    }
    const field = take();
    if (field.kind === "string") return (entry) => hasText(entry, field.text.toLowerCase());
    if (field.kind === "symbol") throw new SyntaxError(`a field expected, not ${field.text}`);
    if (field.text === "ip_in_net") return network();
    return comparison(field.text, take().text);
  };
  const network = (): Test => {
    expect("(");
    const field = take().text;
    expect(",");
    const range = take().text;
    expect(")");
    return (entry) => valuesAt(entry, field).some((value) => isInNetwork(value, range));
  };
  const comparison = (field: string, operator: string): Test => {
    const wanted = operands();
    return (entry) =>
      valuesAt(entry, field).some((value) => wanted.some((operand) => compare(value, operator, operand)));
  };
  /** One value, or several in parentheses with OR between them. */
  const operands = (): Token[] => {
    if (!isNext("(")) return [take()];
    take();
    const found = [take()];
    while (isNext("OR")) {
      take();
      found.push(take());
    }
    expect(")");
    return found;
  };

  const whole = conjunction();
  if (queue.length > 0) throw new SyntaxError(`left over: ${queue.map(({ text }) => text).join(" ")}`);
  return whole;
}

function compare(value: unknown, operator: string, { kind, text }: Token): boolean {
  if (operator === ":" && kind === "word" && text === "*") return true;
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") return false;
  const given = String(value);
  switch (operator) {
    case "=":
      return given.toLowerCase() === text.toLowerCase();
    case "!=":
      return given.toLowerCase() !== text.toLowerCase();
    case ":":
      return given.toLowerCase().includes(text.toLowerCase());
    case "=~":
      return new RegExp(text).test(given);
    default:
      throw new SyntaxError(`operator ${operator} is not modelled`);
  }
}

/** Every value at a path; nothing where a part of the path is missing. */
function valuesAt(entry: unknown, path: string): unknown[] {
  let found: unknown[] = [entry];
  for (const key of path.split(".")) {
    found = found
      .flatMap((value) =>
        typeof value === "object" && value !== null && Object.hasOwn(value, key)
          ? [(value as Record<string, unknown>)[key]]
          : [],
      )
      .flat();
  }
  return found.filter((value) => value !== undefined && value !== null);
}

/** A text alone is looked for in every field. */
function hasText(value: unknown, text: string): boolean {
  if (typeof value === "string") return value.toLowerCase().includes(text);
  return (
    typeof value === "object" && value !== null && Object.values(value).some((one) => hasText(one, text))
  );
}

function isInNetwork(address: unknown, range: string): boolean {
  const family = typeof address === "string" ? isIP(address) : 0;
  const [network = "", length = ""] = range.split("/");
  if (typeof address !== "string" || family === 0 || family !== isIP(network)) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(length), family === 4 ? "ipv4" : "ipv6");
  return list.check(address, family === 4 ? "ipv4" : "ipv6");
}

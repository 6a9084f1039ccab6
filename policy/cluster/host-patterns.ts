/** Names are the same in upper and lower case, and with the dot of the root behind them. */
const normalized = (name: string): string => name.trim().toLowerCase().replace(/\.$/, "");

/** Whether a host's name matches a pattern in which `*` stands for any characters. */
export function matchesName(pattern: string, name: string): boolean {
  const form = normalized(pattern)
    .split("*")
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${form.join(".*")}$`).test(normalized(name));
}

/** Whether a pattern takes in names that anybody may register: without its wildcards, it has at most one label. */
export function isAnybodys(pattern: string): boolean {
  const labels = normalized(pattern).split(".");
  const fixed = labels.filter((label) => !label.includes("*"));
  return fixed.length < labels.length && fixed.length <= 1;
}

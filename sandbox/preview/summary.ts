import type { Assumption } from "../providers/assumptions.ts";

const headings: readonly (readonly [Assumption["kind"], string])[] = [
  ["resource", "Taken as declared, with unknown outputs (no model for these types)"],
  ["field", "Arguments taken as declared (no model for these arguments)"],
  ["read", "Not looked up, so that only what the program says of them is known"],
  ["function", "Results unknown in this preview; use getXOutput()"],
  ["unrendered", "Components whose resources are not known here, and not judged"],
  ["stack", "Referenced stacks that are not here, with unknown outputs"],
  ["setting", "Unknown in this preview, and needed by `pulumi up`"],
];

/** One line per kind of assumption: what was assumed, and how often. */
export function assumptionLines(notes: readonly Assumption[]): string[] {
  return headings.flatMap(([kind, heading]) => {
    const ones = notes.filter((note) => note.kind === kind);
    if (ones.length === 0) return [];
    const names = [...new Set(ones.map(({ what }) => what))].sort();
    const counted = names.map((name) => {
      const count = ones.filter(({ what, which }) => what === name && which !== "").length;
      return count > 1 ? `${name} (${count})` : name;
    });
    return [`${heading}: ${counted.join(", ")}`];
  });
}

import { stripVTControlCharacters } from "node:util";

/** Removes terminal control sequences from text that comes in pieces, cut anywhere. */
export interface PlainText {
  /** What is known to be text after another piece. */
  next(piece: string): string;
  /** What is left at the end. */
  rest(): string;
}

const escape = "\u001b";

export function plainText(): PlainText {
  let held = "";
  return {
    next: (piece) => {
      const text = held + piece;
      const cut = startOfUnfinished(text);
      held = text.slice(cut);
      return stripVTControlCharacters(text.slice(0, cut));
    },
    rest: () => stripVTControlCharacters(held),
  };
}

/** Where a sequence begins that may go on in the next piece; else the end. */
function startOfUnfinished(text: string): number {
  const last = text.lastIndexOf(escape);
  return last >= 0 && /^(?:\[[0-9;:?]*)?$/.test(text.slice(last + 1)) ? last : text.length;
}

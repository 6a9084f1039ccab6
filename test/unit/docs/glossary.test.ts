import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pages, root, textOf } from "./pages.ts";

const PAGE = "docs/glossary.md";

/** The terms of the page's tables, without links: `ScaledJob, ScaledObject` are two. */
const terms = textOf(PAGE)
  .split("\n")
  .filter((line) => line.startsWith("| ") && !/^\| (?:term|---) /.test(line))
  .map((line) => line.split(" | ")[0]?.slice(2) ?? "")
  .flatMap((term) => term.replace(/^\[(.*)\]\(.*\)$/, "$1").split(", "));

const plain = (text: string): string => text.toLowerCase().replaceAll(/[\s-]+/g, " ");
const texts = [
  ...pages.filter((page) => page !== PAGE).map(textOf),
  ...globSync("{components,services}/**/*.ts", {
    cwd: root,
    exclude: (path) => /node_modules|dist/.test(path),
  }).map((file) => readFileSync(join(root, file), "utf8")),
].map(plain);

describe("the glossary", () => {
  it("has each term once", () => {
    expect(terms.length).toBeGreaterThan(40);
    expect(terms.toSorted()).toEqual([...new Set(terms)].toSorted());
  });

  it.each(terms)("has a term that pages or components use: %s", (term) => {
    expect(texts.filter((text) => text.includes(plain(term))).length).toBeGreaterThan(0);
  });

  it("says on one line what each term means, with a link", () => {
    const rows = textOf(PAGE)
      .split("\n")
      .filter((line) => line.startsWith("| ") && !/^\| (?:term|---) /.test(line));
    expect(rows.filter((row) => !/\]\([^)]+\)/.test(row))).toEqual([]);
  });
});

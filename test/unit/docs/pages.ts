import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Every page for users, relative to the repository's root. */
export const pages = [
  "README.md",
  ...globSync(["docs/**/*.md", "components/**/README.md"], { cwd: root }).toSorted(),
];

export const textOf = (page: string): string => readFileSync(join(root, page), "utf8");

export interface Block {
  /** Page and line, for the test's name. */
  readonly where: string;
  /** All that stands after the fence: `sh`, `json job-request`. */
  readonly language: string;
  readonly code: string;
}

/** Fenced blocks, also those indented below a list item. */
export function blocksOf(page: string): readonly Block[] {
  const text = textOf(page);
  return [...text.matchAll(/^( *)```(.*)\n([^]*?)^\1```$/gm)].map((match) => {
    const [, indent = "", language = "", code = ""] = match;
    return {
      where: `${page}:${text.slice(0, match.index).split("\n").length}`,
      language: language.trim(),
      code: code.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
    };
  });
}

/** Links of the page, without those in code. */
export function linksOf(page: string): readonly string[] {
  const prose = textOf(page)
    .replaceAll(/^( *)```[^]*?^\1```$/gm, "")
    .replaceAll(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?\s*\)/g)].map(([, link = ""]) => link);
}

/** What a heading can be linked by, as GitHub makes it. */
export function anchorsOf(page: string): ReadonlySet<string> {
  const prose = textOf(page).replaceAll(/^( *)```[^]*?^\1```$/gm, "");
  const anchors = new Set<string>();
  for (const [, heading = ""] of prose.matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll(/[`*_]/g, "");
    const anchor = plain
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-");
    let unique = anchor;
    for (let count = 1; anchors.has(unique); count++) unique = `${anchor}-${count}`;
    anchors.add(unique);
  }
  return anchors;
}

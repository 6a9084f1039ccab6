import { blocksOf, textOf } from "./pages.ts";

/** One command of a page. */
export interface PageCommand {
  /** Page and line of its block or of its mention, for the test's name. */
  readonly where: string;
  /** The stack whose resources it names. */
  readonly stack: string;
  readonly command: string;
  /** Whether it stands in a block of commands, not in a sentence. */
  readonly inBlock: boolean;
}

/** Pages that are about another stack than `prod`. A block says so for itself: `sh stack=dev`. */
const STACK_OF_PAGE: Readonly<Record<string, string>> = {
  "docs/getting-started.md": "dev",
  "docs/local.md": "local",
  "docs/runbooks/migration-waves.md": "archive",
};

/** The stack that a shell block names, or undefined where it is no shell block. */
export function shellStack(language: string): { readonly stack: string | undefined } | undefined {
  const match = /^sh(?: stack=([a-z-]+))?$/.exec(language);
  return match === null ? undefined : { stack: match[1] };
}

/** The commands of shell code, without comments, each pipeline in its parts. */
export function commandsIn(code: string): readonly string[] {
  return code
    .replaceAll("\\\n", " ")
    .split("\n")
    .map((line) => line.replace(/(?:^|\s)#.*$/, "").trim())
    .filter((line) => line !== "")
    .flatMap((line) => line.split(/ && | \|\| | \| |; /))
    .map((command) => command.trim());
}

/** Words as the shell splits them, without their quotes. Quotes within a word are not split at. */
export function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) => word.replaceAll(/["']/g, ""));
}

/** All commands of a page: those of its shell blocks, and those of the tools that its sentences quote with an argument. */
export function pageCommands(page: string): readonly PageCommand[] {
  const usual = STACK_OF_PAGE[page] ?? "prod";
  const inBlocks = blocksOf(page).flatMap(({ where, language, code }) => {
    const shell = shellStack(language);
    if (shell === undefined) return [];
    return commandsIn(code).map((command) => ({
      where,
      stack: shell.stack ?? usual,
      command,
      inBlock: true,
    }));
  });
  const prose = textOf(page).replaceAll(/^( *)```[^]*?^\1```$/gm, (block) => block.replaceAll(/[^\n]/g, ""));
  const quoted = [...prose.matchAll(/`((?:gcloud|kubectl|helm|pulumi) [a-z][^`\n]+)`/g)].map((match) => ({
    where: `${page}:${prose.slice(0, match.index).split("\n").length}`,
    stack: usual,
    command: match[1] ?? "",
    inBlock: false,
  }));
  return [...inBlocks, ...quoted];
}

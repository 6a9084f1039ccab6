import { describe, expect, it } from "vitest";
import { environments } from "../../../tools/policy/environments.ts";
import { pages } from "./pages.ts";
import { pageCommands, wordsOf } from "./shell.ts";

/** The word after a flag. */
function valueOf(words: readonly string[], flag: string): string | undefined {
  const at = words.indexOf(flag);
  return at < 0 ? undefined : words[at + 1];
}

/** Stacks whose policies policy/environments configures: without its file the pack enforces less there. */
const configured = environments();

describe("a command with this project's policy pack", () => {
  const judging = pages
    .flatMap(pageCommands)
    .map(({ where, command }) => ({ where, words: wordsOf(command), command }))
    .filter(({ words }) => valueOf(words, "--policy-pack") === "policy");

  it("configures it as the stack's environment is", () => {
    const lax = judging.filter(({ words }) => {
      const stack = valueOf(words, "--stack") ?? "";
      const wanted = `policy/environments/${stack}.json`;
      return configured.includes(stack) && valueOf(words, "--policy-pack-config") !== wanted;
    });
    expect(judging.length).toBeGreaterThan(3);
    expect(lax.map(({ where, command }) => `${where}: ${command}`)).toEqual([]);
  });
});

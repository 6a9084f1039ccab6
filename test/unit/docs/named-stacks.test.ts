import { describe, expect, it } from "vitest";
import { pages } from "./pages.ts";
import { pageCommands, wordsOf } from "./shell.ts";

/** Commands of Pulumi that read or write a stack: without a name, whichever one was selected last on that computer. */
const OF_A_STACK = [
  ...["up", "preview", "refresh", "destroy", "import", "cancel", "watch", "logs"],
  ...["config set", "config get", "config rm", "config set-all", "config refresh"],
  ...["stack output", "stack export", "stack import", "stack rm", "stack change-secrets-provider"],
  ...["state delete", "state protect", "state unprotect", "state move", "state rename"],
];
/** These take the stack's name as an argument. */
const BY_ARGUMENT = ["stack rm", "cancel"];

/** Whether a command is for a stack that it does not name. */
function namesNoStack(command: string): boolean {
  const [program, ...words] = wordsOf(command);
  if (program !== "pulumi") return false;
  const kind = OF_A_STACK.find((one) => words.slice(0, one.split(" ").length).join(" ") === one);
  if (kind === undefined) return false;
  const rest = words.slice(kind.split(" ").length);
  if (rest.some((word) => /^(?:--stack|-s)(?:=|$)/.test(word))) return false;
  return !(BY_ARGUMENT.includes(kind) && rest.some((word) => !word.startsWith("-")));
}

/** A sentence may speak of `pulumi up`; with a flag or an argument it is a command to be typed. */
const isTyped = (command: string): boolean => !/^pulumi [a-z]+( (?:export|output))?$/.test(command);

describe("a command of Pulumi in a page", () => {
  const commands = pages.flatMap(pageCommands);

  it("is found in pages, in blocks and in sentences", () => {
    expect(commands.filter(({ inBlock }) => inBlock).length).toBeGreaterThan(20);
    expect(commands.filter(({ inBlock }) => !inBlock).length).toBeGreaterThan(20);
  });

  it("names the stack that it reads or writes", () => {
    const nameless = commands.filter(
      ({ command, where, inBlock }) =>
        (inBlock || isTyped(command)) && namesNoStack(command) && !where.startsWith("docs/reference/"),
    );
    expect(nameless.map(({ where, command }) => `${where}: ${command}`)).toEqual([]);
  });

  it("is for the stack that the commands before and after it are for", () => {
    const stacksByBlock = Map.groupBy(
      commands.filter(({ inBlock }) => inBlock),
      ({ where }) => where,
    );
    const mixed = [...stacksByBlock].filter(([, block]) => {
      const named = block.flatMap(
        ({ command }) => /^pulumi .*?(?:--stack|-s)[ =](\S+)/.exec(command)?.[1] ?? [],
      );
      return new Set(named).size > 1;
    });
    expect(mixed.map(([where]) => where)).toEqual([]);
  });

  it.each([
    ["pulumi config set mpegflow-gcs:signer HMAC", true],
    ["pulumi config rm --stack prod mpegflow-gcs:hmacKeys", false],
    ["pulumi up", true],
    ["pulumi up -s prod", false],
    ["pulumi stack rm dev", false],
    ["pulumi cancel", true],
    ["pulumi cancel prod", false],
    ["pulumi login gs://STATE_BUCKET", false],
  ])("%s is without a name: %s", (command, nameless) => {
    expect(namesNoStack(command)).toBe(nameless);
  });
});

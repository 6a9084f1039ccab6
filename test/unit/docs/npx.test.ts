import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { COMMANDS } from "../../../tools/commands.ts";
import { tryCommandLine } from "../tools/cli/world.ts";
import { pages, root } from "./pages.ts";

const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  devDependencies: Readonly<Record<string, string>>;
};

/**
 * What is not installed `npx` asks for in the registry, and runs whatever answers to the name. So a text names only packages that this
 * project depends on, or says `--no`, with which npx never installs.
 */
function strangersIn(text: string): readonly string[] {
  return [...text.matchAll(/\bnpx (\S+)/g)]
    .map(([, name = ""]) => name.replaceAll(/[`"'.,:;)]+$/g, ""))
    .filter((name) => name !== "--no" && !(name in devDependencies));
}

const sources = globSync(
  ["{tools,sandbox,policy,stacks,components,services,plugin,examples}/**/*.{ts,mts,md,yaml,yml,json}"],
  {
    cwd: root,
    // What `npm run build` copies beside the sources is a text of the past.
    exclude: (path) => /(?:^|\/)(?:node_modules|dist|CHANGELOG\.md)$/.test(path),
  },
);

it("no page and no source hands npx a name that somebody else could register", () => {
  const found = [...new Set([...pages, ...sources])].flatMap((file) =>
    strangersIn(readFileSync(join(root, file), "utf8")).map((name) => `${file}: npx ${name}`),
  );
  expect(found).toEqual([]);
});

it.each(["", ...Object.keys(COMMANDS)])("the help of %j is no more trusting", async (name) => {
  const { stdout } = await tryCommandLine(COMMANDS, ...[name, "--help"].filter((word) => word !== ""));
  expect(stdout).toContain("npm run ");
  expect(strangersIn(stdout)).toEqual([]);
});

it("finds a name that is on nobody's list of dependencies", () => {
  expect(strangersIn("`npx mpegflow --help`, npx vitest run, npx --no mpegflow")).toEqual(["mpegflow"]);
});

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import ts from "typescript";
import { parse } from "yaml";
import { jsonLineSchema } from "../../../tools/local/json-lines.ts";
import { COMMANDS } from "../../../tools/commands.ts";
import { type Entry } from "../../../tools/cli/entry.ts";
import { readCommandLine } from "../tools/cli/world.ts";
import { jobRequestSchema } from "../../../services/protocol/index.ts";
import { parseProfile } from "../../../services/worker/profile/load.ts";
import { SETTINGS } from "../../../stacks/settings.ts";
import { mermaidProblems } from "./mermaid.ts";
import { blocksOf, pages, root } from "./pages.ts";
import { commandsIn, shellStack } from "./shell.ts";

const scripts = (
  JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> }
).scripts;
const programs = [
  "npm",
  "npx",
  "node",
  "pulumi",
  "gcloud",
  "kubectl",
  "aws",
  "git",
  "curl",
  "openssl",
  "docker",
  "cd",
  ".ci/run",
];

/** What bash has against the block, then what is wrong with its commands. */
async function shellProblems(code: string): Promise<readonly string[]> {
  const { status, stderr } = spawnSync("bash", ["-n"], { input: code, encoding: "utf8" });
  return [
    ...(status === 0 ? [] : [stderr.trim()]),
    ...(await Promise.all(commandsIn(code).map(commandProblems))).flat(),
  ];
}

async function commandProblems(command: string): Promise<readonly string[]> {
  const words = command
    .trim()
    .split(/\s+/)
    .filter((word, index, all) => !(word === "--silent" && all[index - 1] === "run"));
  const [program = ""] = words.filter((word) => !/^[A-Z_]+=/.test(word));
  const wrong: string[] = [];
  if (
    !programs.includes(program) &&
    !/^(?:for|do|done|while|read|echo|cat|jq|base64|printf|tail|wc|then|if|fi|sleep|export)$/.test(program)
  )
    wrong.push(`${program} is no command that a reader has: ${command}`);
  const script = program === "npm" && words[1] === "run" ? words[2] : undefined;
  if (script !== undefined && !(script in scripts)) wrong.push(`there is no script ${script}`);
  if (script !== undefined && script in COMMANDS)
    wrong.push(...(await ownCommandProblems(words.slice(2).filter((word) => word !== "--"))));
  for (const [, key = ""] of command.matchAll(/mpegflow-gcs:([A-Za-z]+)/g))
    if (!(key in SETTINGS)) wrong.push(`there is no key ${key}`);
  return wrong;
}

/** What a command of this repository has against its command line. Files that it names may be the reader's. */
async function ownCommandProblems([name = "", ...argv]: readonly string[]): Promise<readonly string[]> {
  const entry = (COMMANDS as Readonly<Record<string, Entry>>)[name];
  if (entry === undefined) return [`there is no command ${name}`];
  if (argv.includes("--help") || argv.some((word) => word.includes("…"))) return [];
  const { problems } = await readCommandLine(await entry.load(), ...argv);
  return problems.filter((problem) => !/ does not exist| nor the directory of /.test(problem));
}

/** A fragment is the properties of an object, or whole statements: one of the two has to parse. */
function fragmentProblems(code: string): readonly string[] {
  const problemsOf = (text: string): readonly string[] =>
    (
      ts.transpileModule(text, {
        reportDiagnostics: true,
        compilerOptions: { target: ts.ScriptTarget.ESNext },
      }).diagnostics ?? []
    ).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "));
  const asStatements = problemsOf(code);
  return asStatements.length === 0 || problemsOf(`({${code}});`).length === 0 ? [] : asStatements;
}

/** By all that stands after the fence; a block of another kind is one that nobody checks. */
const checks: Readonly<Record<string, (code: string) => readonly unknown[] | Promise<readonly unknown[]>>> = {
  sh: shellProblems,
  json: (code) => [JSON.parse(code) as unknown].filter((value) => typeof value !== "object"),
  "json job-request": (code) =>
    jobRequestSchema.safeParse(JSON.parse(code.replaceAll("BUCKET", "my-media"))).error?.issues ?? [],
  "json local-line": (code) => jsonLineSchema.safeParse(JSON.parse(code)).error?.issues ?? [],
  ts: (code) => fragmentProblems(code),
  mermaid: mermaidProblems,
  "yaml profile": (code) => parseProfile("block", code).problems,
  yaml: (code) => [parse(code) as unknown].filter((value) => typeof value !== "object"),
};
/**
 * Checked elsewhere: programs by test/slow/readme-examples and test/slow/sdks, queries by test/unit/audit. A drawing is text; a fragment of a
 * program, which only runbooks have, is parsed here.
 */
const elsewhere = /^(?:ts resources=\d+|lql|sql|python|)$/;

describe.each(pages.flatMap(blocksOf).filter(({ language }) => !elsewhere.test(language)))(
  "$where",
  ({ language, code }) => {
    it(`is ${language} that holds`, async () => {
      const check = checks[shellStack(language) === undefined ? language : "sh"];
      if (check === undefined) throw new Error(`no test knows blocks of the kind "${language}"`);
      expect(await check(code)).toEqual([]);
    });
  },
);

it("Log lines that a runbook quotes are what the coordinator writes", () => {
  const source = ["queue/dead-letters.ts"]
    .map((file) => readFileSync(join(root, "services/coordinator", file), "utf8"))
    .join();
  for (const line of [
    "a dead letter names no job",
    "took a dead letter",
    "taking a dead letter failed; it will come again",
  ]) {
    expect(readFileSync(join(root, "docs/runbooks/dead-letters.md"), "utf8")).toContain(line);
    expect(source).toContain(line);
  }
});

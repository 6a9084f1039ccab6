import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { argumentLabel, type Command } from "../../../../tools/cli/command.ts";
import { COMMANDS } from "../../../../tools/commands.ts";
import type { Kind, Parameter } from "../../../../tools/cli/parameter.ts";
import { readCommandLine, tryCommandLine, WOULD_RUN } from "./world.ts";

const root = join(import.meta.dirname, "..", "..", "..", "..");
const folder = mkdtempSync(join(tmpdir(), "mpegflow-commands-"));
afterAll(() => {
  chmodSync(join(folder, "forbidden"), 0o600);
  rmSync(folder, { recursive: true, force: true });
});
const place = (name: string): string => join(folder, name);
mkdirSync(place("directory"));
writeFileSync(place("file"), "text: true\n");
writeFileSync(place("empty"), "");
writeFileSync(place("blank"), " \n\n");
writeFileSync(place("binary"), Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)));
writeFileSync(place("wrong-yaml"), "jobs: [1, 2\nother: }\n");
writeFileSync(place("wrong-json"), '{ "deployment": ');
writeFileSync(place("forbidden"), "secret: true\n", { mode: 0o000 });
const isRoot = process.getuid?.() === 0;
// Root may read and write everything.
const forbidden = isRoot ? [] : ["forbidden"];

/** What a parameter of each kind must refuse, by the kind of what it names. */
function badTexts(kind: Kind): readonly string[] {
  switch (kind.of) {
    case "number":
      return [String(kind.min - 1), String(kind.max + 1), "x", "1e3", "-1", "0x10", "NaN"];
    case "choice":
      return ["no-such-value", `${kind.values[0] ?? ""}x`];
    case "input":
      return badInputs(kind.format).map(place);
    case "output":
      return [kind.format === "file" ? "directory" : "file", "file/below"].map(place);
    case "flag":
    case "text":
      return [];
  }
}

function badInputs(format: Extract<Kind, { of: "input" }>["format"]): readonly string[] {
  switch (format) {
    case "media":
      return ["missing", "file/below", "directory", "empty", ...forbidden];
    case "directory":
      return ["missing", "file", "file/below"];
    case "yaml":
      return ["missing", "file/below", "directory", "empty", "blank", "binary", "wrong-yaml", ...forbidden];
    case "json":
      return ["missing", "file/below", "directory", "empty", "blank", "binary", "wrong-json", ...forbidden];
  }
}

/** A right text for an argument that cannot be left out. */
function goodText(name: string, { kind }: Parameter<unknown>): string {
  if (kind.of === "choice") return kind.values[0] ?? "";
  if (kind.of === "input" && kind.format === "yaml") return join(root, "examples/rate-profile/workload.yaml");
  if (kind.of === "output") return place("made");
  if (name === "target") return "prod";
  if (name === "registry") return "us-docker.pkg.dev/my-project/mpegflow";
  throw new Error(`say here what is a right ${name}`);
}

/** The command's arguments as they have to be, but for one. */
function argumentsOf(command: Command, ...[name, text]: [name?: string, text?: string]): string[] {
  return Object.entries(command.arguments).flatMap(([own, parameter]) => {
    if (own === name) return text === undefined ? [] : [text];
    return parameter.occurrence === "required" ? [goodText(own, parameter)] : [];
  });
}

const tried = (...argv: string[]) => tryCommandLine(COMMANDS, ...argv);

/** Refused in a few lines, the first of which names what is wrong. */
async function expectRefusal(argv: readonly string[], about: string): Promise<void> {
  const { code, stdout, stderr } = await tried(...argv);
  const lines = stderr.trimEnd().split("\n");
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: "" });
  expect(lines[0]).toContain(about);
  expect(lines.length).toBeLessThanOrEqual(4);
  expect(lines.at(-1)).toBe(`Help: npm run ${argv[0] ?? ""} -- --help`);
  for (const line of lines.slice(0, -1)) expect(line).toMatch(/^mpegflow .*[.?]$/);
  expect(stderr).not.toMatch(/\bE[A-Z]{4,}\b|^ +at |Error:|undefined|\[object/m);
  expect(stderr).not.toContain("secret: true");
}

const commands = await Promise.all(
  Object.entries(COMMANDS).map(async ([name, { load }]) => ({ name, command: await load() })),
);

describe.each(commands)("mpegflow $name", ({ name, command }) => {
  const options = Object.entries(command.options);
  const positional = Object.entries(command.arguments);

  it.each([["--help"], ["-h"], ["--no-such-option", "--help"]])(
    "shows all of itself by %j",
    async (...help) => {
      const { code, stdout, stderr } = await tried(name, ...help);
      const text = stdout.replaceAll(/\s+/g, " ");
      expect([code, stderr]).toEqual([0, ""]);
      for (const [option, { placeholder, meaning, default: byDefault }] of options) {
        expect(text).toContain(`--${option}${placeholder === "" ? "" : ` ${placeholder}`} `);
        expect(text).toContain(meaning);
        if (byDefault !== undefined) expect(text).toContain(`default ${byDefault}`);
      }
      for (const [argument, { meaning }] of positional) {
        expect(text).toContain(argumentLabel(argument));
        expect(text).toContain(meaning);
      }
      for (const paragraph of command.description) expect(text).toContain(paragraph);
      for (const [line] of command.examples)
        expect(text).toContain(`npm run ${name}${line === "" ? "" : ` -- ${line}`}`);
      for (const [code, meaning] of Object.entries(command.exits))
        expect(text).toContain(`${code} ${meaning}`);
      expect(text).toContain(`Documentation: ${command.docs}`);
    },
  );

  it("is an npm script, has a page of documentation, and examples that it takes", async () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    expect(scripts[name]).toBe(`node tools/main.ts ${name}`);
    expect(existsSync(join(root, command.docs))).toBe(true);
    expect(command.examples.length).toBeGreaterThan(0);
    for (const [line] of command.examples) {
      const { problems } = await readCommandLine(command, ...line.split(" ").filter((word) => word !== ""));
      // An example may name a file of the reader's.
      expect(problems.filter((problem) => !/ does not exist| nor the directory of /.test(problem))).toEqual(
        [],
      );
    }
  });

  it("runs with what it requires and nothing else", async () => {
    const { code, stderr } = await tried(
      name,
      ...argumentsOf(command),
      ...(name === "cost" ? ["prod", "--stored-tb", "1"] : []),
    );
    expect([code, stderr]).toEqual([WOULD_RUN, ""]);
  });

  it("takes options and no more arguments", async () => {
    const all = positional.map(([argument, parameter]) =>
      parameter.occurrence === "required" ? goodText(argument, parameter) : "x",
    );
    await expectRefusal([name, ...all, "one-too-many"], '"one-too-many": too many arguments.');
  });

  if (command.handsOn === undefined) {
    it.each(["--no-such-option", "--no-such-option=3", "-x"])("refuses %s", async (option) => {
      const shown = option.replace("=3", "");
      await expectRefusal([name, ...argumentsOf(command), option], `unknown option ${shown}.`);
    });
  } else {
    it("hands an option that it does not know on, and what follows it", async () => {
      const { problems, rest } = await readCommandLine(command, ...argumentsOf(command), "--diff", "x");
      expect({ problems, rest }).toEqual({ problems: [], rest: ["--diff", "x"] });
    });
  }

  if (options.length > 0) {
    it.each(options.map(([option]) => option))(
      "knows what --%s was meant to be, with a letter left out",
      async (option) => {
        await expectRefusal(
          [name, ...argumentsOf(command), `--${option.slice(0, -1)}`],
          `unknown option --${option.slice(0, -1)}. Did you mean --`,
        );
      },
    );

    it.each(options)("refuses --%s in a form that it has not", async (option, { kind, occurrence }) => {
      const label = `--${option}`;
      const base = [name, ...argumentsOf(command)];
      if (kind.of === "flag") {
        await expectRefusal([...base, `${label}=yes`], `${label} takes no value.`);
        return;
      }
      await expectRefusal([...base, label], `${label}: has no value. Give`);
      await expectRefusal([...base, label, "--"], `${label}: has no value. Give`);
      if (occurrence !== "repeatable")
        await expectRefusal([...base, `${label}=1`, label, "2"], `${label}: is given 2 times. Give it once.`);
    });
  }

  const wrong = [
    ...options.flatMap(([option, { kind }]) =>
      badTexts(kind).map((text): [string, string[]] => [
        `--${option}`,
        [...argumentsOf(command), `--${option}=${text}`],
      ]),
    ),
    ...positional.flatMap(([argument, { kind }]) =>
      badTexts(kind)
        .filter((text) => !text.startsWith("-"))
        .map((text): [string, string[]] => [argumentLabel(argument), argumentsOf(command, argument, text)]),
    ),
  ];
  if (wrong.length > 0) {
    it.each(wrong)("refuses a %s that is wrong: %j", async (label, argv) => {
      await expectRefusal([name, ...argv], `${label}: `);
    });
  }

  const needed = positional.filter(([, { occurrence }]) => occurrence === "required");
  if (needed.length > 0) {
    it.each(needed)("does not run without %s", async (argument) => {
      const { problems } = await readCommandLine(command, ...argumentsOf(command, argument));
      expect(problems.join()).toContain(`${argumentLabel(argument)}: is missing. Give `);
    });
  }
});

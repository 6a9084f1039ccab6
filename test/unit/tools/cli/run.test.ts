import { describe, expect, it } from "vitest";
import { defineCommand } from "../../../../tools/cli/command.ts";
import { COMMANDS } from "../../../../tools/commands.ts";
import { type Entry } from "../../../../tools/cli/entry.ts";
import { number, required, text } from "../../../../tools/cli/parameter.ts";
import { run } from "../../../../tools/cli/run.ts";
import { UsageError } from "../../../../tools/cli/usage-error.ts";
import { SetupError } from "../../../../sandbox/process/index.ts";
import { textStream, tryCommandLine } from "./world.ts";

const texts = {
  ...{ description: ["d"], examples: [], docs: "README.md" },
  exits: { 0: "good", 1: "bad", 2: "wrong" },
};

/** A command that ends as told. */
function ending(how: () => number): Record<string, Entry> {
  const it = defineCommand({
    ...texts,
    arguments: {},
    options: {},
    run: () => Promise.resolve().then(how),
  });
  return { it: { summary: "s", load: () => Promise.resolve(it) } };
}

async function ran(commands: Record<string, Entry>, ...argv: string[]) {
  const [stdout, stderr] = [textStream(), textStream()];
  const code = await run(argv, { stdout, stderr }, commands);
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

const failing = (error: unknown) =>
  ran(
    ending(() => {
      throw error;
    }),
    "it",
  );

describe("mpegflow", () => {
  it.each([["--help"], ["-h"], ["help"]])("lists every command by %s", async (argument) => {
    const { code, stdout, stderr } = await tryCommandLine(COMMANDS, argument);
    expect([code, stderr]).toEqual([0, ""]);
    for (const [name, { summary }] of Object.entries(COMMANDS))
      expect(stdout).toMatch(new RegExp(`^ +${name} +${summary}`, "m"));
  });

  it("shows a command's help by `help COMMAND` too", async () => {
    const [one, other] = [
      await tryCommandLine(COMMANDS, "help", "cost"),
      await tryCommandLine(COMMANDS, "cost", "--help"),
    ];
    expect(one).toEqual(other);
  });

  it.each([["--version"], ["-V"]])("tells its version by %s", async (argument) => {
    const { code, stdout } = await tryCommandLine(COMMANDS, argument);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it("shows help on stderr and fails where no command is named", async () => {
    const { code, stdout, stderr } = await tryCommandLine(COMMANDS);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("Usage: npm run COMMAND -- [options]");
  });

  it.each([
    ["cots", 'mpegflow: unknown command "cots". Did you mean cost?'],
    ["something-else", 'mpegflow: unknown command "something-else".'],
    ["toString", 'mpegflow: unknown command "toString".'],
    ["--verison", 'mpegflow: "--verison" is neither a command nor an option.'],
  ])("refuses %s", async (argument, line) => {
    const { code, stdout, stderr } = await tryCommandLine(COMMANDS, argument);
    expect([code, stdout, stderr]).toEqual([2, "", `${line}\nHelp: npm run mpegflow -- --help\n`]);
  });

  it("has colours on a terminal alone", async () => {
    const written = async (isTTY: boolean) => {
      const stdout = textStream(isTTY);
      await run(["--help"], { stdout, stderr: textStream() });
      return stdout.text().includes("\x1b[");
    };
    expect([await written(true), await written(false)]).toEqual([true, false]);
    process.env["NO_COLOR"] = "1";
    try {
      expect(await written(true)).toBe(false);
    } finally {
      delete process.env["NO_COLOR"];
    }
  });
});

describe("a command line", () => {
  const command = defineCommand({
    ...texts,
    arguments: { first: required(text({ meaning: "a text" })) },
    options: { size: number({ meaning: "a number", min: 1, max: 5 }) },
    run: () => Promise.resolve(0),
  });
  const commands = { it: { summary: "s", load: () => Promise.resolve(command) } };

  it("is refused with everything that is wrong at once", async () => {
    const { code, stderr } = await ran(commands, "it", "--sise", "--size=9", "--other");
    expect([code, stderr.split("\n")]).toEqual([
      2,
      [
        "mpegflow it: unknown option --sise. Did you mean --size?",
        "mpegflow it: unknown option --other.",
        'mpegflow it: --size: "9" is not a number from 1 to 5.',
        "mpegflow it: FIRST: is missing. Give a text.",
        "Help: npm run it -- --help",
        "",
      ],
    ]);
  });

  it("takes what follows -- for arguments", async () => {
    expect(await ran(commands, "it", "--", "--size")).toEqual({ code: 0, stdout: "", stderr: "" });
  });
});

describe("a command", () => {
  it("ends with the code that it says", async () => {
    expect(
      await ran(
        ending(() => 130),
        "it",
      ),
    ).toEqual({ code: 130, stdout: "", stderr: "" });
  });

  it.each([
    [new SetupError("Install ffmpeg."), 1, "Install ffmpeg.\n"],
    [
      new UsageError(["a.yaml: jobs is 3.", "a.yaml: minutes is 0."]),
      2,
      "mpegflow it: a.yaml: jobs is 3.\nmpegflow it: a.yaml: minutes is 0.\nHelp: npm run it -- --help\n",
    ],
    [
      Object.assign(new Error("EACCES: permission denied, open '/x'"), { code: "EACCES", path: "/x" }),
      1,
      "/x: permission denied.\n",
    ],
    [Object.assign(new Error("ENOSPC"), { code: "ENOSPC" }), 1, "no space is left on the device.\n"],
  ])("that fails with %s tells it without a stack trace", async (error, code, stderr) => {
    expect(await failing(error)).toEqual({ code, stdout: "", stderr });
  });

  it("that fails for a defect of ours shows where", async () => {
    const { code, stderr } = await failing(new TypeError("x is not a function"));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^TypeError: x is not a function\n +at /);
  });
});

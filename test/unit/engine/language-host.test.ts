import languagePb from "@pulumi/pulumi/proto/language_pb.js";
import fc from "fast-check";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { configJson } from "../../../sandbox/engine/language-host/config.ts";
import { packageRoot, programDependencies } from "../../../sandbox/engine/language-host/dependencies.ts";
import {
  parseRuntimeOptions,
  programNodeArguments,
  splitArguments,
} from "../../../sandbox/engine/language-host/options.ts";
import { parseEnvironment } from "../../../sandbox/engine/language-host/run-plugin.ts";
import { outcome, programArguments } from "../../../sandbox/engine/language-host/run-program.ts";
import { locateSdk } from "../../../sandbox/engine/language-host/sdk.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url)).replace(/\/$/, "");

describe("The configuration of a program", () => {
  test("has the keys that every version of the SDK reads", () => {
    const config = configJson([
      ["shop:region", "us-east1"],
      ["gcp:config:project", "p"],
    ]);
    expect(JSON.parse(config)).toEqual({ "shop:config:region": "us-east1", "gcp:config:project": "p" });
  });

  test("keeps every value as it is", () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        expect(JSON.parse(configJson([["a:b", value]]))).toEqual({ "a:config:b": value });
      }),
    );
  });
});

describe("The runtime options of a project", () => {
  test("default to TypeScript and no arguments", () => {
    expect(parseRuntimeOptions(undefined)).toMatchObject({ typescript: true, nodeargs: "" });
  });

  test("are refused all at once, by their names", () => {
    expect(() => parseRuntimeOptions({ typescript: "yes", nodeargs: 1 })).toThrow(
      /runtime\.options\.typescript: .*; runtime\.options\.nodeargs: /,
    );
  });

  test("that are not known are refused", () => {
    expect(() => parseRuntimeOptions({ typscript: false })).toThrow(/typscript/);
  });
});

describe("Arguments for Node", () => {
  test("are the project's, and the quick start's where the SDK compiles no TypeScript", () => {
    const nodeargs = "--title a";
    expect(programNodeArguments(parseRuntimeOptions({ nodeargs }))).toEqual(["--title", "a"]);
    expect(programNodeArguments(parseRuntimeOptions({ nodeargs, typescript: false }))).toEqual([
      ...["--title", "a", "--require"],
      expect.stringMatching(/quick-start\.cjs$/),
    ]);
  });

  test.each([
    ["", []],
    ["--enable-source-maps", ["--enable-source-maps"]],
    ["--title 'a b' --max-old-space-size=4096", ["--title", "a b", "--max-old-space-size=4096"]],
    [`--title="a \\"b\\" c"`, [`--title=a "b" c`]],
    ["a\\ b", ["a b"]],
  ])("%j are %j", (line, words) => {
    expect(splitArguments(line)).toEqual(words);
  });

  test("in single quotes are taken as they are", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }).filter((word) => !word.includes("'")),
        (word) => {
          expect(splitArguments(`'${word}'`)).toEqual([word]);
        },
      ),
    );
  });
});

describe("The command line of a program", () => {
  const request = (): InstanceType<typeof languagePb.RunRequest> =>
    new languagePb.RunRequest()
      .setMonitorAddress("127.0.0.1:1")
      .setOrganization("organization")
      .setProject("shop")
      .setStack("dev")
      .setParallel(16)
      .setArgsList(["extra"])
      .setInfo(
        new languagePb.ProgramInfo()
          .setRootDirectory("/shop")
          .setProgramDirectory("/shop/stacks")
          .setEntryPoint("index.ts"),
      );

  test("tells it everything about its stack", () => {
    expect(programArguments(request(), "127.0.0.1:2", "/shop/stacks").join(" ")).toBe(
      "--monitor 127.0.0.1:1 --engine 127.0.0.1:2 --organization organization --project shop " +
        "--root-directory /shop --stack dev --pwd /shop/stacks --parallel 16 index.ts extra",
    );
  });

  test("says when it is a preview", () => {
    expect(programArguments(request().setDryrun(true), "e", "/shop")).toContain("--dry-run");
  });

  test("leaves the choice of the module to package.json when the project names none", () => {
    const without = request().setArgsList([]).setInfo(new languagePb.ProgramInfo());
    expect(programArguments(without, "e", "/shop").at(-1)).toBe(".");
  });
});

describe("The outcome of a program", () => {
  test("is no error when it ended well", () => {
    expect(outcome({ code: 0, signal: null })).toEqual({ error: "", bail: false });
  });

  test("needs no words when the program has explained itself", () => {
    expect(outcome({ code: 32, signal: null })).toEqual({ error: "", bail: true });
  });

  test.each([
    [{ code: 3, signal: null }, "The program exited with code 3."],
    [{ code: 1, signal: "SIGKILL" }, "The program was ended by SIGKILL."],
    [
      { code: undefined, signal: null, error: new Error("no such file") },
      "The program could not be started: no such file",
    ],
  ] as const)("%o is told as %j", (ended, error) => {
    expect(outcome(ended)).toEqual({ error, bail: false });
  });
});

describe("The environment of a plugin", () => {
  test("is what the engine sent, the last of a name winning, values with any character", () => {
    expect(parseEnvironment(["A=1", "B=x=y", "A=2", "C="])).toEqual({ A: "2", B: "x=y", C: "" });
  });
});

describe("The SDK of a program", () => {
  test("is the one the program itself would import", () => {
    expect(locateSdk("run", root)).toBe(`${root}/node_modules/@pulumi/pulumi/cmd/run/index.js`);
  });

  test("that is not installed is asked for in a sentence", () => {
    expect(() => locateSdk("run", "/")).toThrow(/not installed for the program in \/.*npm install/);
  });
});

describe("The dependencies of a program", () => {
  test("are those of its package, with the versions installed", () => {
    const dependencies = programDependencies(`${root}/test/unit`, false);
    expect(dependencies).toContainEqual({
      name: "@pulumi/pulumi",
      version: expect.stringMatching(/^3\./) as string,
    });
    expect(dependencies.map(({ name }) => name)).not.toContain("minimist");
  });

  test("are all that is installed when transitive ones are wanted", () => {
    const names = programDependencies(root, true).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["@pulumi/pulumi", "minimist"]));
  });

  test("are none outside of any package", () => {
    expect([packageRoot("/"), programDependencies("/", false)]).toEqual([undefined, []]);
  });
});

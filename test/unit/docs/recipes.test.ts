import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { root, textOf } from "./pages.ts";

const PAGE = "docs/contributing.md";

interface Recipe {
  /** As its heading says: `3`. */
  readonly places: number;
  /** The first linked file or folder of each numbered step. */
  readonly files: readonly string[];
}

/** The recipe under the heading `### A codec: 2 places`. */
function recipe(subject: string): Recipe {
  const section = new RegExp(`^### ${subject}: (\\d+) places?\\n([^]*?)(?=^#|(?![^]))`, "m").exec(
    textOf(PAGE),
  );
  if (section === null) throw new Error(`${PAGE} has no recipe for ${subject}`);
  const [, places = "", text = ""] = section;
  const steps = text.split(/^(?=\d+\. )/m).filter((part) => /^\d+\. /.test(part));
  return {
    places: Number(places),
    files: steps.flatMap((step) => {
      const link = /\]\(([^)]+)\)/.exec(step)?.[1];
      return link === undefined ? [] : [normalize(join(dirname(PAGE), link))];
    }),
  };
}

const sourcesOf = (pattern: string): string[] =>
  globSync(pattern, { cwd: root }).filter(
    (file) => !file.includes("node_modules") && !file.includes("dist/"),
  );

/** Files that have a token for which `is` holds: comments do not count. */
function filesWith(files: readonly string[], is: (node: ts.Node) => boolean): string[] {
  const holds = (node: ts.Node): boolean => is(node) || (ts.forEachChild(node, holds) ?? false);
  return files
    .filter((file) =>
      holds(ts.createSourceFile(file, readFileSync(join(root, file), "utf8"), ts.ScriptTarget.Latest)),
    )
    .toSorted();
}
const names =
  (name: string) =>
  (node: ts.Node): boolean =>
    ts.isIdentifier(node) && node.text === name;
const says =
  (text: string) =>
  (node: ts.Node): boolean =>
    ts.isStringLiteralLike(node) && node.text === text;

describe("the recipe for a policy", () => {
  const { places, files } = recipe("A policy");
  const policies = sourcesOf("policy/**/*.ts");

  it.each(["missesAreForgottenSoon", "noServiceAccountKeys", "dataStaysWhereAllowed", "workersHoldNoRoles"])(
    "names every place of %s",
    (policy) => {
      const found = filesWith(policies, names(policy));
      expect(found).toHaveLength(places);
      const [family = "", list = ""] = files;
      expect(found).toContain(list);
      expect(new Set(found.map((file) => file.split("/")[0]))).toEqual(new Set([family]));
    },
  );
});

describe("the recipe for an HTTP route", () => {
  const { places, files } = recipe("An HTTP route");

  it.each(["/v1/leases/:jobId/heartbeat", "/v1/jobs/:jobId/cancel", "/v1/openapi.json"])(
    "names every place of %s",
    (path) => {
      const found = filesWith(sourcesOf("services/coordinator/**/*.ts"), says(path));
      expect(found).toHaveLength(places);
      expect(found.map((file) => dirname(file))).toEqual(files);
    },
  );
});

describe("the recipe for an environment variable", () => {
  const { places, files } = recipe("An environment variable");
  const [tables = "", programs = ""] = files;
  const sources = sourcesOf("{components,services}/**/*.ts");

  it.each([
    ["coordinator", "MPEGFLOW_BACKLOG_SECONDS"],
    ["coordinator", "MPEGFLOW_LEASES_PER_POD"],
    ["worker", "MPEGFLOW_SCRATCH_RESERVE_MIB"],
    ["worker", "MPEGFLOW_SETPRIV"],
  ])("names every place of what an operator tells the %s by %s", (program, variable) => {
    const found = filesWith(sources, names(variable));
    expect(found).toEqual([`${programs}/${program}/config.ts`, `${tables}/${program}.ts`].toSorted());
    expect(found).toHaveLength(places);
  });

  it.each([
    ["coordinator", "MPEGFLOW_BACKLOG", "coordinator-settings"],
    ["coordinator", "MPEGFLOW_LEASE_SECRET", "coordinator-settings"],
    ["worker", "MPEGFLOW_IDLE_SECONDS", "encoder-pod"],
    ["worker", "MPEGFLOW_SPOT", "encoder-pod"],
  ])("names every place of what a component tells the %s by %s", (program, variable, component) => {
    const file = `components/workloads/${component}.ts`;
    expect(textOf(PAGE)).toContain(`(../${file})`);
    const found = filesWith(sources, names(variable)).filter(
      (one) => one !== "components/workloads/limits.ts",
    );
    expect(found).toEqual([file, `${programs}/${program}/config.ts`, `${tables}/${program}.ts`].toSorted());
  });
});

describe("the recipe for a bucket option", () => {
  const { places, files } = recipe("A bucket option");

  it.each(["ipFilter", "cors", "accessLogs"])("names every place of %s", (option) => {
    const own = sourcesOf("components/storage/*.ts").filter(
      (file) => !["access-logs", "cors", "ip-filter", "index"].some((name) => file.endsWith(`/${name}.ts`)),
    );
    expect(filesWith(own, names(option))).toEqual([...files].toSorted());
    expect(files).toHaveLength(places);
  });
});

describe("the recipe for a codec", () => {
  const { places, files } = recipe("A codec");
  const [encoders = "", codecNames = ""] = files.map((file) => join(root, file));

  /** Files of the worker that the compiler refuses once `edit` is made to the encoders. */
  function refusedBy(edit: (text: string) => string): string[] {
    const roots = sourcesOf("services/worker/**/*.ts").map((file) => join(root, file));
    const { config } = ts.readConfigFile(join(root, "tsconfig.json"), (file) => ts.sys.readFile(file)) as {
      config: { compilerOptions: object };
    };
    const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
    const host = ts.createCompilerHost(options);
    const read = host.getSourceFile.bind(host);
    host.getSourceFile = (file, target, ...rest) =>
      file === encoders
        ? ts.createSourceFile(file, edit(readFileSync(file, "utf8")), target, true)
        : read(file, target, ...rest);
    const program = ts.createProgram(
      roots,
      { ...options, types: ["node"], typeRoots: [join(root, "node_modules/@types")] },
      host,
    );
    return roots.filter((file) => program.getSemanticDiagnostics(program.getSourceFile(file)).length > 0);
  }

  it("names every place that the compiler asks for", { timeout: 60_000 }, () => {
    expect(places).toBe(2);
    expect(refusedBy((text) => text)).toEqual([]);
    expect(
      refusedBy((text) =>
        text
          .replace('["h264", "hevc", "av1"]', '["h264", "hevc", "av1", "vvc"]')
          .replace(
            '"libaom-av1"] as const;\nexport type VideoEncoder',
            '"libaom-av1", "libvvenc"] as const;\nexport type VideoEncoder',
          ),
      ).toSorted(),
    ).toEqual([encoders, codecNames].toSorted());
  });
});

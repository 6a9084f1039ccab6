import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { NODE_VERSIONS } from "../../slow/consumers/consumers.ts";
import { pages, root, textOf } from "./pages.ts";

const PAGE = "docs/versions.md";
/** The cell about Node.js, by what needs it. */
const table = new Map(
  textOf(PAGE)
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .map(([, what = "", version = ""]) => [what, version]),
);
const cell = (start: string): string => {
  const rows = [...table].filter(([what]) => what.startsWith(start));
  if (rows.length !== 1) throw new Error(`${rows.length} rows begin with "${start}"`);
  return rows[0]?.[1] ?? "";
};
const textAt = (file: string): string => readFileSync(join(root, file), "utf8");
const manifest = (file: string) =>
  JSON.parse(textAt(file)) as {
    engines?: { node?: string };
    devDependencies?: Readonly<Record<string, string>>;
  };
/** `20` of `>=20`. */
const leastOf = (file: string): string => {
  const range = /^>=(\d+(?:\.\d+)*)$/.exec(manifest(file).engines?.node ?? "");
  if (range?.[1] === undefined) throw new Error(`${file} has no engines.node of the form >=N`);
  return range[1];
};
const majors = NODE_VERSIONS.map((version) => version.split(".")[0] ?? "");
const listed = `${majors.slice(0, -1).join(", ")} and ${majors.at(-1) ?? ""}`;
const own = manifest("package.json").devDependencies?.["node"] ?? "";

describe(`the table of ${PAGE}`, () => {
  it("has what the package asks for, and what it is tested on", () => {
    expect(cell("the package in")).toBe(
      `${leastOf("components/package.json")} or newer; ${listed} are tested`,
    );
    expect(majors).toContain(leastOf("components/package.json"));
  });

  it("has what Pulumi's SDK asks for", () => {
    expect(cell("Pulumi's own SDK")).toContain(
      `${leastOf("node_modules/@pulumi/pulumi/package.json")} or newer`,
    );
  });

  it("has the Node.js that the repository brings", () => {
    expect(cell("this repository: what `npm run`")).toContain(`${own},`);
  });

  it("has what strips the repository's types, with npm's Node.js or without", () => {
    expect(cell("this repository: `node`")).toContain(`${leastOf("package.json")} or newer`);
    expect(cell("the plugin")).toContain(`${leastOf("package.json")} or newer`);
  });

  it("has the Node.js of every image", () => {
    const images = globSync("services/*/Dockerfile", { cwd: root }).flatMap((file) =>
      [...textAt(file).matchAll(/^FROM node:([\d.]+)-/gm)].map(([, version]) => version),
    );
    expect(images.length).toBeGreaterThan(1);
    expect(new Set(images)).toEqual(new Set([own]));
    expect(cell("the images")).toContain(`${own},`);
  });

  it("has the Node.js of the example workflows", () => {
    const versions = globSync("examples/ci/**/*.{yaml,yml}", { cwd: root }).flatMap((file) =>
      [...textAt(file).matchAll(/node-version: (\d+)/g)].map(([, version]) => version),
    );
    expect(versions.length).toBeGreaterThan(0);
    expect(new Set(versions)).toEqual(new Set([cell("the workflows")]));
  });

  it("has every version that another page names", () => {
    const known = new Set([...table.values()].flatMap((text) => text.match(/\d+(?:\.\d+)*/g) ?? []));
    const odd = pages.flatMap((page) =>
      [...textOf(page).matchAll(/\bNode\.js (\d+(?:\.\d+)*)/g)]
        .filter(([, version = ""]) => !known.has(version))
        .map(([text]) => `${page}: ${text}`),
    );
    expect(odd).toEqual([]);
  });

  it("is what the README says of starting npm", () => {
    expect(textOf("README.md")).toContain(`Node.js ${cell("this repository: starting")} to start npm`);
  });
});

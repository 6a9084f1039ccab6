import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { stackFiles, type StackFiles } from "../../../sandbox/engine/empty-stacks.ts";
import { openWorkspace } from "../../../sandbox/engine/workspace.ts";

let directory: string;
let backend: string;
let files: StackFiles;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "mpegflow-stacks-"));
  const workspace = openWorkspace(directory);
  backend = join(workspace.stateDirectory, ".pulumi");
  files = stackFiles(workspace, "shop", "dev");
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const inState = (name: string): string => join(backend, "stacks", "shop", name);

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

describe("An empty stack", () => {
  beforeEach(() => {
    write(inState("dev.json"), "empty");
    write(inState("dev.json.bak"), "as it was before");
  });

  test("leaves the state, and comes back whole", () => {
    files.keepEmpty()();
    expect(files.exists()).toBe(false);
    expect(existsSync(inState("dev.json.bak"))).toBe(false);

    expect(files.putBack()).toBe(true);
    expect(readFileSync(inState("dev.json"), "utf8")).toBe("empty");
    expect(readFileSync(inState("dev.json.bak"), "utf8")).toBe("as it was before");
  });

  test("leaves the files of a stack alone whose name begins like its own", () => {
    write(inState("dev.json.json"), "another");
    files.keepEmpty()();
    expect(readFileSync(inState("dev.json.json"), "utf8")).toBe("another");
  });

  test("stays where something has been made in it meanwhile", () => {
    const remove = files.keepEmpty();
    write(inState("dev.json"), "a bucket");
    remove();
    expect(readFileSync(inState("dev.json"), "utf8")).toBe("a bucket");
    expect(files.putBack()).toBe(false);
  });

  test("stays while an update holds its lock", () => {
    const remove = files.keepEmpty();
    write(join(backend, "locks", "organization", "shop", "dev", "1.json"), "{}");
    remove();
    expect(files.exists()).toBe(true);
  });

  test("may have gone meanwhile", () => {
    const remove = files.keepEmpty();
    rmSync(inState("dev.json"));
    remove();
    expect(files.putBack()).toBe(false);
  });
});

test("A stack that was never there is not put back", () => {
  expect(files.putBack()).toBe(false);
  expect(files.exists()).toBe(false);
});

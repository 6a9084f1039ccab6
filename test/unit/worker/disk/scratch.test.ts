import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createScratch, removeStaleScratch } from "../../../../services/worker/disk/scratch.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "mpegflow-scratch-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const leave = async (name: string, owner: unknown) => {
  await mkdir(path.join(root, name));
  await writeFile(
    path.join(root, name, "owner.json"),
    typeof owner === "string" ? owner : JSON.stringify(owner),
  );
};
/** The id of a process that has just ended. */
const deadPid = () => spawnSync("true").pid;

describe("the scratch directory of an attempt", () => {
  it("is one of its own, also for the same attempt", async () => {
    const one = await createScratch(root, "job", 1);
    const other = await createScratch(root, "job", 1);
    expect(one.directory).not.toBe(other.directory);
    expect(existsSync(other.outputs)).toBe(true);
  });

  it("is gone with everything in it when removed", async () => {
    const scratch = await createScratch(root, "job", 1);
    await writeFile(scratch.input, "x");
    await scratch.remove();
    expect(await readdir(root)).toEqual([]);
  });

  it("can be removed twice", async () => {
    const scratch = await createScratch(root, "job", 1);
    await scratch.remove();
    await expect(scratch.remove()).resolves.toBeUndefined();
  });
});

describe("what dead workers left", () => {
  it("is removed", async () => {
    await leave("attempt-a-1-x", { host: hostname(), pid: deadPid() });
    expect(await removeStaleScratch(root)).toBe(1);
    expect(await readdir(root)).toEqual([]);
  });

  it("is removed when a predecessor had this process's own id", async () => {
    await leave("attempt-a-1-x", { host: hostname(), pid: process.pid });
    expect(await removeStaleScratch(root)).toBe(1);
  });

  it.each([
    ["a live worker's", { host: hostname(), pid: process.ppid }],
    ["another host's", { host: "elsewhere", pid: 1 }],
    ["one without a readable owner", "not json"],
  ])("does not include %s", async (_, owner) => {
    await leave("attempt-a-1-x", owner);
    expect(await removeStaleScratch(root)).toBe(0);
    expect(await readdir(root)).toEqual(["attempt-a-1-x"]);
  });

  it("is nothing where there is no directory yet", async () => {
    expect(await removeStaleScratch(path.join(root, "absent"))).toBe(0);
  });
});

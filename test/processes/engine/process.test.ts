import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { plainText } from "../../../sandbox/engine/plain-text.ts";
import { runEngine } from "../../../sandbox/engine/run.ts";
import { defaultCacheDirectory, duration, terminalReport, withLock } from "../../../sandbox/process/index.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "mpegflow-process-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe("Running the engine", () => {
  const shell = (script: string, options: Partial<Parameters<typeof runEngine>[3]> = {}) =>
    runEngine("/bin/sh", ["-c", script], { PATH: process.env["PATH"] }, { cwd: directory, ...options });

  test("gives the exit code and both streams", async () => {
    expect(await shell("echo out; echo err >&2; exit 3")).toEqual({
      exitCode: 3,
      stdout: "out\n",
      stderr: "err\n",
      interrupted: false,
    });
  });

  test("has 128 plus the signal's number for one that was killed", async () => {
    expect(await shell("kill -9 $$")).toMatchObject({ exitCode: 137 });
  });

  test("removes colours from what it prints", async () => {
    expect(await shell("printf '\\033[31mred\\033[0m'")).toMatchObject({ stdout: "red" });
  });

  test("interrupts it once when the caller gives up", async () => {
    const caller = new AbortController();
    const result = await shell("trap 'echo interrupted' INT; echo ready; sleep 0.5 & wait; wait; echo done", {
      signal: caller.signal,
      onOutput: (text) => {
        if (text.includes("ready")) caller.abort();
      },
    });
    expect(result).toMatchObject({ exitCode: 0, stdout: "ready\ninterrupted\ndone\n", interrupted: true });
  });

  test("leaves no listener behind", async () => {
    const before = process.listenerCount("SIGINT");
    await shell("true");
    expect(process.listenerCount("SIGINT")).toBe(before);
  });

  test("rejects when the program is not there", async () => {
    await expect(runEngine(join(directory, "none"), [], {}, { cwd: directory })).rejects.toThrow("ENOENT");
  });
});

describe("Text without control sequences", () => {
  test("is the same however the text is cut", () => {
    const pieces = fc.array(fc.constantFrom("\x1b[31m", "\x1b[0m", "a", "b c", "\n", "é"), { maxLength: 20 });
    fc.assert(
      fc.property(pieces, fc.array(fc.nat(5), { maxLength: 60 }), (parts, cuts) => {
        const text = parts.join("");
        const plain = plainText();
        let [result, position] = ["", 0];
        for (const cut of cuts) {
          result += plain.next(text.slice(position, position + cut));
          position += cut;
        }
        result += plain.next(text.slice(position)) + plain.rest();
        expect(result).toBe(parts.filter((part) => !part.startsWith("\x1b")).join(""));
      }),
    );
  });
});

describe("A lock", () => {
  const file = (): string => join(directory, "lock");
  const hold = (holder: object): void => {
    writeFileSync(file(), JSON.stringify(holder));
  };

  test("lets one in after the other, and tells who waits whom for", async () => {
    const events: string[] = [];
    const waited: number[] = [];
    const work = (name: string) => async (): Promise<void> => {
      events.push(`${name} in`);
      await new Promise((resolve) => setTimeout(resolve, 50));
      events.push(`${name} out`);
    };
    await Promise.all([
      withLock(file(), work("a"), (pid) => waited.push(pid)),
      withLock(file(), work("b"), (pid) => waited.push(pid)),
    ]);
    expect(events.map((event) => event.slice(2))).toEqual(["in", "out", "in", "out"]);
    expect(waited).toEqual([process.pid]);
    expect(existsSync(file())).toBe(false);
  });

  test("is given back when the work fails", async () => {
    await expect(withLock(file(), () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(existsSync(file())).toBe(false);
  });

  test("of a dead process is taken over", async () => {
    hold({ pid: 2 ** 30, host: hostname() });
    expect(await withLock(file(), () => Promise.resolve("mine"))).toBe("mine");
  });

  test("that nobody has touched for a minute is taken over", async () => {
    hold({ pid: process.pid, host: "elsewhere" });
    const past = new Date(Date.now() - 61_000);
    utimesSync(file(), past, past);
    expect(await withLock(file(), () => Promise.resolve("mine"))).toBe("mine");
  });
});

describe("A plugin whose engine has gone", () => {
  test("ends", async () => {
    const preload = fileURLToPath(new URL("../../../sandbox/process/exit-with-parent.ts", import.meta.url));
    const child = spawn(
      process.execPath,
      ["--import", preload, "-e", "setInterval(() => {}, 1000); console.log(1)"],
      {
        stdio: ["pipe", "pipe", "inherit"],
      },
    );
    await once(child.stdout, "data");
    child.stdin.destroy();
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  test("may end earlier by itself", async () => {
    const preload = fileURLToPath(new URL("../../../sandbox/process/exit-with-parent.ts", import.meta.url));
    const child = spawn(process.execPath, ["--import", preload, "-e", "0"], {
      stdio: ["pipe", "ignore", "inherit"],
    });
    expect(await once(child, "exit")).toEqual([0, null]);
  });
});

describe("Where built programs are kept", () => {
  test("follows the XDG convention", () => {
    expect(defaultCacheDirectory({ XDG_CACHE_HOME: "/var/cache/me" })).toBe("/var/cache/me/mpegflow-gcs");
    expect(defaultCacheDirectory({})).toMatch(/\/\.cache\/mpegflow-gcs$/);
    expect(defaultCacheDirectory({ XDG_CACHE_HOME: "relative" })).toMatch(/\/\.cache\/mpegflow-gcs$/);
  });
});

describe("A report", () => {
  const stream = (isTTY: boolean) => {
    const written: string[] = [];
    return {
      written,
      stream: {
        isTTY,
        columns: 40,
        write: (text: string) => written.push(text),
      } as unknown as NodeJS.WriteStream,
    };
  };

  test("to a file has a line for each message", () => {
    const { written, stream: file } = stream(false);
    const report = terminalReport(file);
    report("building");
    report("  10 %", "progress");
    expect(written.join("")).toBe("building\n  10 %\n");
  });

  test("to a terminal replaces one progress line by the next", () => {
    const { written, stream: terminal } = stream(true);
    const report = terminalReport(terminal);
    report("  10 %", "progress");
    report("  20 %", "progress");
    report("built");
    expect(written.join("")).toBe("  10 %\r\x1b[2K  20 %\r\x1b[2Kbuilt\n");
  });

  test.each([
    [400, "0 s"],
    [42_400, "42 s"],
    [185_000, "3 min 05 s"],
  ])("says %d ms as %s", (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text);
  });
});

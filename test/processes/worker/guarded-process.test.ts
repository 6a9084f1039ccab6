import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { runGuarded } from "../../../services/worker/process/guarded-process.ts";

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
/** A process that has ended and that its parent has not reaped does nothing more. */
const isRunning = (pid: number) => isAlive(pid) && !/^\d+ \(.*\) Z/s.test(statusOf(pid));
const statusOf = (pid: number) => {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return "";
  }
};
const untilDead = async (pid: number) => {
  for (let waited = 0; isRunning(pid) && waited < 3000; waited += 20) await sleep(20);
  return !isRunning(pid);
};

describe("a guarded command", () => {
  it("gives its output and exit status", async () => {
    const result = await runGuarded("sh", ["-c", "echo out; echo err >&2; exit 3"]);
    expect(result).toEqual({ ending: "exited", exitCode: 3, stdout: "out\n", stderr: "err\n" });
  });

  it("gets its arguments as they are", async () => {
    const { stdout } = await runGuarded("printf", ["%s|", "a b", "$HOME", "'", "*"]);
    expect(stdout).toBe("a b|$HOME|'|*|");
  });

  it("sees nothing of the worker's environment", async () => {
    process.env["MPEGFLOW_TEST_MARK"] = "visible";
    const { stdout } = await runGuarded("env", []);
    delete process.env["MPEGFLOW_TEST_MARK"];
    expect(stdout).not.toContain("visible");
  });

  it("has no input", async () => {
    expect((await runGuarded("cat", [])).stdout).toBe("");
  });

  it("that does not exist ends with 127", async () => {
    expect((await runGuarded("no-such-program-at-all", [])).exitCode).toBe(127);
  });

  it("is killed when it is called off", async () => {
    const stop = new AbortController();
    let pid = 0;
    const running = runGuarded("sh", ["-c", "echo $$; exec sleep 60"], {
      signal: stop.signal,
      onLine: (line) => {
        pid = Number(line);
        stop.abort();
      },
    });
    expect((await running).ending).toBe("aborted");
    expect(isAlive(pid)).toBe(false);
  });

  it("is not even started when it was called off before", async () => {
    expect((await runGuarded("sleep", ["60"], { signal: AbortSignal.abort() })).ending).toBe("aborted");
  });

  it("is killed after its time limit", async () => {
    expect((await runGuarded("sleep", ["60"], { limitSeconds: 0.1 })).ending).toBe("time-limit");
  });

  describe("that leaves a process behind", () => {
    /** Started by the command's shell, which says its process id. */
    const leaving = async (text: string, limitSeconds?: number) => {
      const began = performance.now();
      const result = await runGuarded("sh", ["-c", `echo $$; ${text}`], {
        ...(limitSeconds !== undefined && { limitSeconds }),
      });
      const [, left = "none"] = result.stdout.trim().split("\n");
      return { ...result, left: Number(left), seconds: (performance.now() - began) / 1000 };
    };

    it.each([
      ["that holds its output", "sleep 7 & echo $!; exit 3", { ending: "exited", exitCode: 3 }],
      ["that holds nothing", "sleep 7 >&- 2>&- & echo $!; exit 0", { ending: "exited", exitCode: 0 }],
      [
        "that heeds no SIGTERM",
        "(trap '' TERM; sleep 7) & echo $!; exit 0",
        { ending: "exited", exitCode: 0 },
      ],
      ["being killed", "sleep 7 & echo $!; kill -KILL $$", { ending: "exited", exitCode: 137 }],
    ])("%s ends it with itself", async (_, text, expected) => {
      const { left, seconds, ...result } = await leaving(text);
      expect(result).toMatchObject(expected);
      expect(left).toBeGreaterThan(1);
      expect(isRunning(left)).toBe(false);
      expect(seconds).toBeLessThan(4);
    });

    it("ends it after its time limit", async () => {
      const { ending, left, seconds } = await leaving("sleep 7 & echo $!; exec sleep 60", 1);
      expect(ending).toBe("time-limit");
      expect(isRunning(left)).toBe(false);
      expect(seconds).toBeLessThan(4);
    });

    it.runIf(process.platform === "linux")("is not waited for where that has left the group", async () => {
      const { exitCode, left, seconds } = await leaving("setsid sleep 12 & echo $!; sleep 0.5; exit 3");
      try {
        expect(exitCode).toBe(3);
        expect(isRunning(left)).toBe(true);
        expect(seconds).toBeLessThan(7);
      } finally {
        process.kill(left, "SIGKILL");
      }
    });
  });

  describe.runIf(process.platform === "linux")("with a limit of memory", () => {
    const program = (text: string) => ["-e", text];
    const holding = (mebibytes: number) => `const held = Buffer.alloc(${mebibytes} * 2 ** 20, 1);`;

    it("is killed when it holds more", async () => {
      const limited = await runGuarded(process.execPath, program(holding(400)), { memoryMebibytes: 200 });
      expect(limited).toMatchObject({ ending: "memory-limit", exitCode: 137 });
      expect((await runGuarded(process.execPath, program(holding(400)))).exitCode).toBe(0);
    });

    it("may reserve what it does not use", async () => {
      const reserve = "const reserved = new ArrayBuffer(2 ** 31); setTimeout(() => 0, 200);";
      expect(await runGuarded(process.execPath, program(reserve), { memoryMebibytes: 200 })).toMatchObject({
        ...{ ending: "exited", exitCode: 0 },
      });
    });

    it("is killed however little it says about it", async () => {
      // As an encoder does whose allocation failed: it gives up, and blames something else.
      const told = `${holding(400)} setTimeout(() => process.exit(1), 5000); console.error("Invalid argument");`;
      const limited = await runGuarded(process.execPath, program(told), { memoryMebibytes: 200 });
      expect(limited.ending).toBe("memory-limit");
    });
  });

  it("is killed when it makes no progress", async () => {
    const stall = { seconds: 0.1, progressed: () => 0 };
    expect((await runGuarded("sleep", ["60"], { stall, onLine: () => undefined })).ending).toBe("stalled");
  });

  it("dies, with what it has started, with a worker that is killed by SIGKILL", async () => {
    const module = new URL("../../../services/worker/process/guarded-process.ts", import.meta.url).href;
    const program = `
      import { runGuarded } from ${JSON.stringify(module)};
      const text = "sleep 60 >&- 2>&- & echo $$ $!; exec sleep 60";
      await runGuarded("sh", ["-c", text], { onLine: (line) => process.stdout.write(line) });
    `;
    const worker = spawn(process.execPath, ["--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = (await once(worker.stdout, "data")) as [Buffer];
    const pids = line.toString().split(" ").map(Number);
    expect(pids.map(isAlive)).toEqual([true, true]);
    worker.kill("SIGKILL");
    expect(await Promise.all(pids.map(untilDead))).toEqual([true, true]);
  });
});

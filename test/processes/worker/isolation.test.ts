/** Issue 15, number 5: a program in ffmpeg's place gets at nothing of the worker's, nor at another attempt's files. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultCacheDirectory } from "../../../sandbox/process/index.ts";
import { findMediaTools } from "../../../sandbox/media/index.ts";
import { encode } from "../../../services/worker/encode/encode.ts";
import { runFfmpeg } from "../../../services/worker/encode/ffmpeg.ts";
import { probe } from "../../../services/worker/input/probe.ts";
import { notIsolated, openIsolation } from "../../../services/worker/process/isolation.ts";
import type { Isolate } from "../../../services/worker/process/isolation.ts";
import { readCapabilities } from "../../../services/worker/profile/capabilities.ts";
import { loadProfiles } from "../../../services/worker/profile/load.ts";
import { withOverrides } from "../../../services/worker/profile/overrides.ts";
import { supportFor } from "../../../services/worker/profile/support.ts";
import { obtainSetpriv } from "../../../tools/ffmpegs/setpriv.ts";

const clip = fileURLToPath(new URL("../../media/bigbuckbunny.mp4", import.meta.url));
const hostile = fileURLToPath(new URL("hostile.pl", import.meta.url));
const main = fileURLToPath(new URL("../../../services/worker/main.ts", import.meta.url));
const tools = await findMediaTools({ report: () => undefined });

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "mpegflow-isolated-"));
});
afterAll(() => rm(directory, { recursive: true }));

/** Runs the worker's program until it ends, or until it has said something. */
async function worker(
  environment: Record<string, string>,
  until = /(?!)/,
): Promise<{ code: unknown; log: string }> {
  const child = spawn(process.execPath, [main], {
    env: {
      ...{ PATH: process.env["PATH"], MPEGFLOW_COORDINATOR_URL: "http://127.0.0.1:9", MPEGFLOW_REGION: "r" },
      ...{ MPEGFLOW_FFMPEG: tools.ffmpeg.path, MPEGFLOW_FFPROBE: tools.ffprobe.path },
      ...{ MPEGFLOW_SCRATCH: path.join(directory, "scratch"), ...environment },
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      log += text;
      if (!until.test(log)) return;
      child.kill("SIGUSR1");
      setTimeout(() => child.kill("SIGKILL"), 500);
    });
  const [code] = (await once(child, "close")) as [unknown];
  return { code, log };
}

describe("a worker whose ffmpeg cannot be isolated", () => {
  const without = { MPEGFLOW_SETPRIV: "/bin/false" };

  it("does not start where that is required, and says what it takes", async () => {
    const { code, log } = await worker({ ...without, MPEGFLOW_ISOLATION: "required" });
    expect(code).toBe(1);
    expect(log).toContain('MPEGFLOW_ISOLATION is "required", and ffmpeg cannot be isolated here');
    expect(log).toContain("util-linux 2.40 or newer");
    expect(log).not.toContain("    at ");
  });

  it("says so once elsewhere, and opens its debugger to nobody", async () => {
    const { log } = await worker(without, /"ready"/);
    expect(log.match(/ffmpeg is not isolated/g)?.length).toBe(1);
    expect(log).not.toContain("Debugger listening");
  });
});

describe("isolation", () => {
  it.each([
    ["does nothing", "exec /bin/true"],
    ["runs the program and keeps it from nothing", 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"'],
  ])("is not believed of a setpriv that %s", async (_, text) => {
    const setpriv = path.join(directory, `setpriv-${text.length}`);
    await writeFile(setpriv, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    const programs = [tools.ffmpeg.path, tools.ffprobe.path];
    const options = { mode: "required", setpriv, programs, scratch: directory } as const;
    await expect(openIsolation(options)).rejects.toThrow("can be read in isolation");
  });
});

describe.runIf(process.platform === "linux")("a program in ffmpeg's place", () => {
  let isolate: Isolate;
  let found: Record<"isolated" | "free", Record<string, string>>;

  beforeAll(async () => {
    const setpriv = await obtainSetpriv(path.join(defaultCacheDirectory(), "ffmpegs"), () => undefined);
    const token = path.join(directory, "token");
    await writeFile(token, "secret");
    const options = { mode: "required", setpriv, scratch: directory } as const;
    ({ isolate } = await openIsolation({
      ...options,
      programs: [tools.ffmpeg.path, tools.ffprobe.path],
      secretFile: token,
    }));
    const attempt = await openIsolation({ ...options, programs: ["/usr/bin/perl"], secretFile: token });
    found = { isolated: await findings(attempt.isolate, token), free: await findings(notIsolated, token) };
  }, 600_000);

  /** What a program got at, by what it tried: `done`, or the system's word. */
  async function findings(how: Isolate, token: string): Promise<Record<string, string>> {
    const own = await mkdtemp(path.join(directory, "attempt-own-"));
    const other = await mkdtemp(path.join(directory, "attempt-other-"));
    const outputs = path.join(own, "outputs");
    await mkdir(outputs);
    const input = path.join(own, "input");
    await writeFile(input, "film");
    await writeFile(path.join(other, "input"), "another film");
    const server = createServer((_, response) => response.end()).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const victim = await startVictim();
    try {
      await runFfmpeg({
        ffmpeg: "/usr/bin/perl",
        args: [hostile, String(victim.pid), token, input, other, String(port)],
        ...{ cwd: outputs, limitSeconds: 60, isolate: how, reads: [input, hostile] },
      });
    } finally {
      victim.kill("SIGKILL");
      server.close();
    }
    const lines = (await readFile(path.join(outputs, "findings"), "utf8")).trim().split("\n");
    const said = lines.map((line) => line.split("\t") as [string, string]);
    return Object.fromEntries(
      said.map(([what, word]) => [what, what.startsWith("survivor") ? endSurvivor(Number(word)) : word]),
    );
  }

  /** What has become of a process that the program started, which then ends in any case. */
  function endSurvivor(pid: number): string {
    try {
      const isOver = /^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
      if (!isOver) process.kill(pid, "SIGKILL");
      return isOver ? "ended" : "running";
    } catch {
      return "ended";
    }
  }

  /** Stands for the worker, and lets itself be traced by all that the system does not keep from it. */
  async function startVictim() {
    const prctl = process.arch === "arm64" ? 167 : 157;
    const program = `$| = 1; syscall(${prctl}, 0x59616d61, -1, 0, 0, 0); print "ready"; sleep 60`;
    const child = spawn("/usr/bin/perl", ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    return child;
  }

  it.each([
    ["reads its input", "read input"],
    ["writes where its outputs belong", "write output"],
  ])("%s", (_, what) => {
    expect(found.isolated[what]).toBe("done");
  });

  it.each([
    ["read the worker's token", "read token"],
    ["read the worker's environment", "read environ"],
    ["see where the worker's memory lies", "read maps"],
    ["read the worker's memory", "read mem"],
    ["read the worker's memory by a call", "process_vm_readv"],
    ["attach to the worker as a debugger", "ptrace"],
    ["take an open file from the worker", "pidfd_getfd"],
    ["list the work directories", "list scratch"],
    ["read another attempt's input", "read other input"],
    ["write into another attempt's directory", "write other"],
    ["change its own input", "write input"],
    ["write where everybody may", "write tmp"],
    ["leave a link for the worker to follow", "make symlink"],
    ["leave a pipe for the worker to wait at", "make fifo"],
    ["read the users of the machine", "read passwd"],
    ["read the command lines of others", "read cmdline"],
    ["signal the worker", "signal"],
    ["signal its own guard", "signal group"],
    ["signal a thread of the worker", "tkill"],
    ["signal a thread of the worker by both numbers", "tgkill"],
    ["queue a signal to the worker", "rt_sigqueueinfo"],
    ["queue a signal to a thread of the worker", "rt_tgsigqueueinfo"],
    ["signal the worker by a descriptor", "pidfd_send_signal"],
    ["have the worker signalled when a file is ready", "own by fcntl"],
    ["have the worker's thread or group signalled when a file is ready", "own by fcntl_ex"],
    ["have the worker signalled for a socket", "own by FIOSETOWN"],
    ["have the worker signalled for a socket by its older name", "own by SIOCSPGRP"],
    ["change the worker's limits", "limit"],
    ["take its input from those who read it", "chmod"],
    ["take its input from those who read it, being open", "fchmod"],
    ["take another attempt's input from that", "chmod other"],
    ["change whose another attempt's input is", "chown"],
    ["change when another attempt's input was written", "utimensat"],
    ["give another attempt's input an attribute", "setxattr"],
    ["be told of changes to directories", "inotify"],
    ["be told of changes to file systems", "fanotify"],
    ["change the worker's priority", "setpriority"],
    ["change its own guard's priority", "setpriority group"],
    ["change how the worker is scheduled", "sched_setscheduler"],
    ["change how the worker is scheduled by its parameter", "sched_setparam"],
    ["change how the worker is scheduled by all attributes", "sched_setattr"],
    ["change when the worker reads and writes", "ioprio_set"],
    ["change when its own guard reads and writes", "ioprio_set group"],
    ["leave its process group", "leave group"],
    ["leave its session", "leave session"],
  ])("cannot %s", (_, what) => {
    expect(found.isolated[what]).toMatch(/^(?:Permission denied|Operation not permitted)$/);
    // The same program without isolation gets at it: what is tried works.
    expect(found.free[what]).toBe("done");
  });

  it.each(["leave group", "leave session"])("leaves nothing behind that tries to %s", (what) => {
    expect(found.isolated[`survivor by ${what}`]).toBe("ended");
    expect(found.free[`survivor by ${what}`]).toBe("running");
  });

  it("sees nothing of the worker's environment, and has no open file but its own three", () => {
    expect(found.isolated["environment"]).toBe("GCONV_PATH LC_ALL PATH PWD");
    expect(found.isolated["open files"]).toBe("0 1 2");
  });

  it("may do what is left: connections, which network policies are for, its own limits and priority", () => {
    expect(found.isolated["connect"]).toBe("done");
    expect(found.isolated["own priority"]).toBe("done");
    expect(found.isolated["own limits"]).toBe("done");
  });

  it.each([
    ["its input is out of reach", "token", "may not open one of its files"],
    ["setpriv is asked for what it cannot do", "no-such-file", "could not be isolated"],
  ])("says nothing about the input where %s", async (_, reads, message) => {
    const input = path.join(directory, "input-readable");
    await copyFile(clip, input);
    const how: Isolate = (program, args) => isolate(program, args, { reads: [path.join(directory, reads)] });
    const error: unknown = await probe(tools.ffprobe.path, input, { isolate: how }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ problem: { code: "worker-fault", retryable: true } });
    expect(String(error)).toContain(message);
  });

  it("is ffmpeg all the same: an isolated encode makes what another makes", async () => {
    const capabilities = await readCapabilities(tools.ffmpeg.path, isolate);
    const known = (await loadProfiles(undefined)).get("cmaf-h264");
    const wanted = known && withOverrides(known, { maxShortEdge: 240 });
    if (wanted === undefined || "wrong" in wanted) throw new Error("there is no such profile");
    const support = await supportFor(wanted.profile, capabilities);
    if ("missing" in support) throw new Error(support.missing.join());
    const made = await Promise.all(
      [isolate, notIsolated].map(async (how) => {
        const own = await mkdtemp(path.join(directory, "attempt-encode-"));
        const outputs = path.join(own, "outputs");
        const input = path.join(own, "input");
        await Promise.all([mkdir(outputs), copyFile(clip, input)]);
        const media = await probe(tools.ffprobe.path, input, { isolate: how });
        const { profile } = wanted;
        await encode({
          ...{ ffmpeg: tools.ffmpeg.path, input, media, profile, encoder: support.encoder },
          ...{ outputs, stem: "clip", isolate: how },
        });
        return (await readdir(outputs, { recursive: true })).toSorted();
      }),
    );
    expect(made[0]).toEqual(made[1]);
    expect(made[0]).toContain("poster.jpg");
  });
});

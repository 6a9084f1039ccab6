import { describe, expect, it } from "vitest";
import { strikeOf } from "../../../../services/worker/process/media-tool.ts";
import { heldMebibytes } from "../../../../services/worker/process/memory-watch.ts";
import { oomKills } from "../../../../services/worker/process/oom-kills.ts";

describe("the memory that a process holds", () => {
  const status = (...lines: readonly string[]) => ["Name:\tffmpeg", ...lines, "Threads:\t9", ""].join("\n");

  it("is what it has to itself, and not what it has reserved or mapped from files", () => {
    const text = status(
      ...["VmPeak:\t 1000448 kB", "VmSize:\t  999424 kB", "VmRSS:\t  262144 kB", "RssAnon:\t  204800 kB"],
      ...["RssFile:\t   51200 kB", "RssShmem:\t    4096 kB", "VmData:\t  581632 kB", "VmSwap:\t    2048 kB"],
    );
    expect(heldMebibytes(text)).toBe(200 + 4 + 2);
  });

  it("is all that is resident where the kernel tells no more", () => {
    expect(heldMebibytes(status("VmSize:\t  999424 kB", "VmRSS:\t  262144 kB"))).toBe(256);
  });

  it("is nothing any more once the process has ended", () => {
    expect(heldMebibytes(status("State:\tZ (zombie)"))).toBeUndefined();
    expect(heldMebibytes("")).toBeUndefined();
  });
});

describe("the processes killed for want of memory", () => {
  const files = (texts: Readonly<Record<string, string>>) => (file: string) =>
    file in texts ? Promise.resolve(texts[file] ?? "") : Promise.reject(new Error("no such file"));
  const ofContainer = "low 0\nhigh 0\nmax 31\noom 2\noom_kill 1\noom_group_kill 0\n";
  const ofMachine = "nr_free_pages 4711\noom_kill 7\nswpin_zero 0\n";

  it("are the container's", async () => {
    const read = files({ "/sys/fs/cgroup/memory.events": ofContainer, "/proc/vmstat": ofMachine });
    expect(await oomKills(read)).toBe(1);
  });

  it("are the machine's outside of one", async () => {
    expect(await oomKills(files({ "/proc/vmstat": ofMachine }))).toBe(7);
  });

  it("are not known elsewhere", async () => {
    expect(await oomKills(files({}))).toBeUndefined();
  });
});

describe("what the system did to ffmpeg", () => {
  const memory = { oomKilled: false, memoryMebibytes: 512 };
  const after = (
    ending: "exited" | "memory-limit" | "aborted",
    exitCode: number,
    oomKilled = false,
    stderr = "",
  ) => strikeOf("ffmpeg", { ending, exitCode, stderr }, { ...memory, oomKilled });

  it("is told by its limit of memory, with the limit", () => {
    expect(after("memory-limit", 137)).toMatchObject({ code: "memory-exhausted", retryable: true });
    expect(after("memory-limit", 137)?.message).toContain("512 MiB");
  });

  it("is told by the kernel's count where it was killed", () => {
    expect(after("exited", 137, true)).toMatchObject({ code: "memory-exhausted", retryable: true });
    expect(after("exited", 137)).toMatchObject({ code: "encoder-killed", retryable: true });
    expect(after("exited", 143, true)).toMatchObject({ code: "encoder-killed" });
  });

  it("is nothing where it ended by itself, whatever its status, or was ended by the worker", () => {
    // 187, 228 and 244 are the last byte of ffmpeg's own error numbers since version 7.
    for (const exitCode of [0, 1, 187, 228, 244]) expect(after("exited", exitCode, true)).toBeUndefined();
    expect(after("aborted", 137, true)).toBeUndefined();
  });

  it("is that it did not start", () => {
    expect(after("exited", 127)).toMatchObject({ code: "worker-fault", retryable: true });
  });

  it("is that setpriv did not start it, whose word comes first", () => {
    const told = "setpriv: cannot open /scratch/no-signals.bpf: Permission denied\n";
    const struck = after("exited", 1, false, told);
    expect(struck).toMatchObject({ code: "worker-fault", retryable: true });
    expect(struck?.message).toContain("could not be isolated: ");
    expect(struck?.message).not.toContain("/scratch");
    expect(after("exited", 0, false, told)).toBeUndefined();
    expect(after("exited", 1, false, `[mov @ 0x1] title\n${told}`)).toBeUndefined();
  });
});

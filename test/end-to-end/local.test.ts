import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  clip,
  filesBelow,
  secretsOf,
  downloadAll,
  ffmpeg,
  ffprobe,
  localEnvironment,
  processesOf,
  urlsIn,
  type CommandResult,
} from "./support.ts";

const frame = 1 / 25;
const local = localEnvironment();
const inputs = mkdtempSync(join(tmpdir(), "mpegflow-inputs-"));
const input = (name: string): string => join(inputs, name);
const stackTrace = /^\s+at .*:\d+:\d+\)?$/m;

afterAll(async () => {
  await local.close();
  rmSync(inputs, { recursive: true, force: true });
});

describe("npm run local", () => {
  let first: CommandResult;
  beforeAll(async () => {
    first = await local.run("local");
  });

  it("previews, updates, encodes the clip and ends well", () => {
    expect(first.stderr).not.toMatch(stackTrace);
    expect(first.exitCode, first.stdout + first.stderr).toBe(0);
    expect(first.stdout).toContain("Previewing update (local)");
    expect(first.stdout).toContain("Updating (local)");
    expect(first.stdout).toMatch(/^event {4}dev\.mpegflow\.job\.succeeded, id local-\S+\/1\/succeeded/m);
  });

  it("does not drown its output in warnings about plugins", () => {
    expect(first.stdout + first.stderr).not.toMatch(/from \$PATH|warning/i);
  });

  it("gives URLs that open, and an HLS ladder whose renditions last as long as the clip, to within a frame", async () => {
    const urls = urlsIn(first.stdout);
    const copy = input("download");
    await downloadAll(urls, copy);
    const duration = Number(
      await ffprobe(clip, "-select_streams", "v:0", "-show_entries", "stream=duration", "-of", "csv=p=0"),
    );
    const heights = await ffprobe(
      join(copy, "hls/master.m3u8"),
      "-select_streams",
      "v",
      "-show_entries",
      "stream=height",
      "-of",
      "csv=p=0",
    );
    expect(heights.split("\n").length).toBeGreaterThan(1);
    const playlists = [...urls.keys()].filter(
      (name) => /^hls\/.+\/playlist\.m3u8$/.test(name) && !name.includes("audio"),
    );
    for (const name of playlists) {
      const seconds = [...readFileSync(join(copy, name), "utf8").matchAll(/^#EXTINF:([\d.]+)/gm)].reduce(
        (sum, [, text]) => sum + Number(text),
        0,
      );
      expect(Math.abs(seconds - duration), name).toBeLessThanOrEqual(frame + 1e-6);
    }
    expect([...urls.keys()].some((name) => name.endsWith(".mp4"))).toBe(true);
    expect([...urls.keys()].some((name) => name.endsWith(".jpg"))).toBe(true);
  });

  it("gives workers no credential of any kind", async () => {
    const { url, token } = local.cloud();
    const status = (await (
      await fetch(`${url}/status`, { headers: { authorization: `Bearer ${token}` } })
    ).json()) as {
      pods: { name: string; namespace: string; processId: number }[];
    };
    const workers = status.pods.filter(({ namespace }) => namespace.endsWith("-encoders"));
    expect(workers).toHaveLength(2);
    for (const { processId } of workers) {
      const environment = readFileSync(`/proc/${processId}/environ`, "utf8").split("\0");
      const names = environment.map((line) => line.split("=")[0] ?? "");
      // The one token is for the coordinator alone.
      expect(
        names
          .filter((name) => /GOOGLE|GCE|AWS|TOKEN|SECRET|KEY|PASS|CREDENTIAL|STORAGE|PUBSUB/i.test(name))
          .toSorted(),
      ).toEqual(["MPEGFLOW_COORDINATOR_TOKEN_FILE"]);
      const file = environment
        .find((line) => line.startsWith("MPEGFLOW_COORDINATOR_TOKEN_FILE="))
        ?.split("=")[1];
      const [, claims = ""] = readFileSync(file ?? "", "utf8").split(".");
      expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({
        aud: ["mpegflow-coordinator"],
      });
    }
  });

  it("keeps no secret in clear in state, configuration or logs, and no signature in a log", () => {
    const secrets = secretsOf(local.directory);
    expect(secrets.length).toBeGreaterThanOrEqual(3);
    const logs = filesBelow(join(local.directory, "cloud")).filter((file) => file.endsWith(".log"));
    expect(logs.length).toBeGreaterThanOrEqual(5);
    const written = [
      ...filesBelow(join(local.directory, "state")),
      ...filesBelow(join(local.directory, "config")),
      ...logs,
    ];
    const leaks = (file: string, values: readonly string[]) => {
      const text = readFileSync(file, "utf8");
      return values.some((value) => text.includes(value));
    };
    expect(written.filter((file) => leaks(file, secrets))).toEqual([]);
    expect(logs.filter((file) => leaks(file, ["X-Goog-Signature", "X-Amz-Signature"]))).toEqual([]);
    expect(secrets.filter((secret) => (first.stdout + first.stderr).includes(secret))).toEqual([]);
  });

  it("run again at once, changes nothing and takes at most 30 s", async () => {
    const again = await local.run("local");
    expect(again.exitCode, again.stdout + again.stderr).toBe(0);
    expect(again.stdout).toMatch(/\d+ unchanged/);
    expect(again.stdout).not.toMatch(/\d+ (created|updated|replaced|deleted)/);
    expect(again.seconds).toBeLessThan(30);
  });

  it("outlives a clip that cannot be encoded, and its URLs open", async () => {
    const file = input("notes.mp4");
    writeFileSync(file, "To be, or not to be, that is the question.\n".repeat(50));
    const { exitCode, stdout, stderr } = await local.run("local", file);
    expect(exitCode, stdout + stderr).toBe(1);
    const poster = urlsIn(first.stdout).get("poster.jpg") ?? "";
    expect((await fetch(poster)).status).toBe(200);
  });
});

describe("an input that cannot be encoded", () => {
  beforeAll(() => local.run("local:down"));

  const cases: [string, (file: string) => void | Promise<void>, RegExp][] = [
    [
      "a text file",
      (file) => {
        writeFileSync(file, "To be, or not to be, that is the question.\n".repeat(50));
      },
      /input-not-media/,
    ],
    [
      "an mp4 cut off before its index",
      (file) => {
        copyFileSync(clip, file);
        truncateSync(file, 400_000);
      },
      /input-(truncated|not-media)/,
    ],
    [
      "an mp4 with its index and half of its media",
      async (file) => {
        await ffmpeg("-i", clip, "-c", "copy", "-movflags", "+faststart", file);
        truncateSync(file, 500_000);
      },
      /input-truncated/,
    ],
  ];

  it.each(cases)(
    "%s ends with one sentence, a failed job and its event, and leaves nothing running",
    async (name, make, code) => {
      const file = input(`${name.replaceAll(/\W+/g, "-")}.mp4`);
      await make(file);
      const { exitCode, stdout, stderr } = await local.run("local", file);
      expect(exitCode, stdout + stderr).toBe(1);
      expect(stdout).toMatch(/^event {4}dev\.mpegflow\.job\.failed/m);
      expect(/^error .*$/m.exec(stdout)?.[0]).toMatch(code);
      expect(stdout + stderr).not.toMatch(stackTrace);
      expect(processesOf(local.directory)).toEqual([]);
    },
  );

  it.each([
    ["a path where nothing is", "nowhere.mp4", () => undefined, "does not exist"],
    [
      "an empty file",
      "empty.mp4",
      (file: string) => {
        writeFileSync(file, "");
      },
      "is empty",
    ],
  ])("%s ends with one sentence, before anything is started", async (_, name, make, wrong) => {
    const file = input(name);
    make(file);
    const { exitCode, stdout, stderr } = await local.run("local", file);
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: `mpegflow local: CLIP: ${JSON.stringify(file)} ${wrong}. Give the path of a video or audio file.\nHelp: npm run local -- --help\n`,
    });
  });
});

describe("an audio file", () => {
  it("becomes an audio job", async () => {
    const file = input("audio.m4a");
    await ffmpeg("-i", clip, "-vn", "-c:a", "copy", file);
    const { exitCode, stdout, stderr } = await local.run("local", file);
    expect(exitCode, stdout + stderr).toBe(0);
    expect(stdout).toMatch(/^media {4}audio, /m);
  });
});

describe("the end", () => {
  it("npm run local:down destroys the stack and leaves no process behind", async () => {
    const { exitCode, stdout, stderr } = await local.run("local:down");
    expect(exitCode, stdout + stderr).toBe(0);
    expect(stdout).toContain("Destroying (local)");
    expect(processesOf(local.directory)).toEqual([]);
  });

  it("Ctrl-C during a job does the same", async () => {
    const { child, result } = local.start("local");
    await new Promise<void>((resolve) => {
      child.stderr?.on("data", (text: string) => {
        if (/^job +running/m.test(text)) resolve();
      });
    });
    child.kill("SIGINT");
    const { exitCode, stdout, stderr } = await result;
    expect(exitCode, stdout + stderr).toBe(130);
    expect(stdout).toContain("Destroying (local)");
    expect(processesOf(local.directory)).toEqual([]);
  });
});

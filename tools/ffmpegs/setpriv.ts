import path from "node:path";
import { SetupError } from "../../sandbox/process/index.ts";
import { starter, unpack, whyNoDebian } from "./debian.ts";
import { command, fetchedOnce } from "./edition.ts";

/**
 * A setpriv that knows Landlock (util-linux 2.40 or newer): this machine's, or the one of the worker's image, Debian 13.
 * @throws SetupError where neither is to be had
 */
export async function obtainSetpriv(cache: string, report: (line: string) => void): Promise<string> {
  const help = await command("setpriv", ["--help"]).catch(() => "");
  if (help.includes("--landlock-access")) return "setpriv";
  const missing = await whyNoDebian();
  if (missing !== undefined)
    throw new SetupError(
      `There is no setpriv of util-linux 2.40 or newer, and none can be fetched: ${missing}.`,
    );
  const root = await fetchedOnce(path.join(cache, "setpriv"), async (into) => {
    report("fetching setpriv of Debian 13 with its libraries, about 9 MB");
    await unpack("trixie", "util-linux", into);
  });
  return starter(root, "setpriv", path.join(cache, "bin", "setpriv"));
}

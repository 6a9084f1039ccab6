import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

const usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/**
 * Where a Chromium is: `CHROMIUM_PATH`, or where systems put it; on Debian and as root it is installed where it is missing.
 * @throws Error saying how to get one
 */
export function findChromium(): string {
  const find = (): string | undefined =>
    [process.env["CHROMIUM_PATH"] ?? "", ...usual].find((path) => existsSync(path));
  const found = find();
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    execFileSync("apt-get", ["update", "-qq"], { stdio: "ignore" });
    execFileSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], {
      stdio: "ignore",
    });
  }
  const installed = find();
  if (installed !== undefined) return installed;
  throw new Error("The page's test needs Chromium: apt-get install chromium, or set CHROMIUM_PATH.");
}

/** It looks for nothing on the internet, and has neither sandbox nor display to rely on. */
export const chromiumArguments = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

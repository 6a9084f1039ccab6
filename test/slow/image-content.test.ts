/** The bill of an image against what npm installs into it, by the words of its Dockerfile. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { billOf, PROGRAMS } from "../../tools/release/images/publish-images.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const directories: string[] = [];
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

/** What is installed, `PLACE VERSION DIGEST`; of the project's own packages, which are linked to, without a digest. */
function installed(program: string): string[] {
  const directory = mkdtempSync(join(tmpdir(), "mpegflow-image-"));
  directories.push(directory);
  const dockerfile = readFileSync(join(root, "services", program, "Dockerfile"), "utf8");
  const [dependencies = ""] = dockerfile.split(/^FROM /m).slice(1);
  for (const [, words = ""] of dependencies.matchAll(/^COPY (.*)$/gm)) {
    const files = words.split(" ");
    const into = files.pop() ?? "";
    for (const file of files) {
      const target = join(directory, into, file.slice(file.lastIndexOf("/") + 1));
      mkdirSync(dirname(target), { recursive: true });
      cpSync(join(root, file), target);
    }
  }
  const [, words = ""] = /npm (ci .*)$/m.exec(dependencies) ?? [];
  const args = words.split(" ").filter((word) => word !== "--cache" && word !== "/tmp/npm");
  execFileSync("npm", [...args, "--no-audit", "--no-fund", "--prefer-offline"], {
    cwd: directory,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const lock = readFileSync(join(directory, "node_modules/.package-lock.json"), "utf8");
  const { packages } = JSON.parse(lock) as {
    packages: Record<string, { version?: string; integrity?: string; link?: boolean }>;
  };
  return Object.entries(packages)
    .filter(([, { link }]) => link !== true)
    .map(([place, { version, integrity }]) => `${place} ${version ?? ""} ${integrity ?? ""}`);
}

function billed(program: string): string[] {
  const { components } = JSON.parse(billOf(program, "1.2.3")) as {
    components: readonly {
      "bom-ref": string;
      version: string;
      hashes?: readonly { alg: string; content: string }[];
    }[];
  };
  return components.map(({ "bom-ref": place, version, hashes: [hash] = [] }) => {
    const digest =
      hash === undefined
        ? ""
        : `${hash.alg.toLowerCase().replace("-", "")}-${Buffer.from(hash.content, "hex").toString("base64")}`;
    return `${place} ${version} ${digest}`;
  });
}

test.each(PROGRAMS)("the bill of the %s's image is what npm installs, package by package", (program) => {
  expect(billed(program).toSorted()).toEqual(installed(program).toSorted());
});

import { describe, expect, test } from "vitest";
import {
  compareVersions,
  contentProblems,
  publishProblems,
  versionProblems,
  type Manifest,
} from "../../../../tools/release/checks.ts";
import { release } from "../../../../tools/release/command.ts";
import { givenBy, readCommandLine } from "../cli/world.ts";

const manifest: Manifest = {
  name: "mpegflow-gcs",
  version: "0.2.0",
  repository: { url: "git+https://github.com/mpegflow/mpegflow-gcs.git" },
  exports: {
    ".": { types: "./dist/components/index.d.ts", default: "./dist/components/index.js" },
    "./package.json": "./package.json",
  },
};

describe("the version of a release", () => {
  const changelog = "# Changelog\n\n## 0.2.0, 2027-01-05\n\n## 0.1.0, 2026-12-01\n";

  test("is in the changelog with its date, and comes after those that are out", () => {
    expect(versionProblems("0.2.0", changelog, ["v0.1.0", "v0.2.0-rc.1", "nightly"])).toEqual([]);
  });

  test.each([
    ["0.2", changelog, [], /version: given 0\.2; allowed: 1\.2\.3 or 1\.2\.3-rc\.1/],
    [
      "0.2.0",
      "## 0.2.0, unreleased\n",
      [],
      /its first version is "0\.2\.0, unreleased"; allowed: "0\.2\.0, YYYY-MM-DD"/,
    ],
    ["0.3.0", changelog, [], /its first version is "0\.2\.0, 2027-01-05"/],
    ["0.2.0", changelog, ["v0.10.0"], /version 0\.2\.0 comes before 0\.10\.0/],
  ])("is refused: %s", (version, text, tags, problem) => {
    expect(versionProblems(version, text, tags).join("\n")).toMatch(problem);
  });

  test.each([
    ["0.9.0", "0.10.0"],
    ["1.0.0-rc.2", "1.0.0"],
    ["1.0.0-rc.2", "1.0.0-rc.10"],
    ["1.9.9", "2.0.0"],
  ])("%s comes before %s", (one, other) => {
    expect(compareVersions(one, other)).toBeLessThan(0);
    expect(compareVersions(other, one)).toBeGreaterThan(0);
    expect(compareVersions(one, one)).toBe(0);
  });
});

describe("the content of a release", () => {
  const files = ["CHANGELOG.md", "LICENSE", "README.md", "package.json"];
  const built = ["dist/components/index.d.ts", "dist/components/index.js"];

  test("is what is compiled, and four files beside it", () => {
    expect(contentProblems(manifest, [...files, ...built], 1000)).toEqual([]);
  });

  test("is refused with everything that is wrong with it", () => {
    const found = contentProblems(
      manifest,
      [...files, "dist/components/index.js", "components/index.ts", "dist/.env"],
      2 ** 24,
    );
    expect(found).toEqual([
      'the package holds components/index.ts. Fix: leave it out of "files" in package.json.',
      'the package holds dist/.env. Fix: leave it out of "files" in package.json.',
      'the package lacks dist/components/index.d.ts. Fix: npm run build, and look at "files" and "exports" in package.json.',
      "the package is 16777216 bytes unpacked; allowed: 8388608. Fix: find what slipped in.",
    ]);
  });
});

describe("publishing", () => {
  const github = { GITHUB_ACTIONS: "true", ACTIONS_ID_TOKEN_REQUEST_URL: "https://token.example" };

  test.each([github, { GITLAB_CI: "true", SIGSTORE_ID_TOKEN: "token" }])(
    "is done where npm can attest it",
    (env) => {
      expect(publishProblems(manifest, ["v0.2.0"], env)).toEqual([]);
    },
  );

  test("is refused anywhere else, untagged, private, or without a repository", () => {
    const found = publishProblems({ name: "x", version: "0.2.0", exports: {}, private: true }, [], {
      GITHUB_ACTIONS: "true",
    });
    expect(found).toEqual([
      expect.stringContaining("--publish works in CI only"),
      expect.stringContaining("the commit has no tag v0.2.0"),
      expect.stringContaining('package.json says "private": true'),
      expect.stringContaining('package.json names no "repository"'),
    ]);
  });
});

describe("the command line of npm run release", () => {
  test("publishes only when told to, and never untested", async () => {
    expect(await givenBy(release)).toEqual({ publish: false, "skip-tests": false });
    expect(await givenBy(release, "--publish")).toEqual({ publish: true, "skip-tests": false });
    expect((await readCommandLine(release, "--publish", "--skip-tests")).problems).toEqual([
      "--publish and --skip-tests: what was not tested is not published. Leave one of them out.",
    ]);
  });
});

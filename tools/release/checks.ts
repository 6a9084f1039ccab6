/** What must hold before a version is published: pure, each check says what is wrong and how to mend it. */

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly repository?: unknown;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}

/** A version, `1.2.3` or `1.2.3-rc.1`. Source: https://semver.org */
const VERSION = /^(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?$/;

/**
 * Whether the version is one, is in the changelog with its date, and comes after those that are out.
 *
 * @param tags the repository's tags, `v1.2.3`
 */
export function versionProblems(version: string, changelog: string, tags: readonly string[]): string[] {
  if (!VERSION.test(version)) {
    return [
      `package.json: version: given ${version}; allowed: 1.2.3 or 1.2.3-rc.1. Fix: npm version --workspace mpegflow-gcs --no-git-tag-version minor`,
    ];
  }
  const heading = changelog.split("\n").find((line) => line.startsWith("## "));
  const expected = new RegExp(`^## ${version.replaceAll(".", "\\.")}, \\d{4}-\\d{2}-\\d{2}$`);
  const published = tags.filter((tag) => VERSION.test(tag.slice(1))).map((tag) => tag.slice(1));
  const later = published.filter((one) => one !== version && compareVersions(one, version) > 0);
  return [
    ...(heading !== undefined && expected.test(heading)
      ? []
      : [
          `CHANGELOG.md: its first version is ${JSON.stringify(heading?.slice(3) ?? "none")}; allowed: "${version}, YYYY-MM-DD". ` +
            "Fix: write the date of the release in place of unreleased.",
        ]),
    ...(later.length === 0
      ? []
      : [`package.json: version ${version} comes before ${later.join(", ")}, which are out. Fix: raise it.`]),
  ];
}

/** Negative where `one` comes before `other`; a pre-release comes before its version. */
export function compareVersions(one: string, other: string): number {
  const parse = (
    version: string,
  ): { readonly numbers: readonly number[]; readonly pre: string | undefined } => {
    const [, major, minor, patch, pre] = VERSION.exec(version) ?? [];
    return { numbers: [major, minor, patch].map(Number), pre };
  };
  const [first, second] = [parse(one), parse(other)];
  for (const [index, number] of first.numbers.entries()) {
    const difference = number - (second.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (first.pre === second.pre) return 0;
  if (first.pre === undefined) return 1;
  if (second.pre === undefined) return -1;
  return first.pre.localeCompare(second.pre, "en", { numeric: true });
}

/** What a package may hold beside dist/. */
const BESIDE = new Set(["CHANGELOG.md", "LICENSE", "README.md", "package.json"]);
/** Sources, tests and what may hold a secret never leave. */
const NEVER = /(^|\/)(\.env|\.npmrc|.*\.(pem|key|p12)|node_modules\/|test\/|.*\.test\.)/;
/** Bytes, unpacked. More than this is something that slipped in. */
const LARGEST = 8 * 2 ** 20;

/** @param files what `npm pack` would put into the tarball, with the size of all in bytes */
export function contentProblems(
  { exports }: Manifest,
  files: readonly string[],
  unpackedBytes: number,
): string[] {
  const has = new Set(files);
  const targets = Object.values(exports)
    .flatMap((target) => (typeof target === "string" ? [target] : Object.values(target)))
    .map((target) => target.replace(/^\.\//, ""));
  return [
    ...files
      .filter((file) => NEVER.test(file) || !(BESIDE.has(file) || file.startsWith("dist/")))
      .map((file) => `the package holds ${file}. Fix: leave it out of "files" in package.json.`),
    ...[...new Set([...targets, ...BESIDE])]
      .filter((file) => !has.has(file))
      .map(
        (file) =>
          `the package lacks ${file}. Fix: npm run build, and look at "files" and "exports" in package.json.`,
      ),
    ...(unpackedBytes <= LARGEST
      ? []
      : [`the package is ${unpackedBytes} bytes unpacked; allowed: ${LARGEST}. Fix: find what slipped in.`]),
  ];
}

/** What only a real publication asks for: a workflow whose identity npm's provenance can name. */
export function publishProblems(
  { version, private: isPrivate = false, repository }: Manifest,
  tagsOfHead: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  const github = env["GITHUB_ACTIONS"] === "true" && (env["ACTIONS_ID_TOKEN_REQUEST_URL"] ?? "") !== "";
  const gitlab = env["GITLAB_CI"] === "true" && (env["SIGSTORE_ID_TOKEN"] ?? "") !== "";
  return [
    ...(github || gitlab
      ? []
      : [
          "--publish works in CI only, where npm can attest what was built from which commit: " +
            "GitHub Actions with id-token: write, or GitLab with an id token SIGSTORE_ID_TOKEN. " +
            "Source: https://docs.npmjs.com/generating-provenance-statements",
        ]),
    ...(tagsOfHead.includes(`v${version}`)
      ? []
      : [`the commit has no tag v${version}. Fix: git tag v${version}, and push it.`]),
    ...(isPrivate ? ['package.json says "private": true, so npm publishes nothing. Fix: take it out.'] : []),
    ...(repository === undefined
      ? [
          'package.json names no "repository", which npm compares with the one that the provenance names. Fix: add it.',
        ]
      : []),
  ];
}

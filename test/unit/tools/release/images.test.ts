import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { releaseImages } from "../../../../tools/release/images/command.ts";
import { lockedPackages, type Target } from "../../../../tools/release/images/locked-packages.ts";
import {
  baseOf,
  buildStep,
  digestIn,
  statementSteps,
  type Publication,
} from "../../../../tools/release/images/publication.ts";
import { billOf, packageVersion, PROGRAMS } from "../../../../tools/release/images/publish-images.ts";
import { givenBy, readCommandLine } from "../cli/world.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const TARGET: Target = { os: "linux", cpu: "x64", libc: "glibc" };
const DIGEST = `sha256:${"c".repeat(64)}`;

interface Component {
  readonly name: string;
  readonly group?: string;
  readonly version: string;
  readonly "bom-ref": string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
}
interface Bill {
  readonly metadata: { readonly component: { readonly name: string; readonly version: string } };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}
const bills = new Map(PROGRAMS.map((program) => [program, JSON.parse(billOf(program, "1.2.3")) as Bill]));
const billOfProgram = (program: (typeof PROGRAMS)[number]): Bill => {
  const bill = bills.get(program);
  if (bill === undefined) throw new Error(`no bill of ${program}`);
  return bill;
};

describe("the packages of an image", () => {
  const entry = (name: string, more: object = {}) => ({
    [`node_modules/${name}`]: { version: "1.0.0", integrity: "sha512-AAAA", ...more },
  });
  const lockOf = (packages: object): string => JSON.stringify({ lockfileVersion: 3, packages });
  const of = (packages: object): string[] =>
    lockedPackages(lockOf(packages), "services/worker", TARGET).map(({ place }) => place);
  const needing = (...names: string[]) => ({
    "services/worker": {
      name: "@mpegflow/worker",
      version: "1.0.0",
      dependencies: Object.fromEntries(names.map((name) => [name, "*"])),
    },
  });

  test("are all that the program needs, by way of others too, and nothing else", () => {
    expect(
      of({ ...needing("a"), ...entry("a", { dependencies: { b: "1" } }), ...entry("b"), ...entry("unused") }),
    ).toEqual(["node_modules/a", "node_modules/b", "services/worker"]);
  });

  test("are found as Node.js finds them: the nearest first", () => {
    expect(
      of({
        ...needing("a", "b"),
        ...entry("a", { dependencies: { b: "1" } }),
        ...entry("a/node_modules/b", { version: "2.0.0" }),
        ...entry("b"),
      }),
    ).toEqual(["node_modules/a", "node_modules/a/node_modules/b", "node_modules/b", "services/worker"]);
  });

  test("are the project's own where the lock file links to them", () => {
    expect(
      of({
        ...needing("@mpegflow/logging"),
        "node_modules/@mpegflow/logging": { resolved: "services/logging", link: true },
        "services/logging": { name: "@mpegflow/logging", version: "1.0.0", dependencies: { a: "*" } },
        ...entry("a"),
      }),
    ).toEqual(["node_modules/a", "services/logging", "services/worker"]);
  });

  test("include peers, and what is optional only where it is for the image's machine", () => {
    expect(
      of({
        ...needing("a"),
        ...entry("a", {
          peerDependencies: { peer: "*", absent: "*" },
          peerDependenciesMeta: { absent: { optional: true } },
          optionalDependencies: { mac: "*", linux: "*", musl: "*", "not-linux": "*", missing: "*" },
        }),
        ...entry("peer"),
        ...entry("mac", { os: ["darwin"] }),
        ...entry("linux", { os: ["linux"], cpu: ["x64"] }),
        ...entry("musl", { os: ["linux"], libc: ["musl"] }),
        ...entry("not-linux", { os: ["!linux"] }),
      }),
    ).toEqual(["node_modules/a", "node_modules/linux", "node_modules/peer", "services/worker"]);
  });

  test.each([
    ["what is not there", needing("a"), /has no a, which services\/worker needs/],
    [
      "no version",
      { ...needing("a"), ...entry("a", { version: undefined }) },
      /no version of node_modules\/a/,
    ],
    [
      "no digest",
      { ...needing("a"), ...entry("a", { integrity: undefined }) },
      /no integrity of node_modules\/a/,
    ],
    ["no such program", {}, /has no services\/worker/],
  ])("are not guessed at: %s", (_, packages, problem) => {
    expect(() => of(packages)).toThrow(problem);
  });
});

describe.each(PROGRAMS)("the bill of the %s's image", (program) => {
  const bill = billOfProgram(program);

  test("follows the schema of CycloneDX", () => {
    const folder = join(
      dirname(createRequire(import.meta.url).resolve("@cyclonedx/cyclonedx-library/package.json")),
      "res/schema",
    );
    const schema = (name: string): object =>
      JSON.parse(
        readFileSync(join(folder, `${name}.SNAPSHOT.schema.json`), "utf8").replaceAll(
          ".SNAPSHOT.schema.json",
          ".schema.json",
        ),
      ) as object;
    const ajv = new Ajv({
      strict: false,
      schemas: [schema("spdx"), schema("jsf-0.82")],
      // Formats of a later draft, which no addresses here use.
      formats: { "iri-reference": true, "idn-email": true },
    });
    addFormats.default(ajv);
    const isValid = ajv.compile(schema("bom-1.5"));
    expect(isValid(bill), ajv.errorsText(isValid.errors)).toBe(true);
    expect(isValid({ ...bill, components: [{ name: "no type" }] })).toBe(false);
  });

  test("names the image and its version, and is the same each time", () => {
    expect(bill.metadata.component).toMatchObject({ name: `mpegflow-${program}`, version: "1.2.3" });
    expect(billOf(program, "1.2.3")).toBe(billOf(program, "1.2.3"));
  });

  test("has every workspace that the image is given", () => {
    const ignored = readFileSync(join(root, "services", program, "Dockerfile.dockerignore"), "utf8");
    const given = [...ignored.matchAll(/^!(services\/\w+)$/gm)].map(([, folder]) => folder);
    const own = bill.components.map((one) => one["bom-ref"]).filter((ref) => ref.startsWith("services/"));
    expect(own.toSorted()).toEqual(given.toSorted());
  });

  test("has the lock file's digest of everything else", () => {
    const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
      packages: Record<string, { integrity?: string }>;
    };
    const others = bill.components.filter((one) => !one["bom-ref"].startsWith("services/"));
    expect(others.length).toBeGreaterThan(10);
    for (const { "bom-ref": place, hashes = [] } of others) {
      const digests = hashes.map(
        ({ alg, content }) =>
          `${alg.toLowerCase().replace("-", "")}-${Buffer.from(content, "hex").toString("base64")}`,
      );
      expect(digests.join(" "), place).toBe(packages[place]?.integrity);
    }
  });

  test("says what needs what, from the image down to each package", () => {
    const needs = new Map(bill.dependencies.map(({ ref, dependsOn = [] }) => [ref, dependsOn]));
    const reached = new Set<string>();
    const reach = (ref: string): void => {
      if (reached.has(ref)) return;
      reached.add(ref);
      for (const next of needs.get(ref) ?? []) reach(next);
    };
    reach("image");
    reached.delete("image");
    expect([...reached].toSorted()).toEqual(bill.components.map((one) => one["bom-ref"]).toSorted());
  });
});

const publication: Publication = {
  program: "worker",
  registry: "us-docker.pkg.dev/p/mpegflow",
  tag: "1.2.3",
  arm: false,
  directory: "/bills",
};
const attestation = {
  attestor: "projects/security/attestors/release",
  keyVersion: "projects/k/locations/us/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1",
};

describe("the steps of a publication", () => {
  test("build with provenance and a bill of what is found, and push", () => {
    const step = buildStep(publication);
    expect(step.slice(0, 3)).toEqual(["docker", "buildx", "build"]);
    expect(step).toEqual(
      expect.arrayContaining(["--provenance=mode=max,version=v1", "--sbom=true", "--push", "linux/amd64"]),
    );
    expect(buildStep({ ...publication, arm: true })).toContain("linux/amd64,linux/arm64");
  });

  test("say of the digest, never of the tag, what is in it and who made it", () => {
    const pushed = `us-docker.pkg.dev/p/mpegflow/worker@${DIGEST}`;
    expect(statementSteps(publication, DIGEST)).toEqual([
      ["gcloud", "artifacts", "sbom", "load", "--source=/bills/worker.cdx.json", `--uri=${pushed}`],
    ]);
    const [, signed] = statementSteps({ ...publication, attestation }, DIGEST);
    expect(signed).toEqual([
      ...["gcloud", "beta", "container", "binauthz", "attestations", "sign-and-create"],
      "--project=security",
      `--artifact-url=${pushed}`,
      `--attestor=${attestation.attestor}`,
      `--keyversion=${attestation.keyVersion}`,
    ]);
  });

  test.each(["{}", "null", '{"containerimage.digest":"sha256:1"}'])(
    "stop where the build names no digest: %s",
    (report) => {
      expect(() => digestIn(report, "worker.build.json")).toThrow("worker.build.json names no");
    },
  );

  test("know the base of the last stage", () => {
    expect(baseOf("FROM a:1 AS dependencies\nRUN x\nFROM b:2\n")).toBe("b:2");
  });
});

describe("the command line", () => {
  const named = [publication.registry, "--tag", "1.2.3"];

  test("takes the package's version for a tag", () => {
    expect(packageVersion()).toMatch(/^\d+\.\d+\.\d+/);
  });

  test("writes without pushing unless it is asked to", async () => {
    expect(await givenBy(releaseImages, ...named)).toMatchObject({ push: false, into: "dist/images" });
  });

  test.each([
    [[], /REGISTRY: is missing/],
    [["Registry/x"], /REGISTRY: "Registry\/x" is not a registry/],
    [["r.example/x", "--tag", "latest"], /--tag: "latest" is not 1 to 128/],
    [[...named, "--attestor", attestation.attestor], /--attestor and --key: .*Give both, or neither/],
    [[...named, "--attestor", "release", "--key", attestation.keyVersion], /--attestor: "release" is not/],
  ])("refuses %j", async (words, problem) => {
    const { problems } = await readCommandLine(releaseImages, ...words);
    expect(problems.join("\n")).toMatch(problem);
  });
});

describe("a publication", () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "mpegflow-images-"));
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  /** Runs the command with programs in the places of docker and gcloud, which write down what they are asked. */
  function publish(docker: string): { status: number | null; stderr: string; asked: string[] } {
    const log = join(directory, "asked");
    writeFileSync(log, "");
    for (const [program, body] of [
      ["docker", docker],
      ["gcloud", ""],
    ] as const) {
      const text = `#!/bin/sh\necho "${program} $*" >> '${log}'\n${body}\n`;
      writeFileSync(join(directory, program), text, { mode: 0o755 });
    }
    const words = [publication.registry, "--tag", "1.2.3", "--into", join(directory, "out")];
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(root, "tools/main.ts"), "release:images", ...words, "--push"],
      { encoding: "utf8", env: { ...process.env, PATH: `${directory}:${process.env["PATH"] ?? ""}` } },
    );
    return { status, stderr, asked: readFileSync(log, "utf8").trim().split("\n") };
  }
  const reports = `while [ "$1" != --metadata-file ]; do shift; done\necho '{"containerimage.digest":"${DIGEST}"}' > "$2"`;

  test("builds, pushes and describes both images", () => {
    const { status, asked } = publish(reports);
    expect(status).toBe(0);
    expect(asked.map((line) => line.split(" ").slice(0, 3).join(" "))).toEqual([
      "docker buildx build",
      "gcloud artifacts sbom",
      "docker buildx build",
      "gcloud artifacts sbom",
    ]);
    expect(asked[3]).toContain(`--uri=us-docker.pkg.dev/p/mpegflow/worker@${DIGEST}`);
    const bill = JSON.parse(readFileSync(join(directory, "out/worker.cdx.json"), "utf8")) as Bill;
    expect(bill).toEqual(billOfProgram("worker"));
  });

  test("ends at the step that fails, and says which", () => {
    const { status, stderr, asked } = publish("exit 3");
    expect(status).toBe(1);
    expect(stderr).toContain("docker ended with 3. Nothing after it was done.");
    expect(asked).toHaveLength(1);
  });

  test("takes no other build's digest where this one reports none", () => {
    publish(reports);
    const { status, asked } = publish("exit 0");
    expect(status).toBe(1);
    expect(asked).toHaveLength(1);
  });
});

import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Images, type ImagesArgs } from "../../../components/images/index.ts";
import { readConfig } from "../../../services/worker/config.ts";
import { recordPulumi, valueOf } from "../pulumi-mocks.ts";

const REPOSITORY = "gcp:artifactregistry/repository:Repository";
const IMAGE = "docker-build:index:Image";

async function made(args: Partial<ImagesArgs> = {}) {
  const recorder = await recordPulumi({
    outputs: ({ type, inputs }) =>
      type === IMAGE
        ? { ref: `${String((inputs as { tags: string[] }).tags[0])}@sha256:${"a".repeat(64)}` }
        : {},
  });
  const images = new Images("mpegflow", {
    projectId: "my-project",
    location: "us",
    source: ".",
    tag: "1.0.0",
    ...args,
  });
  await recorder.settled();
  return { recorder, images };
}

describe("Images", () => {
  test("builds both programs into one repository, by tags that nobody can move", async () => {
    const { recorder } = await made();
    expect(recorder.only(REPOSITORY).inputs).toMatchObject({
      repositoryId: "mpegflow",
      format: "DOCKER",
      dockerConfig: { immutableTags: true },
    });
    expect(recorder.ofType(IMAGE).map(({ inputs }) => [inputs["tags"], inputs["push"]])).toEqual([
      [["us-docker.pkg.dev/my-project/mpegflow/coordinator:1.0.0"], true],
      [["us-docker.pkg.dev/my-project/mpegflow/worker:1.0.0"], true],
    ]);
  });

  test("gives out images by digest", async () => {
    const { images } = await made();
    expect(await valueOf(images.worker)).toMatch(/\/worker:1\.0\.0@sha256:[0-9a-f]{64}$/);
    expect(await valueOf(images.registry)).toBe("us-docker.pkg.dev/my-project/mpegflow");
  });

  test("builds for Arm too where asked to", async () => {
    const { recorder } = await made({ arm: true });
    expect(recorder.only(IMAGE, "mpegflow-worker").inputs["platforms"]).toEqual([
      "linux/amd64",
      "linux/arm64",
    ]);
  });

  test("keeps the newest versions, and deletes old ones", async () => {
    const { recorder } = await made({ keepVersions: 3, deleteAfterDays: 30 });
    expect(recorder.only(REPOSITORY).inputs["cleanupPolicies"]).toEqual([
      { id: "keep-newest", action: "KEEP", mostRecentVersions: { keepCount: 3 } },
      { id: "delete-old", action: "DELETE", condition: { tagState: "ANY", olderThan: "2592000s" } },
    ]);
  });

  test("mirrors KEDA's images where the clusters have no way to them", async () => {
    const { recorder, images } = await made({ mirror: true });
    expect(recorder.only(REPOSITORY, "mpegflow-mirror").inputs).toMatchObject({
      mode: "REMOTE_REPOSITORY",
      remoteRepositoryConfig: { commonRepository: { uri: "https://ghcr.io" } },
    });
    if (images.mirrorRegistry === undefined) throw new Error("no mirror");
    expect(await valueOf(images.mirrorRegistry)).toBe("us-docker.pkg.dev/my-project/mpegflow-mirror");
  });

  test("is kept from deletion unless it is disposable", async () => {
    const kept = (await made()).recorder.only(REPOSITORY);
    expect([kept.protect, kept.inputs["deletionPolicy"]]).toEqual([true, "PREVENT"]);
    const free = (await made({ disposable: true })).recorder.only(REPOSITORY);
    expect([free.protect, free.inputs["deletionPolicy"]]).toEqual([false, "DELETE"]);
  });
});

describe.each(["coordinator", "worker"])("the Dockerfile of the %s", (program) => {
  const root = new URL("../../../", import.meta.url);
  const text = readFileSync(new URL(`services/${program}/Dockerfile`, root), "utf8");

  test("is of a pinned version of Node, the same in all of its stages and in development", () => {
    const { devDependencies } = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as {
      devDependencies: Record<string, string>;
    };
    const bases = [...text.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
    expect(new Set(bases)).toEqual(new Set([`node:${devDependencies["node"] ?? ""}-trixie-slim`]));
  });

  test("runs the program, which is there, as the user that its pod names", () => {
    const [, main = ""] = /"(services\/\w+\/main\.ts)"\]$/m.exec(text) ?? [];
    expect(main).toBe(`services/${program}/main.ts`);
    expect(existsSync(new URL(main, root))).toBe(true);
    expect(text).toContain("USER 65532:65532");
  });

  test("takes nothing of the sources but the program and the packages that it imports", () => {
    const ignored = readFileSync(new URL(`services/${program}/Dockerfile.dockerignore`, root), "utf8");
    const needed = packagesOf(program);
    expect(ignored.trim().split("\n")).toEqual([
      "*",
      "!package.json",
      "!package-lock.json",
      ...needed.map((name) => `!services/${name}`),
    ]);
    const manifests = [...text.matchAll(/^COPY services\/(\w+)\/package\.json services\/(\w+)\/$/gm)];
    expect(manifests.map(([, from, to]) => [from, to])).toEqual(needed.map((name) => [name, name]));
    expect(text).toContain(`npm ci --cache /tmp/npm --workspace services/${program} --omit=dev`);
  });

  /** Folders of services: the program's, and of all that its package.json names. */
  function packagesOf(name: string, found = new Set<string>()): string[] {
    if (found.has(name)) return [];
    found.add(name);
    const manifest = readFileSync(new URL(`services/${name}/package.json`, root), "utf8");
    const { dependencies } = JSON.parse(manifest) as { dependencies: Record<string, string> };
    for (const dependency of Object.keys(dependencies)) {
      if (dependency.startsWith("@mpegflow/")) packagesOf(dependency.slice("@mpegflow/".length), found);
    }
    return [...found].sort();
  }
});

test("a worker in its image finds ffmpeg without being told where", () => {
  const { ffmpeg, ffprobe } = readConfig({
    MPEGFLOW_COORDINATOR_URL: "https://coordinator",
    MPEGFLOW_REGION: "us-central1",
  });
  expect([ffmpeg, ffprobe]).toEqual(["ffmpeg", "ffprobe"]);
});

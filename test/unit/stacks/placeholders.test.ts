import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { readConfig } from "../../../stacks/config.ts";
import { placeholdersIn, refusal } from "../../../stacks/placeholders.ts";

const project = "mpegflow-gcs";
const digest = (digit: string) => `registry/program@sha256:${digit.repeat(64)}`;

function found(own: Record<string, string>): string[] {
  const complete = {
    projectId: "my-project",
    placement: "us-central1",
    clusters: '[{"region":"us-central1","context":"central"}]',
    images: JSON.stringify({ coordinator: digest("a"), worker: digest("b") }),
    ...own,
  };
  const values = Object.fromEntries(
    Object.entries(complete).map(([key, value]) => [`${project}:${key}`, value]),
  );
  return placeholdersIn(readConfig({ project, stack: "prod", values }), project).map(({ path }) => path);
}

describe("a placeholder", () => {
  test("is none of the values that a real project has", () => {
    expect(found({ projectNumber: "123456789012" })).toEqual([]);
    expect(found({})).toEqual([]);
  });

  test("is found for the project's number and for each image", () => {
    expect(found({ projectNumber: "111111111111" })).toEqual(["mpegflow-gcs:projectNumber"]);
    expect(found({ images: JSON.stringify({ coordinator: digest("0"), worker: digest("0") }) })).toEqual([
      "mpegflow-gcs:images.coordinator",
      "mpegflow-gcs:images.worker",
    ]);
  });

  test("is found for the transfer account of a migration", () => {
    const migration = (transferSubjectId: string) => ({
      kind: "archive",
      migration: JSON.stringify({
        source: { bucketName: "studio-archive" },
        waves: [{ name: "all" }],
        schedule: { startDate: "2027-01-15" },
        transferSubjectId,
      }),
    });
    const of = (subject: string) => {
      const own = { projectId: "my-project", placement: "us-central1", ...migration(subject) };
      const values = Object.fromEntries(
        Object.entries(own).map(([key, value]) => [`${project}:${key}`, value]),
      );
      return placeholdersIn(readConfig({ project, stack: "archive", values }), project).map(
        ({ path }) => path,
      );
    };
    expect(of("1".repeat(21))).toEqual(["mpegflow-gcs:migration.transferSubjectId"]);
    expect(of("100000000123456789012")).toEqual([]);
  });

  test("is told with what to put in its place", () => {
    const values = {
      [`${project}:kind`]: "archive",
      [`${project}:projectId`]: "my-project",
      [`${project}:placement`]: "us-central1",
      [`${project}:projectNumber`]: "111111111111",
    };
    const config = readConfig({ project, stack: "archive", values });
    expect(refusal("archive", placeholdersIn(config, project))).toBe(
      "Stack archive has placeholders in its configuration: it can be previewed, not updated.\n" +
        "  - mpegflow-gcs:projectNumber: given the placeholder 111111111111; allowed: the number of the project my-project. " +
        "Fix: set what this prints: gcloud projects describe my-project --format='value(projectNumber)'",
    );
  });
});

test("no committed environment but local holds what looks like a real project number", () => {
  const files = globSync("stacks/Pulumi.*.yaml", { cwd: new URL("../../..", import.meta.url) });
  expect(files.length).toBeGreaterThanOrEqual(6);
  for (const file of files.filter((one) => basename(one) !== "Pulumi.local.yaml")) {
    const { config } = parse(readFileSync(new URL(`../../../${file}`, import.meta.url), "utf8")) as {
      config: Record<string, unknown>;
    };
    expect([undefined, "111111111111"], file).toContain(config[`${project}:projectNumber`]);
  }
});

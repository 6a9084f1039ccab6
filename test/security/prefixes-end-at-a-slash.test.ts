/** Issue 15, number 7: `tenant-1` does not admit `tenant-10`. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clientAccessProblems, jobPrefixProblems } from "../../components/workloads/client-access.ts";
import { accessRulesSchema, readConfig, accessScopeOf, submit } from "../../services/coordinator/index.ts";
import { beginsWithAny } from "../../services/coordinator/prefixes.ts";
import { bucket, createWorld, jobRequest } from "../unit/coordinator/world.ts";

const environment = {
  MPEGFLOW_REGION: "us-central1",
  MPEGFLOW_PROJECT: "project-1",
  MPEGFLOW_BUCKET: "media",
  MPEGFLOW_JOBS_TOPIC: "jobs",
  MPEGFLOW_TLS_DIRECTORY: "/tls",
  MPEGFLOW_JOBS_SUBSCRIPTION: "jobs-us-central1",
  MPEGFLOW_EVENTS_TOPIC: "job-events",
  MPEGFLOW_SIGNER_SECRET: "projects/p/secrets/signer/versions/latest",
  MPEGFLOW_LEASE_SECRET: "projects/p/secrets/lease/versions/latest",
  MPEGFLOW_AUTHENTICATION: "none",
};

describe("a prefix", () => {
  it("takes in what is below it and nothing beside it, however it ends", () => {
    const segment = fc.stringMatching(/^[a-z0-9-]{1,8}$/);
    fc.assert(
      fc.property(segment, segment, fc.constantFrom("", "/"), (folder, more, end) => {
        const prefix = `gs://media/${folder}${end}`;
        expect(beginsWithAny(`gs://media/${folder}/${more}`, [prefix])).toBe(true);
        expect(beginsWithAny(`gs://media/${folder}${more}/a`, [prefix])).toBe(false);
      }),
    );
  });

  it.each(["MPEGFLOW_INPUT_PREFIXES", "MPEGFLOW_OUTPUT_PREFIXES"])(
    "of %s ends in /, or the coordinator does not start",
    (name) => {
      for (const text of ["gs://media/tenant-1", "gs://media/a/,gs://media/tenant-1", "gs://media"])
        expect(() => readConfig({ ...environment, [name]: text })).toThrow(
          `${name} is ${JSON.stringify(text)}; it must be prefixes such as gs://BUCKET/FOLDER/, each ending in /`,
        );
      for (const text of ["gs://media/", "gs://media/tenant-1/", "gs://media/a/,s3://films/b c/"])
        expect(() => readConfig({ ...environment, [name]: text })).not.toThrow();
    },
  );

  it("of an access rule ends in /", () => {
    const rule = { subjects: ["a"], inputs: ["gs://media/"], outputs: ["gs://media/tenant-1"] };
    expect(accessRulesSchema.safeParse([rule]).success).toBe(false);
  });

  it.each(["inputPrefixes", "outputPrefixes"] as const)("of the component's %s ends in /", (name) => {
    expect(jobPrefixProblems({ [name]: ["tenant-1/", "/", "gs://other/a/"] })).toEqual([]);
    for (const wrong of ["tenant-1", "gs://media", "/tenant-1/", "a,b/"])
      expect(jobPrefixProblems({ [name]: [wrong] })).toMatchObject([
        { path: `${name}[0]`, because: expect.stringContaining("neighbours") as string },
      ]);
  });

  it("of the component's rules for clients ends in /", () => {
    const emails = ["a@example.com"];
    const rule = { emails, inputs: ["in"], outputs: ["tenant-1"] };
    expect(clientAccessProblems({ emails, access: [rule] }).map(({ path }) => path)).toEqual([
      "clients.access[0].inputs[0]",
      "clients.access[0].outputs[0]",
    ]);
  });
});

describe("a job of tenant-10", () => {
  const asked = jobRequest("job-1", { outputPrefix: `gs://${bucket}/tenant-10/` });
  it.each([`gs://${bucket}/tenant-1/`, `gs://${bucket}/tenant-1`])(
    "is not served where %s is",
    async (prefix) => {
      await expect(submit(createWorld().replica({ outputPrefixes: [prefix] }), asked)).rejects.toMatchObject({
        code: "prefix-not-allowed",
      });
    },
  );

  it("is not for a client with the rule of tenant-1", () => {
    const rules = [
      { subjects: ["a"], inputs: [`gs://${bucket}/`], outputs: [`gs://${bucket}/tenant-1`], secrets: [] },
    ];
    expect(accessScopeOf(rules, "a").sees(asked.outputPrefix)).toBe(false);
    expect(accessScopeOf(rules, "a").refusal(asked)).toMatchObject({ status: 403 });
  });
});

/** Every comparison of beginnings in the coordinator with something that is no literal, and why it stops at a boundary. */
const reviewed: Readonly<Record<string, string>> = {
  "prefixes.ts: uri.startsWith(one.endsWith(": "the boundary itself",
  "jobs/job-request.ts: object.startsWith(settings.jobsPrefix)": "MPEGFLOW_JOBS_PREFIX ends in /",
  "jobs/overlap.ts: settings.jobsPrefix.startsWith(object)": "an output prefix ends in /",
  "jobs/overlap.ts: input.startsWith(outputPrefix)": "an output prefix ends in /",
  "uploads/upload-request.ts: objectId.startsWith(rules.prefix)": "MPEGFLOW_UPLOADS_PREFIX ends in /",
  "uploads/upload-config.ts: to?.startsWith(from)": "both end in /",
  "uploads/multipart.ts: parsed.data.uri.startsWith(holder.outputs)": "a lease token's outputs end in /",
};

describe("the coordinator's comparisons of beginnings", () => {
  it("are all known to stop at a boundary", () => {
    const root = fileURLToPath(new URL("../../services/coordinator/", import.meta.url));
    const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".ts"),
    );
    const found = files.flatMap((file) =>
      [...readFileSync(`${root}${file}`, "utf8").matchAll(/[\w.?]+\.startsWith\((?!["'`])[\w.]+\)?/g)].map(
        ([text]) => `${file}: ${text.replace(/endsWith$/, "endsWith(")}`,
      ),
    );
    expect(found.sort()).toEqual(Object.keys(reviewed).sort());
  });
});

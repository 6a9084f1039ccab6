import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunResult } from "../../sandbox/engine/index.ts";
import { environmentPolicies } from "../../tools/policy/environments.ts";
import { violationsIn } from "../../tools/policy/events.ts";
import { fixture, openTestEngine, root, type TestEngine } from "../engine/support.ts";

/** The policy that names what the others could not judge. */
const REPORT = "everything-is-judged";

let engine: TestEngine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => {
  engine.dispose();
});

async function preview(projectDirectory: string, name: string, ...more: string[]): Promise<RunResult> {
  const stack = await engine.stack({ projectDirectory, name });
  return stack.run(["preview", "--json", "--policy-pack", join(root, "policy"), ...more], {
    env: { PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true" },
  });
}

describe("prod with the guards of its components taken away", () => {
  let lines: readonly string[];
  beforeAll(async () => {
    const { exitCode, stdout } = await preview(fixture("sabotaged"), "prod");
    expect(exitCode).not.toBe(0);
    lines = violationsIn(stdout).map(
      ({ policy, urn, message }) =>
        `${policy} ${urn.split("::").at(-1) ?? ""}: ${message.split("\n")[0] ?? ""}`,
    );
  });

  test("is refused by every policy that judges what it declares", () => {
    expect([...new Set(lines.map((line) => line.split(" ")[0]))].sort()).toEqual([
      "active-active-requires-dual-region",
      "audit-archives-are-locked",
      "bucket-retention-holds",
      "buckets-are-not-force-destroyed",
      "buckets-have-uniform-access",
      "buckets-keep-deleted-objects",
      "buckets-prevent-public-access",
      "cold-objects-live-long-enough",
      "coordinators-are-spoken-to-by-tls",
      "data-access-is-logged",
      "everything-is-judged",
      "grants-are-not-public",
      "images-are-pinned-by-digest",
      "lifecycle-rules-make-sense",
      "signed-urls-are-short-lived",
      "subscriptions-have-dead-letters",
      "subscriptions-never-expire",
      "two-region-writers-require-dual-region",
      "unfinished-uploads-end",
      "worker-accounts-are-unbound",
      "workers-cannot-reach-metadata",
      "workers-hold-no-roles",
      "workers-reach-named-hosts",
    ]);
  });

  test("is told the resource, below its component, and what is wrong with it", () => {
    expect(lines).toEqual(
      expect.arrayContaining([
        'buckets-are-not-force-destroyed mpegflow-media: Bucket "mpegflow-media" sets forceDestroy.',
        'buckets-keep-deleted-objects mpegflow-media: Bucket "mpegflow-media" has soft delete turned off.',
        'worker-accounts-are-unbound mpegflow-us-central1-encoders: ServiceAccount "mpegflow-us-central1-encoders" is a worker\'s and stands for someone@p.iam.gserviceaccount.com.',
        'subscriptions-never-expire mpegflow-jobs: Subscription "mpegflow-jobs" expires after 31 days without a subscriber.',
      ]),
    );
  });
});

test.each(["prod", "prod-eu", "staging", "dev", "local", "archive"])(
  "%s passes every policy, as its environment enforces them",
  async (name) => {
    const { exitCode, stdout, stderr } = await preview(root, name, ...environmentPolicies(name));
    expectToPass({ exitCode, stdout, stderr });
  },
);

describe("delivery in every form passes every policy", () => {
  const domains = ["media.example.com"];
  test.each([
    ["prod", { domains }],
    ["dev", { domains, caching: { preset: "Live" }, ipv6: true }],
    ["prod-eu", { domains, access: "Everyone", servedPrefixes: ["public/"] }],
  ])("%s with %o", async (name, delivery) => {
    const { exitCode, stdout, stderr } = await preview(
      root,
      name,
      ...environmentPolicies(name),
      "--config",
      `mpegflow-gcs:delivery=${JSON.stringify(delivery)}`,
    );
    expectToPass({ exitCode, stdout, stderr });
  });
});

/** A stack passes that is refused by nothing. What a first preview does not know is said, once. */
function expectToPass({ exitCode, stdout, stderr }: Pick<RunResult, "exitCode" | "stdout" | "stderr">): void {
  const all = violationsIn(stdout);
  const unjudged = all.filter(({ policy }) => policy === REPORT);
  expect(all.filter(({ policy }) => policy !== REPORT)).toEqual([]);
  expect(exitCode, stderr).toBe(0);
  expect(unjudged.length).toBeLessThanOrEqual(1);
  for (const { level, message } of unjudged) {
    expect(level).toBe("advisory");
    // Neither the project's number, which is in principals' names, nor the names of keys.
    expect(message.split("\n")[0]).toMatch(
      /^Not judged: (customer-managed-keys-where-asked \([^)]*\), )?workers-hold-no-roles \([^)]*\), because what they read is known only after the first update, which judges it again\.$/,
    );
  }
}

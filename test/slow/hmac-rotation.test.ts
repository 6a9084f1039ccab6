import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectId } from "../unit/providers/local-cloud.ts";
import { openProgram, output, type Program } from "../engine/program.ts";
import { root, stackOutputs } from "../engine/support.ts";

type Settings = Readonly<Record<string, unknown>>;

const runbook = readFileSync(join(root, "docs/runbooks/hmac-rotation.md"), "utf8");
/** The `pulumi config set` commands below a heading of the runbook, as settings. */
function documented(heading: string): Settings {
  const start = runbook.indexOf(`### ${heading}`);
  const section = runbook.slice(start, runbook.indexOf("\n#", start + 1));
  const found = [
    ...section.matchAll(/^pulumi config set --stack prod mpegflow-gcs:(\w+) (?:'(.+)'|(\w+))$/gm),
  ];
  if (found.length === 0) throw new Error(`the runbook has no settings below ${heading}`);
  return Object.fromEntries(
    found.map(([, key = "", json, word]) => [key, json === undefined ? word : (JSON.parse(json) as unknown)]),
  );
}

let program: Program<Settings>;
/** The stack's configuration, which each step of the runbook changes. */
let settings: Settings = {};
beforeAll(async () => {
  program = await openProgram("rotation");
  await program.upWell(settings);
});
afterAll(() => program.close());

/** `create HmacKey rotation-hmac-b` for each step of a cloud resource that a preview shows. */
async function planOf(wanted: Settings): Promise<string[]> {
  const { steps, exitCode, stderr } = await program.preview(wanted);
  expect(exitCode, stderr).toBe(0);
  return steps
    .filter(({ op, urn }) => op !== "same" && /[:$]gcp:[^$]*$/.test(urn))
    .map(({ op, urn }) => `${op} ${(urn.split("::").slice(2).join(" ").split(":").pop() ?? "").trim()}`)
    .sort();
}

/** Previews a step of the runbook, then takes it. */
async function take(heading: string): Promise<string[]> {
  settings = { ...settings, ...documented(heading) };
  const plan = await planOf(settings);
  await program.upWell(settings);
  return plan;
}

const signingSecret = async (): Promise<unknown> =>
  (await stackOutputs(program.stack))["signerSecretVersion"];
const secretOf = (key: string): string =>
  `projects/${projectId}/secrets/rotation-hmac-${key}/versions/latest`;

/** States of the keys in the store. */
async function keyStates(): Promise<string[]> {
  const response = await program.cloud.storage("GET", `/storage/v1/projects/${projectId}/hmacKeys`);
  const { items } = (await response.json()) as { items?: { state: string }[] };
  return (items ?? []).map(({ state }) => state).sort();
}

describe("the rotation of the runbook", () => {
  it("adds the second key in the first update, and signs with the first still", async () => {
    expect(await take("1. Add the new key")).toEqual([
      "create HmacKey rotation-hmac-b",
      "create Secret rotation-hmac-b",
      expect.stringMatching(/^create SecretIamMember rotation-hmac-b-reader-coordinator-[0-9a-f]{8}$/),
      "create SecretVersion rotation-hmac-b",
    ]);
    expect(await signingSecret()).toBe(secretOf("a"));
    expect(await keyStates()).toEqual(["ACTIVE", "ACTIVE"]);
  });

  it("changes nothing but the signing key in the second update, so that outstanding URLs live", async () => {
    expect(await take("2. Sign with it")).toEqual([]);
    expect(await signingSecret()).toBe(secretOf("b"));
    expect(await keyStates()).toEqual(["ACTIVE", "ACTIVE"]);
  });

  it("refuses to delete the old key while it is ACTIVE, in the preview already", async () => {
    const refused = await program.run(["preview"], { ...settings, hmacKeys: [{ name: "b" }] });
    expect(refused.exitCode).not.toBe(0);
    expect(output(refused)).toContain("protected");
    expect(await keyStates()).toEqual(["ACTIVE", "ACTIVE"]);
  });

  it("makes the old key INACTIVE in place, and takes its secret from the coordinators", async () => {
    expect(await take("3. Retire the old key")).toEqual([
      expect.stringMatching(/^delete SecretIamMember rotation-hmac-a-reader-coordinator-[0-9a-f]{8}$/),
      "update HmacKey rotation-hmac-a",
      "update Secret rotation-hmac-a",
      "update SecretVersion rotation-hmac-a",
    ]);
    expect(await keyStates()).toEqual(["ACTIVE", "INACTIVE"]);
  });

  it("removes the old key and its secret with no step outside the configuration", async () => {
    expect(await take("4. Remove the old key")).toEqual([
      "delete HmacKey rotation-hmac-a",
      "delete Secret rotation-hmac-a",
      "delete SecretVersion rotation-hmac-a",
    ]);
    expect(await keyStates()).toEqual(["ACTIVE"]);
  });

  it("revokes at once in an emergency: one update makes a new key and turns the stolen one off", async () => {
    const plan = await take("Replace the revoked key");
    expect(plan).toContain("create HmacKey rotation-hmac-c");
    expect(plan).toContain("update HmacKey rotation-hmac-b");
    expect(plan.filter((step) => step.includes("HmacKey"))).toHaveLength(2);
    expect(await signingSecret()).toBe(secretOf("c"));
    expect(await keyStates()).toEqual(["ACTIVE", "INACTIVE"]);
  });
});

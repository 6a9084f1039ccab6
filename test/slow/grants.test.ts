import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GrantSettings } from "../engine/fixtures/grants/index.ts";
import { openProgram, output, type Program } from "../engine/program.ts";
import { stackOutputs } from "../engine/support.ts";

const [zoe, anna, max] = ["user:zoe@example.com", "user:anna@example.com", "user:max@example.com"] as const;
const repositories = ["programs", "mirror"];
const all: GrantSettings = { members: [zoe, anna, max], repositories };
/** Grants of one member: objects, signatures, the lease secret, three subscriptions, two topics. */
const GRANTS = 8;

let program: Program<GrantSettings>;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "grants-"));
  program = await openProgram("grants");
});
afterAll(async () => {
  await program.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Gives the state the names of before: the place in the list for what tells a grantee. */
async function nameByPlace(names: readonly string[]): Promise<void> {
  const { stdout } = await program.stack.run(["stack", "export"]);
  const renamed = names.reduce(
    (text, name, place) => text.replaceAll(new RegExp(`-${name}(?:-[0-9a-f]{8})?(?=["-])`, "g"), `-${place}`),
    stdout,
  );
  expect(renamed).not.toBe(stdout);
  const file = join(directory, "state.json");
  writeFileSync(file, renamed);
  const imported = await program.stack.run(["stack", "import", "--file", file]);
  expect(imported.exitCode, output(imported)).toBe(0);
}

/** `delete broker-signer-signs-zoe-1a2b3c4d` for each step that does something to a resource of a provider. */
async function planOf(settings: GrantSettings): Promise<string[]> {
  const { steps, exitCode, stderr } = await program.preview(settings);
  expect(exitCode, stderr).toBe(0);
  return steps
    .filter(({ op, urn }) => op !== "same" && /gcp:[^$]*$/.test(urn))
    .map(({ op, urn }) => `${op} ${urn.split("::").at(-1) ?? ""}`);
}

/** Whether the member may read the lease secret, as Secret Manager answers. */
async function mayRead(member: string): Promise<boolean> {
  const { leaseSecretVersion } = await stackOutputs(program.stack);
  const { secretManager } = program.cloud.address;
  const response = await fetch(`${secretManager.url}/v1/${String(leaseSecretVersion)}:access`, {
    headers: { authorization: `Bearer ${program.cloud.tokens.issue(member, 600)}` },
  });
  await response.body?.cancel();
  return response.status === 200;
}

// One after another, each from what the one before left.
describe("Grants to a list, on the real engine", () => {
  it("keeps the grants of a stack that called them by their place", async () => {
    await program.upWell(all);
    await nameByPlace(["zoe", "anna", "max"]);
    await nameByPlace(repositories);
    expect(await planOf(all)).toEqual([]);
    await program.upWell(all);
  });

  it("changes nothing when members and repositories are moved", async () => {
    expect(await planOf({ members: [max, zoe, anna], repositories: repositories.toReversed() })).toEqual([]);
  });

  it("takes away what the first had when it is taken out, and leaves the others theirs", async () => {
    const rest = { members: [anna, max], repositories: ["mirror"] };
    const plan = await planOf(rest);
    expect(plan.filter((step) => !/^delete .*-(?:zoe|programs)-[0-9a-f]{8}$/.test(step))).toEqual([]);
    expect(plan).toHaveLength(GRANTS + 1);
    await program.upWell(rest);
    expect([await mayRead(zoe), await mayRead(anna), await mayRead(max)]).toEqual([false, true, true]);
  });

  it("leaves a member that was listed twice its permission when it is listed once", async () => {
    await program.upWell({ members: [anna, max, anna] });
    await program.upWell({ members: [max, anna] });
    expect([await mayRead(anna), await mayRead(max)]).toEqual([true, true]);
    await program.upWell({ members: [max] });
    expect(await mayRead(anna)).toBe(false);
  });

  it("calls outputs by their place until they have names, and keeps their grants when they get them", async () => {
    await program.upWell({ members: [zoe, anna], as: "outputs" });
    expect(await planOf({ members: [zoe, anna], as: "named" })).toEqual([]);
    await program.upWell({ members: [zoe, anna], as: "named" });
    const plan = await planOf({ members: [anna], as: "named" });
    expect(plan.filter((step) => !/^delete .*-zoe$/.test(step))).toEqual([]);
    expect(plan).toHaveLength(GRANTS);
  });
});

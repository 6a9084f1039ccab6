import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { expect, test } from "vitest";
import { policies } from "../../../policy/policies.ts";

const FOLDER = path.resolve(import.meta.dirname, "../../../policy");

test("every policy tells its user what it is, how grave, and what to do", () => {
  for (const policy of policies) {
    expect(policy.description).toMatch(/\.$/);
    expect(policy).toMatchObject({
      enforcementLevel: expect.stringMatching(/^(mandatory|advisory)$/) as string,
      severity: expect.any(String) as string,
      remediationSteps: expect.any(String) as string,
      url: expect.stringMatching(/^https:/) as string,
      configSchema: { properties: { exceptions: { type: "array" } } },
    });
  }
});

test("names are unique", () => {
  const names = policies.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test("Pulumi's own runner loads the pack, which then says at which port it serves", async () => {
  const runner = path.resolve(FOLDER, "../node_modules/@pulumi/pulumi/cmd/run-policy-pack");
  const server = spawn(process.execPath, [runner, "127.0.0.1:1", FOLDER], {
    cwd: FOLDER,
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [output] = (await once(server.stdout, "data")) as [Buffer];
    expect(output.toString()).toMatch(/^\d+\n$/);
  } finally {
    server.kill();
    await once(server, "exit");
  }
}, 30_000);

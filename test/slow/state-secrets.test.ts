import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { PLACEHOLDER_SUBJECT_ID } from "../../stacks/placeholders.ts";
import { openTestEngine, root, stackExport, type TestEngine } from "../engine/support.ts";
import { projectId, projectNumber, startTestCloud, type TestCloud } from "../unit/providers/local-cloud.ts";
import { openConfiguredStack, type Values } from "./stack-world.ts";

const environments = globSync("stacks/Pulumi.*.yaml", { cwd: root })
  .map((file) => file.replace(/^.*Pulumi\.|\.yaml$/g, ""))
  .filter((name) => name !== "local")
  .toSorted();

let engine: TestEngine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => {
  engine.dispose();
});

/** A committed environment with the test cloud's project, and digests in the place of placeholders. */
function valuesOf(name: string): Values {
  const file = readFileSync(join(root, "stacks", `Pulumi.${name}.yaml`), "utf8");
  const known = file
    .replaceAll(/sha256:0{64}/g, `sha256:${"a".repeat(64)}`)
    .replaceAll(PLACEHOLDER_SUBJECT_ID, "100000000123456789012");
  const { config } = parse(known) as {
    config: Record<string, unknown>;
  };
  const own = Object.entries(config)
    .filter(([key]) => key.startsWith("mpegflow-gcs:"))
    .map(([key, value]) => [key.replace("mpegflow-gcs:", ""), value] as const);
  return { ...Object.fromEntries(own), projectId, projectNumber };
}

/** Values of the stack's secrets in Secret Manager: as text, as Base64, and each secret inside a JSON value. */
async function secretsOf(exported: StackExport, { address }: TestCloud): Promise<string[]> {
  const names = exported.deployment.resources
    .filter(({ type }) => type === "gcp:secretmanager/secret:Secret")
    .map(({ id }) => String(id));
  const found = await Promise.all(
    names.map(async (name) => {
      const response = await fetch(`${address.secretManager.url}/v1/${name}/versions/latest:access`, {
        headers: { authorization: `Bearer ${address.deployerToken}` },
      });
      expect(response.status, name).toBe(200);
      const { payload } = (await response.json()) as { payload: { data: string } };
      const text = Buffer.from(payload.data, "base64").toString();
      const inside = [...text.matchAll(/"secret": ?"([^"]+)"/g)].map(([, secret = ""]) => secret);
      return [payload.data, text, ...inside];
    }),
  );
  return found.flat();
}
type StackExport = Awaited<ReturnType<typeof stackExport>>;

/** Each environment as it is committed, and one with the signer that stores a secret. */
const cases: { name: string; environment: string; more: Values; signing: string }[] = [
  ...environments.map((name) => ({ name, environment: name, more: {}, signing: "as committed" })),
  { name: "prod-hmac", environment: "prod", more: { signer: "HMAC" }, signing: "signing with HMAC keys" },
];

describe.each(cases)("the stack $name, $signing, when it is up", ({ name, environment, more }) => {
  let cloud: TestCloud;
  let exported: StackExport;
  let printed: string;
  beforeAll(async () => {
    cloud = await startTestCloud();
    const configured = await openConfiguredStack(engine, name, cloud.addressFile);
    const { exitCode, stdout, stderr } = await configured.up({ ...valuesOf(environment), ...more });
    printed = stdout + stderr;
    expect(exitCode, printed).toBe(0);
    exported = await stackExport(configured.stack);
  });
  afterAll(async () => {
    await cloud.close();
  });

  it("has no secret in clear in what `pulumi stack export` writes, nor in what `pulumi up` prints", async () => {
    const secrets = await secretsOf(exported, cloud);
    const state = JSON.stringify(exported);
    // An archive has nothing to sign, so it has no secret; every other stack has the one of its leases at least.
    expect(secrets.length > 0).toBe(environment !== "archive");
    expect(secrets.filter((secret) => state.includes(secret))).toEqual([]);
    expect(secrets.filter((secret) => printed.includes(secret))).toEqual([]);
  });
});

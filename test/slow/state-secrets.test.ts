import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestEngine, stackExport, type TestEngine } from "../engine/support.ts";
import { startTestCloud, type TestCloud } from "../unit/providers/local-cloud.ts";
import { committedEnvironments, committedValues, openConfiguredStack, type Values } from "./stack-world.ts";

let engine: TestEngine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => {
  engine.dispose();
});

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
  ...committedEnvironments.map((name) => ({ name, environment: name, more: {}, signing: "as committed" })),
  { name: "prod-hmac", environment: "prod", more: { signer: "HMAC" }, signing: "signing with HMAC keys" },
];

describe.each(cases)("the stack $name, $signing, when it is up", ({ name, environment, more }) => {
  let cloud: TestCloud;
  let exported: StackExport;
  let printed: string;
  beforeAll(async () => {
    cloud = await startTestCloud();
    const configured = await openConfiguredStack(engine, name, cloud.addressFile);
    const { exitCode, stdout, stderr } = await configured.up({ ...committedValues(environment), ...more });
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

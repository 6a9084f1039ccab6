import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { localEnvironment, urlsIn, type CommandResult } from "../end-to-end/support.ts";

const local = localEnvironment();
let run: CommandResult;
beforeAll(async () => {
  run = await local.run(
    "local",
    ...["--config", "mpegflow-gcs:signer=SIGN_BLOB"],
    ...["--config", "mpegflow-gcs:separateSigners=true"],
  );
});
afterAll(async () => {
  await local.close();
});

const account = (name: string) => `mpegflow-broker-${name}@mpegflow-local.iam.gserviceaccount.com`;
const playlist = (): string => urlsIn(run.stdout).get("hls/master.m3u8") ?? "";

/** Puts a service account of the local cloud into a state. */
async function setDisabled(email: string, disabled: boolean): Promise<void> {
  const { url, token } = local.cloud();
  const target = `${url}/iam/serviceAccounts/${encodeURIComponent(email)}`;
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const known = (await (await fetch(target, { headers })).json()) as Record<string, unknown>;
  const changed = await fetch(target, {
    method: "PUT",
    headers,
    body: JSON.stringify({ ...known, disabled }),
  });
  expect(changed.status).toBe(200);
}

describe("a local stack that signs without keys, with an account for each direction", () => {
  it("encodes the clip: the coordinators sign by signBlob, and the store takes what they signed", () => {
    expect(run.exitCode, run.stdout + run.stderr).toBe(0);
    expect(run.stdout).toMatch(/^event {4}dev\.mpegflow\.job\.succeeded/m);
  });

  it("has no HMAC key, in the store or in Secret Manager", async () => {
    const { storage, projectId, deployerToken } = local.cloud();
    const keys = await fetch(`${storage.url}/storage/v1/projects/${projectId}/hmacKeys`, {
      headers: { authorization: `Bearer ${deployerToken}` },
    });
    expect(((await keys.json()) as { items?: unknown[] }).items ?? []).toEqual([]);
    const secrets = readFileSync(join(local.directory, "cloud", "secrets", "secrets.json"), "utf8");
    expect(Object.keys(JSON.parse(secrets) as object)).toEqual(["mpegflow-broker-lease"]);
  });

  it("gives URLs in the reader's name that open", async () => {
    const url = new URL(playlist());
    expect(url.searchParams.get("X-Goog-Algorithm")).toBe("GOOG4-RSA-SHA256");
    expect(url.searchParams.get("X-Goog-Credential")).toMatch(new RegExp(`^${account("reader")}/`));
    expect(await (await fetch(url)).text()).toContain("#EXTM3U");
  });

  it("refuses URLs that are out once the account is disabled, as the runbook says, and takes them again after", async () => {
    await setDisabled(account("reader"), true);
    expect((await fetch(playlist())).status).toBe(403);
    await setDisabled(account("reader"), false);
    expect((await fetch(playlist())).status).toBe(200);
  });
});

import { afterAll, beforeAll, expect, it } from "vitest";
import { projectId, projectNumber } from "../unit/providers/local-cloud.ts";
import type { CdnSignedRequests } from "../../components/index.ts";
import { openProgram, output, type Program } from "../engine/program.ts";
import { stackExport, stackOutputs } from "../engine/support.ts";

const KEY = "gcp:compute/backendBucketSignedUrlKey:BackendBucketSignedUrlKey";

let program: Program<CdnSignedRequests>;
beforeAll(async () => {
  program = await openProgram("cdn");
});
afterAll(() => program.close());

/** What happens to keys on backends, as `create vod-key-b-segments`. */
async function planOf(keys: CdnSignedRequests): Promise<string[]> {
  const { steps, exitCode, stderr } = await program.preview(keys);
  expect(exitCode, stderr).toBe(0);
  return steps
    .filter(({ op, urn }) => op !== "same" && urn.includes(KEY))
    .map(({ op, urn }) => `${op} ${urn.split("::").at(-1) ?? ""}`)
    .sort();
}

/** The names of the keys that each backend has in the local cloud. */
async function keysOnBackends(): Promise<string[][]> {
  const { deployment } = await stackExport(program.stack);
  const backends = deployment.resources.filter(
    ({ type }) => type === "gcp:compute/backendBucket:BackendBucket",
  );
  return Promise.all(
    backends.map(async ({ id }) => {
      const path = `/registry/${encodeURIComponent(KEY)}/${encodeURIComponent(`${String(id)}/signedUrlKeyNames`)}`;
      const response = await program.cloud.control("GET", path);
      return ((await response.json()) as { names: string[] }).names.toSorted();
    }),
  );
}

const secretOf = (key: string) => `projects/${projectId}/secrets/vod-key-${key}/versions/latest`;
const activeSecret = async () => (await stackOutputs(program.stack))["activeKeySecretVersion"];

it("serves a private bucket by one update: the fill account is granted once a key has made it", async () => {
  await program.upWell({});
  expect(await keysOnBackends()).toEqual([["a"], ["a"]]);
  const outputs = await stackOutputs(program.stack);
  expect(outputs["url"]).toBe("https://media.example.com");
  expect(outputs["dnsRecords"]).toEqual([
    { name: "media.example.com.", type: "A", data: (outputs["addresses"] as string[])[0] },
    {
      name: "_acme-challenge.media.example.com.",
      type: "CNAME",
      data: expect.stringMatching(/\.authorize\.certificatemanager\.goog\.$/) as unknown,
    },
  ]);
  const bindings = await program.cloud.control(
    "GET",
    `/iam/bindings/${encodeURIComponent(
      `b/cdn-media/roles/storage.objectViewer/serviceAccount:service-${projectNumber}@cloud-cdn-fill.iam.gserviceaccount.com`,
    )}`,
  );
  expect(bindings.status).toBe(200);
});

it("changes nothing when nothing has changed", async () => {
  const { changeSummary, exitCode, stderr } = await program.preview();
  expect(exitCode, stderr).toBe(0);
  expect(Object.keys(changeSummary)).toEqual(["same"]);
});

it("keeps the key secret in the state, and gives signers the same one that the backends have", async () => {
  const { deployment } = await stackExport(program.stack);
  const keys = deployment.resources.filter(({ type }) => type === KEY);
  expect(keys).toHaveLength(2);
  for (const { inputs, outputs } of keys as { inputs?: object; outputs?: object }[]) {
    expect(inputs).toMatchObject({ keyValue: { ciphertext: expect.any(String) as unknown } });
    expect(outputs).toMatchObject({ keyValue: { ciphertext: expect.any(String) as unknown } });
  }
});

it("refuses to swap the key that signs in one update, which would end every signature", async () => {
  const refused = await program.run(["preview"], { keys: [{ name: "b" }] });
  expect(refused.exitCode).not.toBe(0);
  expect(output(refused)).toContain("protected");
});

const both = { keys: [{ name: "a" }, { name: "b" }] };

it("adds a second key to both backends, and signs with the first still", async () => {
  const added = { ...both, activeKey: "a" };
  expect(await planOf(added)).toEqual(["create vod-key-b-playlists", "create vod-key-b-segments"]);
  await program.upWell(added);
  expect(await keysOnBackends()).toEqual([
    ["a", "b"],
    ["a", "b"],
  ]);
  expect(await activeSecret()).toBe(secretOf("a"));
});

it("signs with the second, while both backends take either", async () => {
  await program.upWell({ ...both, activeKey: "b" });
  expect(await keysOnBackends()).toEqual([
    ["a", "b"],
    ["a", "b"],
  ]);
  expect(await activeSecret()).toBe(secretOf("b"));
});

it("removes the first by configuration alone, and the second stays on both backends", async () => {
  const removed = { keys: [{ name: "b" }] };
  expect(await planOf(removed)).toEqual(["delete vod-key-a-playlists", "delete vod-key-a-segments"]);
  await program.upWell(removed);
  expect(await keysOnBackends()).toEqual([["b"], ["b"]]);
  expect(await activeSecret()).toBe(secretOf("b"));
});

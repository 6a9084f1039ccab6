import { expect, test } from "vitest";
import { resourcesIn } from "../../../../tools/policy/judged.ts";

const stack = { urn: "urn:stack", type: "pulumi:pulumi:Stack" };
const provider = { urn: "urn:provider", type: "pulumi:providers:gcp" };
const bucket = { urn: "urn:bucket", type: "gcp:storage/bucket:Bucket" };

test.each([
  ["an empty deployment", {}, 0],
  ["a fresh stack, whose resources are null", { resources: null }, 0],
  ["the stack and a provider alone", { resources: [stack, provider] }, 0],
  ["a bucket that only waits for its deletion", { resources: [stack, { ...bucket, delete: true }] }, 0],
  ["a bucket", { resources: [stack, provider, bucket] }, 1],
])("counts what there is to judge in %s", (_, deployment, count) => {
  expect(resourcesIn(JSON.stringify({ version: 3, deployment }))).toBe(count);
});

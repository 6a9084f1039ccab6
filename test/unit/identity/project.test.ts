import { expect, test } from "vitest";
import { projectNumberOf, pubsubServiceAgent } from "../../../components/identity/index.ts";
import { recordPulumi, valueOf } from "../pulumi-mocks.ts";

async function recordLookups() {
  const calls: string[] = [];
  await recordPulumi({
    call: ({ token }) => {
      calls.push(token);
      return { number: "42" };
    },
  });
  return calls;
}

test("a configured project number makes no call to Google", async () => {
  const calls = await recordLookups();
  expect(await valueOf(projectNumberOf({ projectId: "my-project", projectNumber: "7" }))).toBe("7");
  expect(calls).toEqual([]);
});

test("without one the number is looked up by the project id", async () => {
  const calls = await recordLookups();
  expect(await valueOf(projectNumberOf({ projectId: "my-project" }))).toBe("42");
  expect(calls).toEqual(["gcp:organizations/getProject:getProject"]);
});

test("Pub/Sub's own account is named after the project number", () => {
  expect(pubsubServiceAgent("42")).toBe("serviceAccount:service-42@gcp-sa-pubsub.iam.gserviceaccount.com");
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gcpModel } from "../../../sandbox/providers/gcp/model.ts";
import { connect, type Engine } from "./engine-client.ts";
import { projectId, startTestCloud, type TestCloud } from "./local-cloud.ts";

let cloud: TestCloud;
let gcp: Engine;
beforeAll(async () => {
  cloud = await startTestCloud();
  gcp = await connect(gcpModel, cloud.addressFile, { project: projectId });
  await gcp.make({ type: "gcp:pubsub/topic:Topic" }, { name: "events" });
});
afterAll(async () => {
  await gcp.close();
  await cloud.close();
});

const target = { type: "gcp:pubsub/subscription:Subscription" };

describe.each([
  [
    "pushes to loopback",
    {
      pushConfig: {
        pushEndpoint: "http://127.0.0.1:8080/hook",
        oidcToken: { serviceAccountEmail: "pusher@example.com", audience: "hook" },
        noWrapper: { writeMetadata: true },
      },
    },
  ],
  ["writes rows", { bigqueryConfig: { table: "p.d.t", writeMetadata: true } }],
  [
    "writes files",
    {
      cloudStorageConfig: {
        bucket: "media",
        filenamePrefix: "events/",
        filenameSuffix: ".jsonl",
        maxDuration: "300s",
        textConfig: {},
      },
    },
  ],
] as const)("A subscription that %s", (what, way) => {
  it("is created, and shows no change after a refresh", async () => {
    const name = what.replaceAll(" ", "-");
    const made = await gcp.make(target, { name, topic: "events", ...way });
    expect(made.state).toMatchObject(way);
    const refreshed = await gcp.read(target, made.id, made);
    expect(refreshed).toEqual(made);
    const { inputs } = await gcp.check(target, { name, topic: "events", ...way }, made.inputs);
    expect(await gcp.diff(target, refreshed, inputs)).toMatchObject({ changed: false });
  });
});

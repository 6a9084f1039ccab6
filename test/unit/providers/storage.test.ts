import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gcpModel } from "../../../sandbox/providers/gcp/model.ts";
import { connect, type Engine } from "./engine-client.ts";
import { projectId, startTestCloud, type TestCloud } from "./local-cloud.ts";

const bucket = { type: "gcp:storage/bucket:Bucket" };

let cloud: TestCloud;
let gcp: Engine;
beforeAll(async () => {
  cloud = await startTestCloud();
  gcp = await connect(gcpModel, cloud.addressFile, { project: projectId });
});
afterAll(async () => {
  await gcp.close();
  await cloud.close();
});

describe("a locked retention policy", () => {
  const locked = {
    name: "masters",
    location: "US-CENTRAL1",
    retentionPolicy: { retentionPeriod: "60", isLocked: true },
  };

  it("is locked in the store, and stays so", async () => {
    const made = await gcp.make(bucket, locked);
    expect(made.state).toMatchObject({ retentionPolicy: { retentionPeriod: "60", isLocked: true } });
    for (const changed of [
      { ...locked, retentionPolicy: { retentionPeriod: "60" } },
      { name: locked.name, location: locked.location },
    ]) {
      const { inputs } = await gcp.check(bucket, changed, made.inputs);
      expect((await gcp.diff(bucket, made, inputs)).replaces).toEqual(["retentionPolicy"]);
    }
  });

  it("grows in place", async () => {
    const made = await gcp.make(bucket, { ...locked, name: "older-masters" });
    const longer = {
      ...locked,
      name: "older-masters",
      retentionPolicy: { retentionPeriod: "61", isLocked: true },
    };
    const { inputs } = await gcp.check(bucket, longer, made.inputs);
    expect(await gcp.diff(bucket, made, inputs)).toMatchObject({ changed: true, replaces: [] });
    expect((await gcp.update(bucket, made, inputs)).state).toMatchObject({
      retentionPolicy: { retentionPeriod: "61", isLocked: true },
    });
  });
});

import { describe, expect, it } from "vitest";
import type { JobRecord } from "../../../../services/protocol/index.ts";
import { leased, post } from "../server.ts";

describe("a coordinator beside newer ones", () => {
  it("keeps fields of a record that it does not know", async () => {
    const { world, app, lease } = await leased();
    const record = world.record();
    if (record === undefined) throw new Error("the lease left no record");
    const newer = { ...record, ofNextYear: { colour: "blue" } };
    world.setRecord(newer satisfies JobRecord);
    world.advance(10);
    const beat = await post(app, "/v1/leases/job-1/heartbeat", { percentDone: 20 }, lease.token);
    expect(beat.statusCode).toBe(200);
    expect(world.record()).toMatchObject({ percentDone: 20, ofNextYear: { colour: "blue" } });
  });

  it("passes over what a newer worker tells besides", async () => {
    const { app, lease, world } = await leased();
    const told = { percentDone: 20, ofNextYear: true };
    expect((await post(app, "/v1/leases/job-1/heartbeat", told, lease.token)).statusCode).toBe(200);
    expect(world.record()).not.toHaveProperty("ofNextYear");
  });
});

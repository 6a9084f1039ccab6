import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordsIn, slotsIn, type SlotStore } from "../../../../services/coordinator/index.ts";
import { ADMIN, createWorld, type World } from "../../gcs/world.ts";

let world: World;
let slots: SlotStore;
const prefix = ".mpegflow/jobs/";
const at = new Date("2026-01-01T00:00:00.000Z");
const slot = { jobId: "job-1", attempt: 3, at };

beforeAll(async () => {
  world = await createWorld();
  await world.client().createBucket("media");
  slots = slotsIn(world.client(ADMIN).bucket("media"), prefix);
});
afterAll(() => world.close());

describe("a pod's slot in Cloud Storage", () => {
  it("is one claim's alone, of however many at once", async () => {
    const held = await Promise.all(Array.from({ length: 30 }, () => slots.hold("race/0", slot, "0")));
    const [generation, ...others] = held.filter((one) => one !== undefined);
    expect(others).toEqual([]);
    expect(await slots.read("race/0")).toMatchObject({ slot, generation });
  });

  it("is taken over from the one that was looked at, and from no other", async () => {
    const first = await slots.hold("over/0", slot, "0");
    const second = await slots.hold("over/0", { ...slot, jobId: "job-2" }, first ?? "");
    expect(await slots.hold("over/0", { ...slot, jobId: "job-3" }, first ?? "")).toBeUndefined();
    await slots.free("over/0", first ?? "");
    expect(await slots.read("over/0")).toMatchObject({ slot: { jobId: "job-2" }, generation: second });
    await slots.free("over/0", second ?? "");
    expect(await slots.read("over/0")).toBeUndefined();
    await slots.free("over/0", second ?? "");
  });

  it("is found by its age, over some looks", async () => {
    await slots.hold("0a/0", slot, "0");
    await slots.hold("0b/0", { ...slot, at: new Date("2026-02-01T00:00:00.000Z") }, "0");
    const found = new Set<string>();
    for (let look = 0; look < 2000 && !found.has("0a/0"); look += 1)
      for (const { name } of await slots.takenBefore(new Date("2026-01-02T00:00:00.000Z"))) found.add(name);
    expect(found.has("0a/0")).toBe(true);
    expect(found.has("0b/0")).toBe(false);
  });

  it("is none of the records", async () => {
    const records = recordsIn(world.client(ADMIN).bucket("media"), prefix);
    await slots.hold("here/0", slot, "0");
    expect(await records.listAfter(50, undefined)).toEqual({ entries: [] });
  });
});

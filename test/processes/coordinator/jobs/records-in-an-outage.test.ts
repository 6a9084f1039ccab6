import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RecordStore } from "../../../../services/coordinator/ports.ts";
import { RecordUnavailable } from "../../../../services/coordinator/problem.ts";
import { recordsIn } from "../../../../services/coordinator/stores/storage.ts";
import { decideClaim, newRecord, succeeded } from "../../../../services/coordinator/jobs/transitions.ts";
import type { JobRecord, JobRequest } from "../../../../services/protocol/index.ts";
import { ADMIN, createWorld, type World } from "../../../unit/gcs/world.ts";
import { jobRequest, media } from "../../../unit/coordinator/world.ts";

const prefix = ".mpegflow/jobs/";
let world: World;
let east: RecordStore;
let central: RecordStore;
let count = 0;

beforeAll(async () => {
  world = await createWorld();
  await world.json("POST", "/b?project=test-project", { name: "both", location: "NAM4" });
  world.replication.set({ lagSeconds: 3600 });
  const recordsFrom = async (region: string): Promise<RecordStore> =>
    recordsIn(world.client(ADMIN, await world.endpoint(region)).bucket("both"), prefix);
  [east, central] = await Promise.all([recordsFrom("us-east1"), recordsFrom("us-central1")]);
});
afterAll(() => world.close());
const freshRequest = (): JobRequest => {
  count += 1;
  return { ...jobRequest(), id: `job-${count}`, labels: { title: "Große Fahrt", season: "2" } };
};
function runningRecord(request: JobRequest): JobRecord {
  const now = new Date("2026-01-01T00:00:00Z");
  const worker = { id: "worker-1", region: "us-east1" };
  const decided = decideClaim(newRecord(request, now), worker, now, { leaseSeconds: 60, maxAttempts: 3 });
  if (decided.kind !== "start") throw new Error("no start");
  return decided.record;
}
async function strandedRecord(record: JobRecord): Promise<string> {
  const stored = await east.write(record, "0");
  world.replication.stopRegion("us-east1");
  return stored?.generation ?? "";
}

describe("a record that was not replicated when its region went out", () => {
  beforeEach(() => {
    world.replication.startRegion("us-east1");
  });

  it("is read in the other region all the same, for the request that its message brings", async () => {
    const record = runningRecord(freshRequest());
    const generation = await strandedRecord(record);
    expect(await central.read(record.request.id, record.request)).toEqual({ record, generation });
  });

  it("is the same for an equal request whose keys stand in another order", async () => {
    const record = runningRecord(freshRequest());
    await strandedRecord(record);
    const { labels, ...rest } = record.request;
    const turned = { labels: { season: labels["season"] ?? "", title: labels["title"] ?? "" }, ...rest };
    expect((await central.read(record.request.id, turned))?.record).toEqual(record);
  });

  it("is changed there by compare-and-swap, and stands when the region is back", async () => {
    const record = runningRecord(freshRequest());
    const generation = await strandedRecord(record);
    const next = { ...record, attempt: 2 };
    expect(await central.write(next, "1")).toBeUndefined();
    expect(await central.write(next, generation)).toMatchObject({ record: next });
    world.replication.startRegion("us-east1");
    expect((await east.read(record.request.id))?.record).toEqual(next);
  });
});

// These wait out the client's tries, so they do it together.
describe("such a record that its metadata cannot tell", { concurrent: true, timeout: 20_000 }, () => {
  let plain: JobRecord;
  let large: JobRecord;
  beforeAll(async () => {
    world.replication.startRegion("us-east1");
    plain = runningRecord(freshRequest());
    const ended = runningRecord(freshRequest());
    const outputs = Array.from({ length: 200 }, (_, index) => ({
      name: `segment-${index}.m4s`,
      uri: `gs://both/outputs/${ended.request.id}/1/segment-${index}.m4s`,
      contentType: "video/mp4",
      size: 1000,
      generation: "1",
    }));
    const at = new Date("2026-01-01T00:01:00Z");
    large = succeeded(ended, { ...media, renditions: [...media.renditions] }, outputs, at);
    await east.write(plain, "0");
    await strandedRecord(large);
  });

  it("is not made up for another request under its name", async () => {
    const other = { ...plain.request, input: "gs://both/mezzanines/other.mp4" };
    await expect(central.read(plain.request.id, other)).rejects.toThrow(RecordUnavailable);
  });

  it("is said to be unavailable, not to be gone, to who has no request", async () => {
    await expect(central.read(plain.request.id)).rejects.toThrow(
      `The record of job ${plain.request.id} cannot be read at the moment; try again later.`,
    );
  });

  it("is said to be unavailable when it has too many outputs for that", async () => {
    await expect(central.read(large.request.id, large.request)).rejects.toThrow(RecordUnavailable);
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inputsIn, objectsIn, recordsIn } from "../../../../services/coordinator/index.ts";
import type { InputIndex, ObjectStore } from "../../../../services/coordinator/index.ts";
import { newRecord } from "../../../../services/coordinator/jobs/transitions.ts";
import { jobRequest } from "../world.ts";
import { ADMIN, createWorld, type World } from "../../gcs/world.ts";

let world: World;
let index: InputIndex;
let objects: ObjectStore;
const prefix = ".mpegflow/jobs/";

beforeAll(async () => {
  world = await createWorld();
  await world.client().createBucket("media");
  const bucket = world.client(ADMIN).bucket("media");
  index = inputsIn(bucket, prefix);
  objects = objectsIn(bucket);
});
afterAll(() => world.close());

describe("the index of inputs", () => {
  it("names those below an address, each once, whatever store they are in", async () => {
    const films = ["gs://media/films/a.mov", "gs://media/films/Große Fahrt #2.mov", "s3://other/films/b.mov"];
    for (const uri of [...films, "gs://media/films/a.mov"]) await index.note(uri);
    expect((await index.below("gs://media/films/")).toSorted()).toEqual(films.slice(0, 2).toSorted());
    expect(await index.below("s3://other/")).toEqual([films[2]]);
    expect(await index.below("gs://media/film/")).toEqual([]);
  });

  it("finds an input whose name is as long as a name may be", async () => {
    const uri = `gs://media/long/${"é".repeat(500)}`;
    await index.note(uri);
    expect(await index.below("gs://media/long/")).toEqual([uri]);
    await index.forget(uri);
    expect(await index.below("gs://media/long/")).toEqual([]);
  });

  it("is none of the records", async () => {
    const records = recordsIn(world.client(ADMIN).bucket("media"), prefix);
    await index.note("gs://media/films/a.mov");
    expect(await records.listAfter(50, undefined)).toEqual({ entries: [] });
  });
});

describe("the records", () => {
  it("are all found, page by page of one, between folders that are none", async () => {
    const bucket = world.client(ADMIN).bucket("media");
    const records = recordsIn(bucket, "paged/");
    const ids = ["a-job", "m-job", "z-job"];
    for (const id of ids) await records.write(newRecord(jobRequest(id), new Date(0)), "0");
    for (const folder of ["b", "c", "d", "n", "o"])
      await bucket.file(`paged/${folder}/note`).save("x", { resumable: false });
    const found: string[] = [];
    for (let after: string | undefined; ;) {
      const { entries, nextPageToken } = await records.listAfter(1, after);
      found.push(...entries.map(({ jobId }) => jobId));
      if (nextPageToken === undefined) break;
      expect(entries).not.toEqual([]);
      after = entries.at(-1)?.jobId;
    }
    expect(found).toEqual(ids);
  });
});

describe("objects of Cloud Storage", () => {
  it("say which attempt they were signed for, made whole or in parts", async () => {
    const writer = "job-1.1.0123456789abcdef01234567";
    const bucket = world.client(ADMIN).bucket("media");
    await bucket
      .file("out/whole")
      .save("abc", { resumable: false, metadata: { metadata: { "mpegflow-attempt": writer } } });
    await bucket.file("out/foreign").save("abc", { resumable: false });
    const found = await objects.list("out/");
    expect(found.map(({ name, writer: one }) => [name, one])).toEqual([
      ["out/foreign", undefined],
      ["out/whole", writer],
    ]);
  });

  it("are removed in the generation that was looked at, and in no other", async () => {
    const file = world.client(ADMIN).bucket("media").file("gone/a");
    await file.save("abc", { resumable: false });
    const [looked] = await objects.list("gone/");
    if (looked === undefined) throw new Error("there is no object");
    await file.save("new", { resumable: false });
    expect(await objects.remove(looked)).toBe(false);
    const [now] = await objects.list("gone/");
    expect(now && (await objects.remove(now))).toBe(true);
  });
});

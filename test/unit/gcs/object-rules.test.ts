import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ADMIN, createWorld, type Answer, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

let count = 0;
const create = (fields: object): Promise<Answer> =>
  world.json("POST", "/b?project=test-project", { name: `rules-${++count}`, ...fields });

describe("versions, holds and retention", () => {
  test("a versioned bucket keeps what is overwritten, readable by its generation", async () => {
    const name = String((await create({ versioning: { enabled: true } })).body["name"]);
    const file = world.client().bucket(name).file("v");
    await file.save("old", { resumable: false });
    const generation = String((await file.getMetadata())[0].generation);
    await file.save("new", { resumable: false });
    const old = await world.fetch(`/storage/v1/b/${name}/o/v?alt=media&generation=${generation}`, {
      as: ADMIN,
    });
    expect(await old.text()).toBe("old");
    const { body } = await world.json("GET", `/b/${name}/o?versions=true`);
    expect(body["items"]).toHaveLength(2);
  });

  test("an object in its retention period is neither deleted nor overwritten", async () => {
    const name = String((await create({ retentionPolicy: { retentionPeriod: "60" } })).body["name"]);
    const file = world.client().bucket(name).file("r");
    await file.save("x", { resumable: false });
    await expect(file.delete()).rejects.toMatchObject({ code: 403 });
    await expect(file.save("y", { resumable: false })).rejects.toMatchObject({ code: 403 });
    world.clock.shiftSeconds = 61;
    await file.delete();
    world.clock.shiftSeconds = 0;
  });

  test("an object under a hold is not deleted until it is released", async () => {
    const name = String((await create({})).body["name"]);
    const file = world.client().bucket(name).file("h");
    await file.save("x", { resumable: false, metadata: { temporaryHold: true } });
    await expect(file.delete()).rejects.toMatchObject({ code: 403 });
    await file.setMetadata({ temporaryHold: false });
    await file.delete();
  });
});

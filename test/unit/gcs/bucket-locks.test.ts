import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createWorld, type Answer, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const call: World["json"] = (...request) => world.json(...request);

let count = 0;
async function create(fields: object, query = ""): Promise<string> {
  const name = `locked-${++count}`;
  const { status } = await call("POST", `/b?project=test-project${query}`, {
    name,
    location: "US-CENTRAL1",
    ...fields,
  });
  expect(status).toBe(200);
  return name;
}
const lock = (name: string, metageneration = 1): Promise<Answer> =>
  call("POST", `/b/${name}/lockRetentionPolicy?ifMetagenerationMatch=${metageneration}`);

describe("a retention policy", () => {
  test("is locked by a request of its own", async () => {
    const name = await create({ retentionPolicy: { retentionPeriod: "60" } });
    expect((await lock(name)).body).toMatchObject({
      metageneration: "2",
      retentionPolicy: { retentionPeriod: "60", isLocked: true },
    });
  });

  test("is locked only for who saw the bucket as it is", async () => {
    const name = await create({ retentionPolicy: { retentionPeriod: "60" } });
    expect((await lock(name, 7)).status).toBe(412);
    expect((await call("POST", `/b/${name}/lockRetentionPolicy`)).status).toBe(400);
  });

  test("has to be there to be locked", async () => {
    expect((await lock(await create({}))).status).toBe(400);
  });

  test.each([
    ["removed", { retentionPolicy: null }, 403],
    ["shortened", { retentionPolicy: { retentionPeriod: "59" } }, 403],
    ["prolonged", { retentionPolicy: { retentionPeriod: "61" } }, 200],
  ])("that is locked and then %s: %j is answered with %i", async (_, patch, status) => {
    const name = await create({ retentionPolicy: { retentionPeriod: "60" } });
    await lock(name);
    expect((await call("PATCH", `/b/${name}`, patch)).status).toBe(status);
  });
});

describe("retention of single objects", () => {
  test("is decided when the bucket is made", async () => {
    const name = await create({}, "&enableObjectRetention=true");
    expect((await call("GET", `/b/${name}`)).body).toMatchObject({ objectRetention: { mode: "Enabled" } });
    expect((await call("PATCH", `/b/${name}`, { objectRetention: null })).status).toBe(400);
  });
});

describe("Autoclass", () => {
  const autoclass = { enabled: true };

  test.each([
    ["another default class", { storageClass: "NEARLINE" }],
    [
      "a lifecycle rule on the class",
      {
        lifecycle: {
          rule: [{ action: { type: "Delete" }, condition: { age: 1, matchesStorageClass: ["NEARLINE"] } }],
        },
      },
    ],
  ])("refuses %s, in new buckets and in updates", async (_, fields) => {
    const refused = await call("POST", "/b?project=test-project", {
      name: "autoclass",
      autoclass,
      ...fields,
    });
    expect(refused.status).toBe(400);
    const name = await create({ autoclass });
    expect((await call("PATCH", `/b/${name}`, fields)).status).toBe(400);
  });
});

test("what the store cannot filter it does not pretend to filter", async () => {
  const name = await create({ ipFilter: { mode: "Disabled" } });
  expect((await call("PATCH", `/b/${name}`, { ipFilter: { mode: "Enabled" } })).status).toBe(501);
});

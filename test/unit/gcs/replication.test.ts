import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ADMIN, createWorld, xmlCode, type World } from "./world.ts";

let world: World;
let central: string;
let east: string;

beforeAll(async () => {
  world = await createWorld();
  await world.json("POST", "/b?project=test-project", { name: "both", location: "NAM4" });
  await world.json("POST", "/b?project=test-project", { name: "one", location: "US-EAST1" });
  central = await world.endpoint("us-central1");
  east = await world.endpoint("us-east1");
});
afterAll(() => world.close());
beforeEach(() => {
  for (const region of world.replication.stopped()) world.replication.startRegion(region);
  world.replication.set({ lagSeconds: 60 });
});

const send = (url: string, path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(url + path, { ...init, headers: { authorization: `Bearer ${world.token(ADMIN)}` } });
const put = async (url: string, path: string, body = "x"): Promise<number> =>
  (await send(url, path, { method: "PUT", body })).status;

describe("an object that is not replicated yet", () => {
  test("is read from the other region all the same: its own serves it", async () => {
    await put(east, "/both/fresh", "fresh");
    expect(await (await send(central, "/both/fresh")).text()).toBe("fresh");
  });

  test("cannot be read while its region is out, and can be afterwards", async () => {
    await put(east, "/both/stuck");
    world.replication.stopRegion("us-east1");
    const answer = await send(central, "/both/stuck");
    expect([answer.status, await xmlCode(answer)]).toEqual([503, "ServiceUnavailable"]);
    world.replication.startRegion("us-east1");
    expect((await send(central, "/both/stuck")).status).toBe(200);
  });

  test("has its metadata everywhere all the same, and is listed", async () => {
    await put(east, "/both/known");
    world.replication.stopRegion("us-east1");
    expect((await send(central, "/storage/v1/b/both/o/known")).status).toBe(200);
    const listed = await send(central, "/storage/v1/b/both/o?prefix=known");
    expect(await listed.json()).toMatchObject({ items: [{ name: "known" }] });
  });

  test("is never answered for by an older version", async () => {
    await put(central, "/both/versions", "old");
    await put(east, "/both/versions", "new");
    world.replication.stopRegion("us-east1");
    expect((await send(central, "/both/versions")).status).toBe(503);
  });

  test("replicates no further while its region is out", async () => {
    await put(east, "/both/frozen");
    world.clock.shiftSeconds += 30;
    world.replication.stopRegion("us-east1");
    world.clock.shiftSeconds += 1000;
    expect((await send(central, "/both/frozen")).status).toBe(503);
    world.replication.startRegion("us-east1");
    world.clock.shiftSeconds += 29;
    world.replication.stopRegion("us-east1");
    expect((await send(central, "/both/frozen")).status).toBe(503);
    world.replication.startRegion("us-east1");
    world.clock.shiftSeconds += 2;
    world.replication.stopRegion("us-east1");
    expect((await send(central, "/both/frozen")).status).toBe(200);
  });
});

describe("while a region is out", () => {
  test("what was replicated before is read, and overwritten", async () => {
    await put(east, "/both/old", "old");
    world.clock.shiftSeconds += 61;
    world.replication.stopRegion("us-east1");
    expect(await (await send(central, "/both/old")).text()).toBe("old");
    expect(await put(central, "/both/old", "newer")).toBe(200);
    expect(await (await send(central, "/both/old")).text()).toBe("newer");
  });

  test("a bucket that is nowhere else can be neither read nor written", async () => {
    await put(east, "/one/local");
    world.replication.stopRegion("us-east1");
    expect((await send(central, "/one/local")).status).toBe(503);
    expect(await put(central, "/one/other")).toBe(503);
  });

  test("the other region's objects are not affected", async () => {
    await put(central, "/both/mine", "mine");
    world.replication.stopRegion("us-east1");
    expect((await send(central, "/both/mine")).status).toBe(200);
  });
});

test("names that start alike may lag for longer", async () => {
  world.replication.set({ lagSeconds: 0, prefixes: { "late/": 60 } });
  await put(east, "/both/late/one");
  await put(east, "/both/early");
  world.replication.stopRegion("us-east1");
  expect((await send(central, "/both/late/one")).status).toBe(503);
  expect((await send(central, "/both/early")).status).toBe(200);
});

test("without lag an object is everywhere at once", async () => {
  world.replication.set({ lagSeconds: 0 });
  await put(east, "/both/instant");
  world.replication.stopRegion("us-east1");
  expect((await send(central, "/both/instant")).status).toBe(200);
});

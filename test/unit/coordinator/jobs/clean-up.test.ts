import { describe, expect, it } from "vitest";
import {
  cancel,
  claimNext,
  cleanUp,
  complete,
  release,
  startMultipart,
} from "../../../../services/coordinator/index.ts";
import { media, worker, type World, worldWithJob } from "../world.ts";

const never = new AbortController().signal;
const claim = async (world: World) => {
  const lease = await claimNext(world.replica(), world.backlog, { worker, waitSeconds: 0 }, never);
  if (lease === undefined) throw new Error("no lease");
  return lease;
};

/** Attempt 1 was handed back after it wrote something, attempt 2 succeeded. */
async function secondWins() {
  const world = worldWithJob();
  const broker = world.replica();
  const first = await claim(world);
  world.upload("half.m4s");
  await release(broker, "job-1", first.token);
  const second = await claim(world);
  world.upload("a.mp4", 3, 2);
  await complete(broker, "job-1", second.token, {
    media: { ...media, renditions: [] },
    outputs: [{ name: "a.mp4", size: 3 }],
  });
  return { world, broker };
}
const names = (world: World): string[] =>
  [...world.objects.keys()].filter((name) => name.startsWith("outputs/"));

describe("clean-up", () => {
  it("removes what lost attempts wrote, once their last URL has ended, and nothing else", async () => {
    const { world, broker } = await secondWins();
    world.putObject("outputs/job-1/notes.txt");
    world.putObject("outputs/job-1/10/other.mp4");
    expect(await cleanUp(broker)).toBe(0);
    // A worker that did not hear of its loss writes until its URL ends.
    world.advance(950);
    world.upload("late.m4s");
    world.advance(200);
    expect(await cleanUp(broker)).toBe(2);
    expect(names(world)).toEqual([
      world.outputName("a.mp4", 2),
      "outputs/job-1/notes.txt",
      "outputs/job-1/10/other.mp4",
    ]);
    expect(world.reminders.size).toBe(0);
  });

  it("leaves no note for a job that succeeded at once", async () => {
    const world = worldWithJob();
    const lease = await claim(world);
    world.upload("a.mp4");
    await complete(world.replica(), "job-1", lease.token, {
      media: { ...media, renditions: [] },
      outputs: [{ name: "a.mp4", size: 3 }],
    });
    expect(world.reminders.size).toBe(0);
  });

  it("removes all of a cancelled job's outputs", async () => {
    const world = worldWithJob();
    await claim(world);
    world.upload("a.mp4");
    await cancel(world.replica(), "job-1");
    world.advance(2000);
    await cleanUp(world.replica());
    expect(names(world)).toEqual([]);
  });

  it("aborts the uploads that attempts left unfinished, the winning one too, and no others", async () => {
    const world = worldWithJob();
    const broker = world.replica();
    const start = async (name: string, token: string) =>
      startMultipart(broker, "job-1", token, { name, contentType: "video/mp4", size: 3 });
    world.uploads.set("of-another", { object: "outputs/job-2/film.mp4", parts: 0, writer: undefined });
    const first = await claim(world);
    await start("film.mp4", first.token);
    await release(broker, "job-1", first.token);
    const second = await claim(world);
    await start("film.mp4", second.token);
    world.upload("a.mp4", 3, 2);
    await complete(broker, "job-1", second.token, {
      media: { ...media, renditions: [] },
      outputs: [{ name: "a.mp4", size: 3 }],
    });
    world.advance(2000);
    await cleanUp(broker);
    expect([...world.uploads.values()].map(({ object }) => object)).toEqual(["outputs/job-2/film.mp4"]);
  });

  it("removes objects also where it may not list uploads, and says so", async () => {
    const { world, broker } = await secondWins();
    world.advance(2000);
    world.faults.set("list uploads", 1);
    expect(await cleanUp(broker)).toBe(1);
    expect(world.reminders.size).toBe(0);
    expect(world.logged.join("")).toContain("the bucket's lifecycle rule does it");
  });

  it("is tried again when the store fails", async () => {
    const { world, broker } = await secondWins();
    world.advance(2000);
    world.faults.set("remove", 1);
    expect(await cleanUp(broker)).toBe(0);
    expect(world.reminders.size).toBe(1);
    expect(await cleanUp(broker)).toBe(1);
  });
});

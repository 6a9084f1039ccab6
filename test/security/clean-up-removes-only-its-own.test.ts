/** Issue 15, number 1: nobody's objects are removed by a job that did not write them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cancel, claimNext, cleanUp, release, submit, urls } from "../../services/coordinator/index.ts";
import { bucket, createWorld, jobRequest, worker, type World } from "../unit/coordinator/world.ts";
import { inputs, type Job, outputNames, outputPrefixes, Studio, tolerate } from "./clean-up-world.ts";

const never = new AbortController().signal;
const claim = async (world: World) => {
  const lease = await claimNext(world.replica(), world.backlog, { worker, waitSeconds: 0 }, never);
  if (lease === undefined) throw new Error("no lease");
  return lease;
};
const name = fc.constantFrom(...outputNames);
const at = fc.nat(9);
const job: fc.Arbitrary<Job> = fc.record({
  id: fc.constantFrom("job-1", "job-2", "job-3", "1"),
  input: fc.constantFrom(...inputs),
  outputPrefix: fc.constantFrom(...outputPrefixes),
  by: fc.constantFrom("api", "topic"),
});
type Act = (studio: Studio) => unknown;
const withLease =
  (index: number, act: (studio: Studio, lease: Studio["leases"][number]) => unknown): Act =>
  (studio) => {
    const lease = studio.leases[index % Math.max(1, studio.leases.length)];
    return lease === undefined ? undefined : act(studio, lease);
  };
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 3,
    arbitrary: job.map(
      (one): Act =>
        (studio) =>
          studio.bring(one),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.nat(4).map(
      (n): Act =>
        (studio) =>
          studio.claim(n === 0),
    ),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(at, name)
      .map(([i, one]) => withLease(i, (studio, lease) => studio.write(lease, one))),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(at, name)
      .map(([i, one]) => withLease(i, (studio, lease) => studio.startParts(lease, one))),
  },
  {
    weight: 2,
    arbitrary: at.map(
      (i): Act =>
        (studio) =>
          studio.completeParts(i),
    ),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(at, fc.constantFrom("complete", "fail", "give up", "release", "cancel"))
      .map(([i, how]) => withLease(i, (studio, lease) => studio.end(lease, how))),
  },
  // Strangers put objects beside everybody's, into an attempt's folder too, once they have seen its name.
  {
    weight: 3,
    arbitrary: fc.tuple(fc.constantFrom(...outputPrefixes), name).map(([prefix, one]): Act => (studio) => {
      studio.strangerPuts(`${prefix}${one}`);
    }),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(at, name).map(([i, one]) =>
      withLease(i, (studio, lease) => {
        studio.strangerPuts(studio.world.outputName(`strange/${one}`, lease.attempt, lease.job));
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: at.map((i): Act => (studio) => {
      const names = [...studio.world.objects.keys()];
      studio.meanwhile = () => {
        studio.replace(names[i % names.length] ?? "");
      };
    }),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(1, 30, 61, 2000).map((s): Act => (studio) => {
      studio.world.advance(s);
    }),
  },
  { weight: 2, arbitrary: fc.constant<Act>((studio) => studio.clean()) },
);

describe("clean-up among any jobs, prefixes, failures and strangers", () => {
  it("removes nothing that the deleting job did not write, and all of what it should", async () => {
    let removed = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 40, size: "max" }), async (acts) => {
        const studio = new Studio();
        // Two that share a prefix, whatever else comes.
        for (const id of ["job-a", "job-b"]) {
          await studio.bring({ id, input: "mezzanines/clip.mp4", outputPrefix: "outputs/a/", by: "topic" });
          await studio.claim(false);
        }
        for (const one of acts)
          try {
            await one(studio);
          } catch (error) {
            tolerate(error);
          }
        for (const id of studio.world.recordIds()) await cancel(studio.broker(), id).catch(tolerate);
        // Every note's time comes; two rounds, since strangers may replace something during the first.
        for (let round = 0; round < 2; round += 1) {
          studio.world.advance(5000);
          await studio.clean();
        }
        removed += studio.removed;
        expect(studio.wronged).toEqual([]);
        expect(studio.gone()).toEqual([]);
        expect(studio.left()).toEqual([]);
      }),
      { numRuns: 100 },
    );
    // Else the property would say nothing.
    expect(removed).toBeGreaterThan(50);
  });
});

describe("a second job with the output prefix of the first", () => {
  it("takes nothing of it along when it is cancelled", async () => {
    const studio = new Studio();
    const shared = { input: "mezzanines/clip.mp4", outputPrefix: "outputs/", by: "api" } as const;
    await studio.bring({ id: "job-1", ...shared });
    await studio.claim(false);
    const [first] = studio.leases;
    if (first === undefined) throw new Error("no lease");
    await studio.write(first, "a.mp4");
    await studio.end(first, "complete");
    const [recorded] = studio.world.record("job-1")?.outputs ?? [];
    await studio.bring({ id: "job-2", ...shared });
    await studio.claim(false);
    await cancel(studio.broker(), "job-2");
    studio.world.advance(5000);
    await studio.clean();
    expect(studio.world.objects.get(recorded?.uri.slice(`gs://${bucket}/`.length) ?? "")).toMatchObject({
      generation: recorded?.generation,
    });
  });
});

describe("an attempt's folder", () => {
  it("is named by job, attempt and an unguessable part, which every attempt draws anew", async () => {
    const world = createWorld();
    world.putObject("mezzanines/clip.mp4");
    world.publish(jobRequest());
    const first = await claim(world);
    await release(world.replica(), "job-1", first.token);
    await claim(world);
    const folders = [1, 2].map((attempt) => world.outputName("", attempt).slice("outputs/job-1/".length));
    for (const [index, folder] of folders.entries())
      expect(folder).toMatch(new RegExp(`^job-1\\.${index + 1}\\.[0-9a-f]{24}/$`));
    expect(new Set(folders.map((one) => one.split(".")[2])).size).toBe(2);
  });

  it("is nothing that a job may write to or around once its name is known", async () => {
    const world = createWorld();
    world.putObject("mezzanines/clip.mp4");
    world.publish(jobRequest());
    await claim(world);
    for (const more of ["", "deeper/"]) {
      const outputPrefix = `gs://${bucket}/${world.outputName(more)}`;
      await expect(submit(world.replica(), jobRequest("job-2", { outputPrefix }))).rejects.toMatchObject({
        status: 400,
        code: "output-prefix-overlaps",
      });
    }
  });

  it("is what its uploads carry in a header that is signed", async () => {
    const world = createWorld();
    world.putObject("mezzanines/clip.mp4");
    world.publish(jobRequest());
    const { token } = await claim(world);
    const asked = { input: false, outputs: [{ name: "a.mp4", contentType: "video/mp4", size: 3 }] };
    const [signed] = (await urls(world.replica(), "job-1", token, asked)).outputs;
    const folder = world.outputName("").split("/").at(-2);
    expect(signed?.headers["x-goog-meta-mpegflow-attempt"]).toBe(folder);
    expect(new URL(signed?.url ?? "").searchParams.get("X-Goog-SignedHeaders")?.split(";")).toContain(
      "x-goog-meta-mpegflow-attempt",
    );
  });
});

describe("an output prefix", () => {
  const refused = { status: 400, code: "output-prefix-overlaps" };
  const asking = (input: string, outputPrefix: string, id = "job-1") =>
    jobRequest(id, { input: `gs://${bucket}/${input}`, outputPrefix: `gs://${bucket}/${outputPrefix}` });

  it("is refused around the job's own input", async () => {
    const asked = submit(createWorld().replica(), asking("mezzanines/1/master.mov", "mezzanines/"));
    await expect(asked).rejects.toMatchObject({
      ...refused,
      message: `Output prefix gs://${bucket}/mezzanines/ contains the job's own input gs://${bucket}/mezzanines/1/master.mov; choose an output prefix that holds nothing else, such as gs://BUCKET/outputs/JOB/.`,
    });
  });

  it("is refused around another job's input, by the API and by the topic, and does not tell which", async () => {
    const world = createWorld();
    world.putObject("mezzanines/1/master.mov");
    world.putObject("elsewhere/b.mov");
    await submit(world.replica(), asking("mezzanines/1/master.mov", "outputs/1/"));
    const other = asking("elsewhere/b.mov", "mezzanines/", "job-2");
    const told = await submit(world.replica(), other).catch((error: unknown) => error);
    expect(told).toMatchObject(refused);
    expect(String(told)).not.toContain("master.mov");
    world.messages.clear();
    world.publish(other);
    expect(
      await claimNext(world.replica(), world.backlog, { worker, waitSeconds: 0 }, never),
    ).toBeUndefined();
    expect(world.record("job-2")).toMatchObject({ state: "failed", error: { code: refused.code } });
  });

  it("is free again once that input is gone", async () => {
    const world = createWorld();
    world.putObject("mezzanines/1/master.mov");
    await submit(world.replica(), asking("mezzanines/1/master.mov", "outputs/1/"));
    world.objects.delete("mezzanines/1/master.mov");
    const next = await submit(world.replica(), asking("elsewhere/b.mov", "mezzanines/", "job-2"));
    expect(next.created).toBe(true);
  });

  it.each([".mpegflow/", ".mpegflow/jobs/", ".mpegflow/jobs/deeper/"])(
    "is refused where it overlaps the job records: %s",
    async (outputPrefix) => {
      const asked = submit(createWorld().replica(), asking("mezzanines/clip.mp4", outputPrefix));
      await expect(asked).rejects.toMatchObject({
        status: 400,
        message: expect.stringContaining(".mpegflow/jobs/") as string,
      });
    },
  );

  it("may be around what another job made of its input: that is in a folder of its own", async () => {
    const world = createWorld();
    world.putObject("mezzanines/clip.mp4");
    await submit(world.replica(), asking("mezzanines/clip.mp4", "outputs/"));
    await claim(world);
    world.upload("film.mp4");
    await submit(world.replica(), asking(world.outputName("film.mp4"), "again/", "job-2"));
    expect((await submit(world.replica(), asking("mezzanines/clip.mp4", "outputs/", "job-3"))).created).toBe(
      true,
    );
  });

  it("that a job has already does not refuse the job when it is sent again", async () => {
    const world = createWorld();
    const request = asking("mezzanines/1/master.mov", "mezzanines/");
    world.putObject("mezzanines/1/master.mov");
    world.setRecord({
      ...{ version: 1, request, state: "queued", attempt: 0, releases: 0, deadLetters: 0, attemptIds: {} },
      ...{ percentDone: 0, createdAt: "2026-01-01T00:00:00.000Z", outputs: [] },
    });
    expect((await submit(world.replica(), request)).created).toBe(false);
    // And it runs: a record of an older release is as good as it was.
    expect((await claim(world)).attempt).toBe(1);
  });
});

describe("an attempt that an older release leased", () => {
  it("keeps what is below its prefix, since nothing tells whose it is", async () => {
    const world = createWorld();
    world.putObject("mezzanines/clip.mp4");
    world.publish(jobRequest());
    await claim(world);
    const record = world.record();
    if (record === undefined) throw new Error("no record");
    world.setRecord({ ...record, attemptIds: {} });
    world.putObject("outputs/job-1/1/a.mp4");
    world.uploads.set("of-somebody", { object: "outputs/job-1/1/b.mp4", parts: 0, writer: undefined });
    await cancel(world.replica(), "job-1");
    world.advance(5000);
    expect(await cleanUp(world.replica())).toBe(0);
    expect(world.objects.has("outputs/job-1/1/a.mp4")).toBe(true);
    expect(world.uploads.has("of-somebody")).toBe(true);
    expect(world.reminders.size).toBe(0);
  });
});

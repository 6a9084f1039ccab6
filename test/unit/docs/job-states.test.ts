import { expect, it } from "vitest";
import {
  type Broker,
  cancel,
  claimNext,
  complete,
  fail,
  heartbeat,
  release,
  submit,
} from "../../../services/coordinator/index.ts";
import { isFinal, jobStates } from "../../../services/protocol/index.ts";
import { createWorld, jobRequest, media, settings, worker } from "../coordinator/world.ts";
import { blocksOf } from "./pages.ts";

const START = "[*]";
const picture = blocksOf("docs/architecture.md").find(({ code }) => code.startsWith("stateDiagram"));
const drawn = [...(picture?.code ?? "").matchAll(/^ +(\S+) --> (\w+|\[\*\])/gm)].map(
  ([, from = "", to = ""]) => `${from} --> ${to}`,
);

/** A world of one job whose input is there, with all the transitions that a coordinator writes to its record. */
function observed() {
  const world = createWorld();
  world.putObject("mezzanines/clip.mp4");
  const seen = new Set<string>();
  const plain = world.replica();
  const broker: Broker = {
    ...plain,
    records: {
      ...plain.records,
      write: async (record, expected) => {
        const before = world.record(record.request.id)?.state ?? START;
        const written = await plain.records.write(record, expected);
        if (written !== undefined) seen.add(`${before} --> ${record.state}`);
        return written;
      },
    },
  };
  const never = new AbortController().signal;
  const claim = () => claimNext(broker, world.backlog, { worker, waitSeconds: 0 }, never);
  const lease = async (): Promise<string> => {
    const leased = await claim();
    if (leased === undefined) throw new Error("no job was leased");
    return leased.token;
  };
  const queue = () => submit(broker, jobRequest());
  return { world, broker, seen, claim, lease, queue };
}
type Observed = ReturnType<typeof observed>;

const error = { code: "encode-failed", message: "ffmpeg ended with 1." };

/** Everything that clients and workers can do to a job in a state, one job for each. */
const courses: Readonly<Record<string, (job: Observed) => Promise<unknown>>> = {
  "an unreadable request": async ({ world, claim }) => {
    world.publish({ ...jobRequest(), input: "no address" });
    await claim();
  },
  "a request on the topic": async ({ world, lease }) => {
    world.publish(jobRequest());
    await lease();
  },
  "an input that cannot be read yet": async ({ world, queue, claim }) => {
    await queue();
    world.faults.set("exists", 1);
    await claim();
  },
  "an input that is not there": async ({ world, queue, claim }) => {
    await queue();
    world.objects.clear();
    await claim();
  },
  "a cancelled job in the queue": async ({ broker, queue }) => {
    await queue();
    await cancel(broker, "job-1");
  },
  "a cancelled attempt": async ({ broker, queue, lease }) => {
    await queue();
    await lease();
    await cancel(broker, "job-1");
  },
  "an attempt that succeeds": async ({ world, broker, queue, lease }) => {
    await queue();
    const token = await lease();
    world.advance(30);
    const { token: newer } = await heartbeat(broker, "job-1", token, { percentDone: 50 });
    world.upload("a.mp4");
    await complete(broker, "job-1", newer, {
      media: { ...media, renditions: [] },
      outputs: [{ name: "a.mp4", size: 3 }],
    });
  },
  "an attempt that is given back": async ({ broker, queue, lease }) => {
    await queue();
    await release(broker, "job-1", await lease());
  },
  "an attempt that fails for good": async ({ broker, queue, lease }) => {
    await queue();
    await fail(broker, "job-1", await lease(), { error, retryable: false });
  },
  "attempts until none is left": async ({ world, broker, queue, lease }) => {
    await queue();
    for (let attempt = 1; attempt <= settings.maxAttempts; attempt++) {
      world.advance(120);
      await fail(broker, "job-1", await lease(), { error, retryable: true });
    }
  },
};

it("draws every state of a job, and ends in the final ones", () => {
  const states = new Set(drawn.flatMap((edge) => edge.split(" --> ")));
  expect(states).toEqual(new Set([...jobStates, START]));
  expect(drawn.filter((edge) => edge.endsWith(START)).toSorted()).toEqual(
    jobStates
      .filter(isFinal)
      .map((state) => `${state} --> ${START}`)
      .toSorted(),
  );
});

it("draws each transition that coordinators write, and no other", async () => {
  const seen = new Set<string>();
  for (const course of Object.values(courses)) {
    const job = observed();
    await course(job);
    for (const edge of job.seen) seen.add(edge);
  }
  const between = drawn.filter((edge) => !edge.endsWith(START));
  const finals: readonly string[] = jobStates.filter(isFinal);
  const changes = [...seen].filter((edge) => !finals.includes(edge.split(" --> ")[0] ?? ""));
  expect(changes.toSorted()).toEqual(between.toSorted());
});

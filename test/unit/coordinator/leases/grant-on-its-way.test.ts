import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Broker, claimNext, fail } from "../../../../services/coordinator/index.ts";
import { objectsIn } from "../../../../services/coordinator/stores/storage.ts";
import type { Lease } from "../../../../services/protocol/index.ts";
import { fetchHead, TransferError, upload } from "../../../../services/transfer/index.ts";
import { inputProblem } from "../../../../services/worker/upload/transfers.ts";
import { SIGNER } from "../../gcs/world.ts";
import { bucket, createTestStore, hasty, type TestStore } from "../../transfer/store.ts";
import { createWorld, jobRequest, worker, type World } from "../world.ts";

/** The coordinator's own identity at the store. */
const COORDINATOR = "coordinator@test-project.iam.gserviceaccount.com";
const never = new AbortController().signal;

let store: TestStore;
beforeAll(async () => {
  store = await createTestStore(1000);
  store.world.grants.add(`serviceAccount:${COORDINATOR} storage.objects.`);
  await upload(await store.sign({ do: "upload", object: "film.mp4" }), store.source, hasty);
});
afterAll(() => store.close());

/** A job in a queue of its own, and a coordinator that looks at a store which verifies who may do what. */
function jobAtStore(): { world: World; broker: Broker } {
  const world = createWorld();
  const place = { input: `gs://${bucket}/film.mp4`, outputPrefix: `gs://${bucket}/out/` };
  world.publish(jobRequest("job-1", place));
  const broker = world.replica(
    { bucket },
    {
      objects: objectsIn(store.world.client(`serviceAccount:${COORDINATOR}`).bucket(bucket)),
      sign: (operation) => store.sign(operation),
    },
  );
  return { world, broker };
}

/** Does without a grant for a while. */
async function without<T>(account: string, work: () => Promise<T>): Promise<T> {
  const grant = `serviceAccount:${account} storage.objects.`;
  store.world.grants.delete(grant);
  try {
    return await work();
  } finally {
    store.world.grants.add(grant);
  }
}

const lookAt = ({ input }: Lease) => fetchHead(input, 100, hasty);

describe("while a grant is on its way, a job", () => {
  const claim = ({ world, broker }: ReturnType<typeof jobAtStore>) =>
    claimNext(broker, world.backlog, { worker, waitSeconds: 0 }, never);

  it("that the coordinator may not look at waits, and begins when it may", async () => {
    const job = jobAtStore();
    expect(await without(COORDINATOR, () => claim(job))).toBeUndefined();
    expect(job.world.record()).toMatchObject({
      state: "queued",
      attempt: 0,
      error: { code: "input-access-denied" },
    });
    job.world.advance(12);
    expect((await claim(job))?.attempt).toBe(1);
  });

  it("whose signer may not read it waits, and its next attempt reads it", async () => {
    const job = jobAtStore();
    const first = await claim(job);
    if (first === undefined) throw new Error("no lease");
    const refused = await without(SIGNER, () => lookAt(first).catch((error: unknown) => error));
    if (!(refused instanceof TransferError)) throw new Error("the store did not refuse");
    const { retryable, ...error } = inputProblem(refused).problem;
    await fail(job.broker, "job-1", first.token, { error, retryable });
    expect(job.world.record()).toMatchObject({
      state: "queued",
      releases: 1,
      error: { code: "input-access-denied" },
    });
    expect(await claim(job)).toBeUndefined();
    job.world.advance(12);
    const second = await claim(job);
    if (second === undefined) throw new Error("no lease");
    expect((await lookAt(second)).size).toBe(1000);
  });
});

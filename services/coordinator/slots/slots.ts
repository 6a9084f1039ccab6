import type { JobRecord } from "../../protocol/index.ts";
import type { Pod } from "../auth/index.ts";
import { messageOf, Problem } from "../problem.ts";
import {
  absent,
  type Broker,
  type HeldSlot,
  type RecordStanding,
  type Slot,
  type SlotStore,
} from "../ports.ts";

/**
 * One pod holds as many leases as the pool declares slots, whatever its tokens and however many replicas it asks at once:
 * a claim takes a slot of the pod by a create-only write before the job becomes its own. The end of a lease frees it. One
 * that nobody freed, because worker or coordinator died, is taken over once its lease is over.
 *
 * Cost of a claim: one write, and at its end one look and one removal. Nothing of it is on the way of signed requests.
 */

/** A slot that a claim has taken, for one attempt of one job. */
export interface Taken {
  readonly name: string;
  readonly attempt: number;
  readonly generation: string;
  /** The claim has to be done by then: what is not leased later counts as left. */
  readonly until: Date;
}

const secondsUntil = (time: number, now: Date): number =>
  Math.max(1, Math.ceil((time - now.getTime()) / 1000));

/** The pod holds as many leases as it may. */
export class SlotTaken extends Problem {
  constructor(seconds: number) {
    super(
      429,
      "slot-taken",
      `This pod holds as many leases as it may; complete, fail or release one, or ask again in ${seconds} s.`,
      seconds,
    );
    this.name = "SlotTaken";
  }
}

/** Pods that a replica has seen holding a lease, until when: whoever is not among them is not looked for. */
const seenHolding = new WeakMap<SlotStore, Map<string, number>>();
const mostRemembered = 10_000;

function remember({ slots }: Broker, { uid }: Pod, until: number): void {
  const known = seenHolding.get(slots) ?? new Map<string, number>();
  seenHolding.set(slots, known);
  known.delete(uid);
  const [oldest] = known.keys();
  if (oldest !== undefined && known.size >= mostRemembered) known.delete(oldest);
  known.set(uid, until);
}

const namesOf = (broker: Broker, { uid }: Pod): readonly string[] =>
  Array.from({ length: broker.settings.leasesPerPod }, (_, index) => `${uid}/${index}`);

/** When the lease behind a slot is over, in ms since 1970; undefined when it is, or a claim has left it. */
async function endOf(broker: Broker, uid: string, { slot }: HeldSlot): Promise<number | undefined> {
  const now = broker.now().getTime();
  const claimEnd = slot.at.getTime() + broker.settings.leaseSeconds * 1000;
  const job = await broker.records.standing(slot.jobId);
  if (job !== undefined && liveUntil(job, uid) > now) return liveUntil(job, uid);
  // The attempt has begun and is over. Attempts tell that, not times: two replicas have two clocks.
  const isOver = job !== undefined && job.attempt >= slot.attempt;
  return !isOver && claimEnd > now ? claimEnd : undefined;
}

/** When a pod's lease of a job ends; NaN, which is later than no time, where it has none: only a running job names an end. */
const liveUntil = ({ worker, leaseExpiresAt = "" }: RecordStanding, uid: string): number =>
  worker?.pod?.uid === uid ? Date.parse(leaseExpiresAt) : Number.NaN;

/**
 * Refuses a pod of which this replica has seen that its slots are taken, before a message is taken for it.
 *
 * @throws Problem 429
 */
export async function requireFreeSlot(broker: Broker, pod: Pod): Promise<void> {
  const until = seenHolding.get(broker.slots)?.get(pod.uid);
  if (until === undefined || until <= broker.now().getTime()) return;
  let first = Infinity;
  for (const name of namesOf(broker, pod)) {
    const held = await broker.slots.read(name);
    const end = held && (await endOf(broker, pod.uid, held));
    if (end === undefined) return;
    first = Math.min(first, end);
  }
  throw new SlotTaken(secondsUntil(first, broker.now()));
}

/**
 * Takes a slot for an attempt that is about to be leased.
 *
 * @throws Problem 429 when the pod has none left
 */
export async function takeSlot(
  broker: Broker,
  pod: Pod,
  { jobId, attempt }: Pick<Slot, "jobId" | "attempt">,
): Promise<Taken> {
  const at = broker.now();
  const claimEnd = at.getTime() + broker.settings.leaseSeconds * 1000;
  const take = async (name: string, expected: string): Promise<Taken | undefined> => {
    const generation = await broker.slots.hold(name, { jobId, attempt, at }, expected);
    if (generation === undefined) return undefined;
    remember(broker, pod, Infinity);
    return { name, attempt, generation, until: new Date(claimEnd) };
  };
  let first = Infinity;
  for (const name of namesOf(broker, pod)) {
    const fresh = await take(name, absent);
    if (fresh !== undefined) return fresh;
    const held = await broker.slots.read(name);
    const end = held && (await endOf(broker, pod.uid, held));
    // Who comes second when two claims take over what was left has met the other's.
    const taken = end === undefined ? await take(name, held?.generation ?? absent) : undefined;
    if (taken !== undefined) return taken;
    first = Math.min(first, end ?? claimEnd);
  }
  remember(broker, pod, first);
  throw new SlotTaken(secondsUntil(first, at));
}

/** Does what frees a slot. Never rejects: a slot that stays is taken over later. */
async function freeing(broker: Broker, name: string, free: () => Promise<void>): Promise<void> {
  try {
    await free();
  } catch (error) {
    broker.log.warn({ slot: name, reason: messageOf(error) }, "freeing a pod's slot failed");
  }
}

/** Gives a slot back whose claim came to nothing. Never rejects. */
export const leaveSlot = (broker: Broker, { name, generation }: Taken): Promise<void> =>
  freeing(broker, name, () => broker.slots.free(name, generation));

/** Frees the slot of a lease that has ended. Never rejects. @param record as it is after the lease's end */
export async function freeSlot(broker: Broker, record: JobRecord): Promise<void> {
  const pod = record.worker?.pod;
  if (pod === undefined) return;
  for (const name of namesOf(broker, pod))
    await freeing(broker, name, async () => {
      const held = await broker.slots.read(name);
      if (held?.slot.jobId !== record.request.id || held.slot.attempt !== record.attempt) return;
      await broker.slots.free(name, held.generation);
      seenHolding.get(broker.slots)?.delete(pod.uid);
    });
}

/** Longer than what a pod could mind: it is long gone, or its lease would have been renewed. */
const forgottenMs = 24 * 60 * 60 * 1000;

/** Removes slots of pods that are gone. @returns how many */
export async function sweepSlots(broker: Broker): Promise<number> {
  let removed = 0;
  for (const held of await broker.slots.takenBefore(new Date(broker.now().getTime() - forgottenMs))) {
    const uid = held.name.slice(0, held.name.indexOf("/"));
    if ((await endOf(broker, uid, held)) !== undefined) continue;
    await broker.slots.free(held.name, held.generation);
    removed += 1;
  }
  return removed;
}

/** Claims under way at this replica, by pod. */
const claiming = new WeakMap<SlotStore, Map<string, number>>();

/**
 * Counts a pod's claim while it waits for a job: a pod that has as many claims under way as slots gets no further one, so
 * that no message is taken for nothing.
 *
 * @returns ends the claim
 * @throws Problem 429
 */
export function enterClaim(broker: Broker, { uid }: Pod): () => void {
  const known = claiming.get(broker.slots) ?? new Map<string, number>();
  claiming.set(broker.slots, known);
  const count = known.get(uid) ?? 0;
  if (count >= broker.settings.leasesPerPod) throw new SlotTaken(1);
  known.set(uid, count + 1);
  return () => {
    const left = (known.get(uid) ?? 1) - 1;
    if (left === 0) known.delete(uid);
    else known.set(uid, left);
  };
}

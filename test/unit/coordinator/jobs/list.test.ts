import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { list, type Broker, type RecordPage } from "../../../../services/coordinator/index.ts";
import { fullAccess, type AccessScope } from "../../../../services/coordinator/access-scope.ts";
import { listLimits } from "../../../../services/coordinator/jobs/list.ts";
import { newRecord } from "../../../../services/coordinator/jobs/transitions.ts";
import type { JobListQuery } from "../../../../services/protocol/index.ts";
import { createWorld, jobRequest } from "../world.ts";

const mebibyte = 2 ** 20;
const HIDDEN = "gs://media/others/";

interface Stored {
  readonly bytes: number;
  readonly isMine: boolean;
  /** Its outputs are where the client does not see them, as the name's metadata tell. @default false */
  readonly isHidden?: boolean;
}

/** A broker whose records are said to be so large, and what reading them took. */
function brokerWith(stored: readonly Stored[]) {
  const idOf = (index: number): string => `job-${String(index).padStart(5, "0")}`;
  const byId = new Map(stored.map((one, index) => [idOf(index), one]));
  const world = createWorld();
  const own = world.replica();
  const seen = { reads: 0, mostAtOnce: 0, mostBytesAtOnce: 0, lists: 0 };
  const underWay = new Set<string>();
  const sizeOf = (jobId: string): number => byId.get(jobId)?.bytes ?? 0;
  const broker: Broker = {
    ...own,
    records: {
      ...own.records,
      listAfter: async (pageSize, after) => {
        await Promise.resolve();
        seen.lists += 1;
        const left = [...byId.keys()].filter((id) => id > (after ?? ""));
        const entries = left.slice(0, pageSize).map((jobId) => ({
          jobId,
          state: undefined,
          bytes: sizeOf(jobId),
          ...(byId.get(jobId)?.isHidden === true && { outputPrefix: HIDDEN }),
        }));
        return {
          entries,
          ...(left.length > entries.length && { nextPageToken: "more" }),
        } satisfies RecordPage;
      },
      read: async (jobId) => {
        underWay.add(jobId);
        seen.reads += 1;
        seen.mostAtOnce = Math.max(seen.mostAtOnce, underWay.size);
        const bytes = [...underWay].reduce((sum, one) => sum + sizeOf(one), 0);
        // One that is too large by itself is not the limit's doing.
        if (underWay.size > 1) seen.mostBytesAtOnce = Math.max(seen.mostBytesAtOnce, bytes);
        await new Promise((resolve) => setImmediate(resolve));
        underWay.delete(jobId);
        const labels = { mine: String(byId.get(jobId)?.isMine) };
        return { record: newRecord(jobRequest(jobId, { labels }), new Date(0)), generation: "1" };
      },
    },
  };
  const mine = [...byId].flatMap(([id, { isMine }]) => (isMine ? [id] : []));
  return { broker, seen, mine, sizeOf };
}

const scoped: AccessScope = { ...fullAccess, isScoped: true, sees: (prefix) => prefix !== HIDDEN };
const queryOf = (pageSize: number, pageToken?: string): JobListQuery => ({
  label: ["mine:true"],
  pageSize,
  ...(pageToken !== undefined && { pageToken }),
});

describe("a list of jobs", () => {
  it("has each job once and in order over its pages, and no page costs more than it may", async () => {
    const size = fc.oneof(
      fc.integer({ min: 500, max: 20_000 }),
      fc.integer({ min: mebibyte, max: 20 * mebibyte }),
    );
    const records = fc.array(fc.record({ bytes: size, isMine: fc.boolean() }), { maxLength: 120 });
    await fc.assert(
      fc.asyncProperty(
        records,
        fc.integer({ min: 1, max: 200 }),
        fc.constantFrom(fullAccess, scoped),
        async (stored, pageSize, scope) => {
          const { broker, seen, mine, sizeOf } = brokerWith(stored);
          const found: string[] = [];
          let pageToken: string | undefined;
          for (let pages = 1; ; pages += 1) {
            expect(pages).toBeLessThan(400);
            seen.reads = 0;
            const page = await list(broker, queryOf(pageSize, pageToken), scope);
            const ids = page.jobs.map(({ request }) => request.id);
            found.push(...ids);
            const all = ids.map(sizeOf);
            // The last may go beyond.
            const before = all.slice(0, -1).reduce((sum, one) => sum + one, 0);
            expect(before).toBeLessThan(listLimits.answer);
            expect(ids.length).toBeLessThanOrEqual(pageSize);
            expect(seen.reads).toBeLessThanOrEqual(listLimits.records + listLimits.atOnce);
            pageToken = page.nextPageToken;
            if (pageToken === undefined) break;
          }
          expect(found).toEqual(mine);
          expect(seen.mostAtOnce).toBeLessThanOrEqual(listLimits.atOnce);
          expect(seen.mostBytesAtOnce).toBeLessThanOrEqual(listLimits.bytesAtOnce);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("of 200 records of 16 MiB reads one after the other, and answers one a page", async () => {
    const { broker, seen } = brokerWith(
      Array.from({ length: 200 }, () => ({ bytes: 16 * mebibyte, isMine: true })),
    );
    const { jobs, nextPageToken } = await list(broker, queryOf(200));
    expect(jobs).toHaveLength(1);
    expect(nextPageToken).toBeDefined();
    expect(seen.mostAtOnce).toBe(1);
    expect(seen.reads).toBe(2);
  });

  it("says that there is no more to a client whose last job is followed by thousands of others'", async () => {
    const { broker, seen } = brokerWith(
      Array.from({ length: 2500 }, (_, index) => ({ bytes: 1000, isMine: index === 0, isHidden: index > 0 })),
    );
    const { jobs, nextPageToken } = await list(broker, queryOf(1), scoped);
    expect(jobs).toHaveLength(1);
    expect(nextPageToken).toBeUndefined();
    expect(seen).toMatchObject({ lists: 3, reads: 1 });
  });

  it("finds a client's second job behind thousands of others', and says where to go on", async () => {
    const { broker, mine } = brokerWith(
      Array.from({ length: 2500 }, (_, index) => {
        const isMine = index === 0 || index === 2400;
        return { bytes: 1000, isMine, isHidden: !isMine };
      }),
    );
    const first = await list(broker, queryOf(1), scoped);
    const second = await list(broker, queryOf(1, first.nextPageToken), scoped);
    expect([first, second].map(({ jobs }) => jobs[0]?.request.id)).toEqual(mine);
    expect(second.nextPageToken).toBeUndefined();
  });

  it.each([
    ["many small records", 5000, 1000, listLimits.records],
    ["large ones", 200, mebibyte, listLimits.bytes / mebibyte],
  ])("of which none matches gives up after %s, and says where to go on", async (_, count, bytes, most) => {
    const { broker, seen } = brokerWith(Array.from({ length: count }, () => ({ bytes, isMine: false })));
    const { jobs, nextPageToken } = await list(broker, queryOf(200), scoped);
    expect(jobs).toEqual([]);
    expect(nextPageToken).toBeDefined();
    expect(seen.reads).toBeLessThanOrEqual(most + listLimits.atOnce);
  });
});

import type { JobList, JobListQuery, JobRecord } from "../../protocol/index.ts";
import { fullAccess, shownTo, type AccessScope } from "../access-scope.ts";
import type { Broker, RecordPage } from "../ports.ts";
import { openPageToken, sealPageToken } from "./page-token.ts";

const mebibyte = 2 ** 20;

/**
 * What one list may cost. A record is as large as its outputs are many, up to some 20 MiB, so that what counts is bytes;
 * a record that is larger than a limit is read by itself.
 */
export const listLimits = {
  /** Pages of names for one answer. */
  pages: 10,
  /** Records that are read for one answer, whether they are part of it or not. */
  records: 1000,
  /** Bytes of them. */
  bytes: 32 * mebibyte,
  /** Records that are read at a time. */
  atOnce: 32,
  /** Bytes that are read at a time. */
  bytesAtOnce: 4 * mebibyte,
  /** Bytes of the records in an answer: it ends with the one that goes beyond. */
  answer: 4 * mebibyte,
} as const;

/** Names on a page for a client with scoped access: the page size of Cloud Storage. */
const scopedPage = 1000;

type Entry = RecordPage["entries"][number];

/**
 * Jobs in order of the ids of their records. A page ends early where it would cost too much. For a client that may not
 * know of others' jobs a page is as full as its own jobs make it, there is a next one only when there are more of them,
 * and its token is sealed, since it says where the page ended.
 */
export async function list(
  broker: Broker,
  query: JobListQuery,
  scope: AccessScope = fullAccess,
): Promise<JobList> {
  const isWanted = wanted(query, scope);
  const jobs: JobRecord[] = [];
  const spent = { records: 0, bytes: 0, answer: 0 };
  /** Up to where names were read, and up to where what they name is answered or is no part of it. */
  let read = query.pageToken === undefined ? undefined : openPageToken(broker.leaseKey, query.pageToken);
  let end = read;
  const isFull = (): boolean => jobs.length === query.pageSize || spent.answer >= listLimits.answer;
  const answer = (isLast = false): JobList => ({
    jobs: jobs.map(shownTo),
    ...(!isLast && end !== undefined && { nextPageToken: sealPageToken(broker.leaseKey, end) }),
  });
  for (let pages = 1; ; pages += 1) {
    // One more than is asked for tells whether there are more.
    const page = await broker.records.listAfter(scope.isScoped ? scopedPage : query.pageSize + 1, read);
    const isLastPage = page.nextPageToken === undefined;
    const batches = batchesOf(page.entries.filter((entry) => mayBeWanted(entry, query, scope)));
    for (const [index, batch] of batches.entries()) {
      const records = await Promise.all(batch.map(({ jobId }) => broker.records.read(jobId)));
      for (const [position, { jobId, bytes }] of batch.entries()) {
        const record = records[position]?.record;
        const isJob = record !== undefined && isWanted(record);
        if (!isFull()) {
          end = jobId;
          if (!isJob) continue;
          jobs.push(record);
          spent.answer += bytes;
        } else if (isJob || !scope.isScoped) return answer();
      }
      spent.records += batch.length;
      spent.bytes += bytesOf(batch);
      const isSpent = spent.records >= listLimits.records || spent.bytes >= listLimits.bytes;
      if (isSpent && !(isLastPage && index === batches.length - 1)) return answer();
    }
    if (isLastPage) return answer(true);
    read = page.entries.at(-1)?.jobId ?? read;
    if (!isFull()) end = read;
    if (pages === listLimits.pages || (isFull() && !scope.isScoped)) return answer();
  }
}

/** What a record's name and metadata tell already. */
function mayBeWanted({ state, outputPrefix }: Entry, query: JobListQuery, scope: AccessScope): boolean {
  return (
    (outputPrefix === undefined || scope.sees(outputPrefix)) &&
    (state === undefined || query.state === undefined || state === query.state)
  );
}

function wanted(query: JobListQuery, scope: AccessScope): (record: JobRecord) => boolean {
  const labels = query.label.map((text) => {
    const colon = text.indexOf(":");
    return [text.slice(0, colon), text.slice(colon + 1)] as const;
  });
  return ({ state, request }) =>
    (query.state === undefined || state === query.state) &&
    labels.every(([name, value]) => Object.hasOwn(request.labels, name) && request.labels[name] === value) &&
    scope.sees(request.outputPrefix);
}

/** In order, each of as many records as are read at a time. */
function batchesOf(entries: readonly Entry[]): Entry[][] {
  const batches: Entry[][] = [];
  for (const entry of entries) {
    const last = batches.at(-1);
    const fits =
      last !== undefined &&
      last.length < listLimits.atOnce &&
      bytesOf(last) + entry.bytes <= listLimits.bytesAtOnce;
    if (fits) last.push(entry);
    else batches.push([entry]);
  }
  return batches;
}

const bytesOf = (entries: readonly Entry[]): number => entries.reduce((sum, { bytes }) => sum + bytes, 0);

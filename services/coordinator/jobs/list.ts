import type { JobList, JobListQuery, JobRecord } from "../../protocol/index.ts";
import { fullAccess, shownTo, type AccessScope } from "../access-scope.ts";
import type { Broker, RecordPage } from "../ports.ts";
import { openPageToken, sealPageToken } from "./page-token.ts";

/** Pages read for one answer, while nothing on them matches. */
const mostPages = 10;
/** Records read per page for a client with scoped access: the page size of Cloud Storage. */
const scopedPage = 1000;

type Matches = (record: JobRecord) => boolean;

/** Jobs in order of the ids of their records. */
export async function list(
  broker: Broker,
  query: JobListQuery,
  scope: AccessScope = fullAccess,
): Promise<JobList> {
  const labels = query.label.map((text) => {
    const colon = text.indexOf(":");
    return [text.slice(0, colon), text.slice(colon + 1)] as const;
  });
  const matches: Matches = (record) =>
    (query.state === undefined || record.state === query.state) &&
    labels.every(
      ([name, value]) => Object.hasOwn(record.request.labels, name) && record.request.labels[name] === value,
    );
  return scope.isScoped ? listSeen(broker, query, matches, scope) : listAll(broker, query, matches);
}

async function listAll(broker: Broker, query: JobListQuery, matches: Matches): Promise<JobList> {
  let { pageToken } = query;
  for (let pages = 1; ; pages += 1) {
    const page = await broker.records.list(query.pageSize, pageToken);
    const jobs = (await recordsOf(broker, page.entries, query)).filter(matches).map(shownTo);
    pageToken = page.nextPageToken;
    if (pageToken === undefined) return { jobs };
    if (jobs.length > 0 || pages === mostPages) return { jobs, nextPageToken: pageToken };
  }
}

/**
 * For a client that may not know of others' jobs: a page is as full as its own jobs make it, there is a next one only
 * when there are more of them, and its token is sealed, since it says where the page ended.
 */
async function listSeen(
  broker: Broker,
  query: JobListQuery,
  matches: Matches,
  scope: AccessScope,
): Promise<JobList> {
  const found: JobRecord[] = [];
  let after = query.pageToken === undefined ? undefined : openPageToken(broker.leaseKey, query.pageToken);
  const answer = (last: string): JobList => ({
    jobs: found.slice(0, query.pageSize).map(shownTo),
    nextPageToken: sealPageToken(broker.leaseKey, last),
  });
  for (let pages = 1; ; pages += 1) {
    const page = await broker.records.listAfter(scopedPage, after);
    const seen = page.entries.filter(
      ({ outputPrefix }) => outputPrefix === undefined || scope.sees(outputPrefix),
    );
    for (let start = 0; start < seen.length; start += query.pageSize) {
      const records = await recordsOf(broker, seen.slice(start, start + query.pageSize), query);
      found.push(...records.filter((one) => matches(one) && scope.sees(one.request.outputPrefix)));
      const last = found[query.pageSize - 1];
      if (last !== undefined && found.length > query.pageSize) return answer(last.request.id);
    }
    if (page.nextPageToken === undefined) return { jobs: found.map(shownTo) };
    after = page.entries.at(-1)?.jobId ?? after;
    if (pages === mostPages && after !== undefined) return answer(after);
  }
}

async function recordsOf(
  broker: Broker,
  entries: RecordPage["entries"],
  query: JobListQuery,
): Promise<JobRecord[]> {
  const wanted = entries.filter(
    ({ state }) => state === undefined || query.state === undefined || state === query.state,
  );
  const records = await Promise.all(wanted.map(({ jobId }) => broker.records.read(jobId)));
  return records.flatMap((one) => (one === undefined ? [] : [one.record]));
}

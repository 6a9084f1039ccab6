import { invalid } from "../errors.ts";
import type { ObjectRecord } from "../object-schema.ts";
import { checkHashes, type Staged } from "../staging.ts";
import type { State } from "../state.ts";
import type { UploadPlan, UploadSession } from "../uploads.ts";
import { send, type Exchange } from "./exchange.ts";
import { hashesOf, mergeHashes } from "./hashes.ts";

/** Chunks but the last: https://docs.cloud.google.com/storage/docs/performing-resumable-uploads#chunked-upload */
const CHUNK_BYTES = 256 * 1024;

interface ContentRange {
  /** Undefined in a question for the status (`bytes *` + `/…`). */
  readonly start?: number;
  readonly end?: number;
  readonly total?: number;
}

function parseContentRange(header: string | undefined): ContentRange {
  if (header === undefined) return { start: 0 };
  const match = /^bytes (?:(\d+)-(\d+|\*)|\*)\/(\d+|\*)$/.exec(header);
  if (match === null) throw invalid(`Failed to parse Content-Range header: ${header}`, "Content-Range");
  const number = (text: string | undefined): number | undefined =>
    text === undefined || text === "*" ? undefined : Number(text);
  const [start, end, total] = [number(match[1]), number(match[2]), number(match[3])];
  return {
    ...(start !== undefined && { start }),
    ...(end !== undefined && { end }),
    ...(total !== undefined && { total }),
  };
}

/** Turns staged bytes into the object that a plan describes. */
export async function commit(
  state: State,
  plan: UploadPlan,
  staged: Staged,
  api: "json" | "xml",
): Promise<ObjectRecord> {
  try {
    checkHashes(staged, plan.expected);
    return await state.objects.create({
      bucket: plan.bucket,
      name: plan.name,
      staged,
      fields: plan.fields,
      conditions: plan.conditions,
      ...(plan.customerKey !== undefined && { customerKey: plan.customerKey }),
      authorizeOverwrite: () => {
        state.access.bucket(plan.caller, "storage.objects.delete", plan.bucket, api);
      },
    });
  } catch (error) {
    await state.staging.discard(staged);
    throw error;
  }
}

/** `PUT` or `DELETE` on a session URI. `done` renders the finished object. */
export async function continueUpload(
  state: State,
  exchange: Exchange,
  id: string,
  api: "json" | "xml",
  done: (record: ObjectRecord) => void,
): Promise<void> {
  if (exchange.method === "DELETE") {
    await state.uploads.cancel(id);
    send(exchange, 499, {});
    return;
  }
  await state.uploads.use(id, async (session) => {
    const record = session.finished ?? (await receive(state, exchange, session, api));
    if (record !== undefined) {
      done(record);
      return;
    }
    const size = session.body.size();
    send(exchange, 308, {
      ...(size > 0 && { range: `bytes=0-${size - 1}` }),
      "x-goog-upload-status": "active",
    });
  });
}

/** Appends what is new; the object when these were the last bytes. */
async function receive(
  state: State,
  exchange: Exchange,
  session: UploadSession,
  api: "json" | "xml",
): Promise<ObjectRecord | undefined> {
  const range = parseContentRange(exchange.header("content-range"));
  const { body, plan } = session;
  if (range.start !== undefined) {
    if (range.start > body.size()) {
      throw invalid(`The next byte expected is ${body.size()}; given ${range.start}.`, "Content-Range");
    }
    const length = range.end === undefined ? undefined : range.end - range.start + 1;
    if (
      range.end !== undefined &&
      range.total === undefined &&
      length !== undefined &&
      length % CHUNK_BYTES !== 0
    ) {
      throw invalid(`Every chunk but the last must be a multiple of ${CHUNK_BYTES} bytes; given ${length}.`);
    }
    // Bytes that are already kept are sent again after a broken connection: skipped.
    let skip = body.size() - range.start;
    for await (const chunk of exchange.request as AsyncIterable<Buffer>) {
      const fresh = chunk.subarray(Math.min(skip, chunk.length));
      skip -= chunk.length - fresh.length;
      if (fresh.length > 0) await body.append(fresh);
    }
  }
  const total = range.total ?? plan.declaredSize;
  const openEnded = range.start !== undefined && range.end === undefined && total === undefined;
  if (!openEnded && body.size() !== total) {
    if (total !== undefined && body.size() > total)
      throw invalid(`More than the declared ${total} bytes were sent.`);
    return undefined;
  }
  const complete = { ...plan, expected: mergeHashes(hashesOf(exchange), plan.expected) };
  try {
    session.finished = await commit(state, complete, await body.finish(), api);
    return session.finished;
  } catch (error) {
    state.uploads.end(session.id);
    throw error;
  }
}

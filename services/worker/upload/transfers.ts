import type { Readable } from "node:stream";
import type { CompleteRequest, Lease, SignedRequest } from "../../protocol/index.ts";
import { download, fetchHead, headBytes, streamObject, TransferError, upload } from "../../transfer/index.ts";
import type { Head } from "../../transfer/index.ts";
import { whileAway } from "../lease/back-off.ts";
import { isInParts, uploadInParts } from "./multipart-upload.ts";
import type { OutputFile } from "./outputs.ts";
import { AttemptFailed, isDiskFull, problems } from "../problems.ts";
import type { TransferContext } from "./transfer-context.ts";

/** Signed requests live for minutes: no more of them at once than are used up soon. */
const urlsAtOnce = 64;
const uploadsAtOnce = 4;
/** Signed requests asked for per transfer; a transfer longer than one request's life cannot work out anyway. */
const freshRequests = 2;

/** Downloads the lease's input to `file`, with fresh signed requests where the lease's has run out. */
export async function downloadInput(context: TransferContext, lease: Lease, file: string): Promise<void> {
  try {
    await download(lease.input, file, {
      ...{ signal: context.signal, pace: context.pace },
      renew: () => freshInput(context),
      onProgress: ({ bytes, totalBytes }) => {
        if (totalBytes) context.onProgress(bytes / totalBytes);
      },
    });
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof TransferError)) throw error;
    throw inputProblem(error);
  }
}

/** The beginning of the lease's input, and its size. */
export async function lookAtInput(context: TransferContext, lease: Lease): Promise<Head> {
  try {
    const { signal, pace } = context;
    return await fetchHead(lease.input, headBytes, { signal, pace, renew: () => freshInput(context) });
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof TransferError)) throw error;
    throw inputProblem(error);
  }
}

/** Of a stream that may wait for ffmpeg: the socket and ffmpeg's pipe have buffers of their own. */
const waitingBytes = 256 * 1024;

/** A stream of the lease's input, from its first byte on; it fails with a TransferError. */
export function openInput(context: TransferContext, lease: Lease): Readable {
  const { signal, pace } = context;
  const renew = () => freshInput(context);
  return streamObject(lease.input, { signal, pace, renew, highWaterMark: waitingBytes });
}

/** Why the input could not be downloaded, and whether it may be there another time. */
export function inputProblem(error: TransferError): AttemptFailed {
  if (error.code === "not-found") return new AttemptFailed(problems.inputNotFound(), { cause: error });
  const explained = explain("download the input", error);
  // Not 401 and not a wrong customer-supplied key (400), which no grant would mend.
  if (error.code === "access-denied" && error.status === 403)
    return new AttemptFailed(problems.inputAccessDenied(explained.problem.message), { cause: error });
  // An object that has not been replicated cannot be read while its region is down: the job waits for it.
  const passes = error.code === "unavailable" || error.code === "connection-failed";
  return passes
    ? new AttemptFailed(problems.inputUnavailable(explained.problem.message), { cause: error })
    : explained;
}

async function freshInput({ coordinator, session, signal }: TransferContext): Promise<SignedRequest> {
  const { input } = await whileAway(signal, () =>
    coordinator.urls(session.credential(), { input: true, outputs: [] }, signal),
  );
  if (input === undefined)
    throw new AttemptFailed(problems.workerFault("it got no signed request for the input"));
  return input;
}

/** Uploads the files in their order, a few at a time within a group of the same rank. */
export async function uploadOutputs(
  context: TransferContext,
  groups: readonly (readonly OutputFile[])[],
): Promise<CompleteRequest["outputs"]> {
  const total = groups.flat().reduce((sum, { size }) => sum + size, 0);
  let sent = 0;
  const onSent = (file: OutputFile): void => {
    sent += file.size;
    context.onProgress(total === 0 ? 1 : sent / total);
  };
  for (const group of groups) {
    for (let from = 0; from < group.length; from += urlsAtOnce) {
      await uploadBatch(context, group.slice(from, from + urlsAtOnce), onSent);
    }
  }
  return groups.flat().map(({ name, size }) => ({ name, size }));
}

async function uploadBatch(
  context: TransferContext,
  files: readonly OutputFile[],
  onSent: (file: OutputFile) => void,
): Promise<void> {
  const single = files.filter((file) => !isInParts(file));
  const requests = single.length === 0 ? [] : await outputRequests(context, single);
  // The first failure ends the others: their lanes would only waste the time left.
  const failed = new AbortController();
  const signal = AbortSignal.any([context.signal, failed.signal]);
  const queue = files.map((file) => ({ file, signed: requests[single.indexOf(file)] }));
  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      await uploadOne({ ...context, signal }, next.file, next.signed);
      onSent(next.file);
    }
  };
  const lanes = Array.from({ length: uploadsAtOnce }, () =>
    lane().catch((error: unknown) => {
      failed.abort(error);
      throw error;
    }),
  );
  const ended = await Promise.allSettled(lanes);
  context.signal.throwIfAborted();
  if (failed.signal.aborted) throw failed.signal.reason;
  ended.forEach((lane) => {
    if (lane.status === "rejected") throw lane.reason;
  });
}

async function uploadOne(
  context: TransferContext,
  file: OutputFile,
  firstRequest: SignedRequest | undefined,
): Promise<void> {
  if (isInParts(file)) {
    await uploadInParts(context, file).catch((error: unknown) => {
      context.signal.throwIfAborted();
      throw error instanceof TransferError ? explain(`upload ${file.name}`, error) : error;
    });
    return;
  }
  let signed = firstRequest;
  for (let fresh = 0; ; fresh++) {
    try {
      signed ??= (await outputRequests(context, [file]))[0];
      if (signed === undefined) throw new AttemptFailed(problems.workerFault("it got no signed request"));
      await upload(signed, file.file, { signal: context.signal, pace: context.pace });
      return;
    } catch (error) {
      context.signal.throwIfAborted();
      if (!(error instanceof TransferError)) throw error;
      // The object is ours, by a try whose answer was lost; on completion the coordinator checks its size.
      if (error.code === "precondition-failed" && fresh > 0) return;
      if (error.code !== "url-expired" || fresh >= freshRequests) throw explain(`upload ${file.name}`, error);
      signed = undefined;
    }
  }
}

async function outputRequests(
  { coordinator, session, signal }: TransferContext,
  files: readonly OutputFile[],
): Promise<readonly SignedRequest[]> {
  const outputs = files.map(({ name, contentType, size }) => ({ name, contentType, size }));
  const answer = await whileAway(signal, () =>
    coordinator.urls(session.credential(), { input: false, outputs }, signal),
  );
  return answer.outputs;
}

export function explain(what: string, error: TransferError): AttemptFailed {
  const { message } = error;
  if (isDiskFull(error) || (error.code === "file" && /ENOSPC|EDQUOT/.test(message))) {
    return new AttemptFailed(problems.scratchFull(), { cause: error });
  }
  // Not even an unsigned address is for a log.
  const sentence = message.replace(/\b[A-Z]+ https?:\/\/\S+/g, "the store");
  return new AttemptFailed(problems.transferFailed(what, sentence), { cause: error });
}

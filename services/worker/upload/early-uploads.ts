import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { contentTypeOf } from "./outputs.ts";
import type { OutputFile } from "./outputs.ts";

export interface EarlyUploads {
  /** Aborted with the reason when an upload has failed: the encode need not go on. */
  readonly failed: AbortSignal;
  /** Whether an upload has begun: what is stored cannot be made anew under its name. */
  begun(): boolean;
  /** Ends the uploads after the one under way. @returns size by name of what was uploaded; rejects when one failed */
  finish(): Promise<ReadonlyMap<string, number>>;
  /** Ends them at once. Never rejects. */
  abandon(): Promise<void>;
}

/**
 * Uploads segments while the encode goes on. Only segments: they are most of the bytes, and the segmenter writes each
 * once, in order, so that one is finished when the next is there. All else is uploaded at the end. What an attempt
 * that fails has uploaded lies below its own prefix, which nobody is told of.
 *
 * @param folders of the renditions, below `outputs`
 * @param upload resolves when all of them are stored
 */
export function startEarlyUploads(options: {
  readonly outputs: string;
  readonly folders: readonly string[];
  readonly upload: (files: readonly OutputFile[], signal: AbortSignal) => Promise<unknown>;
  readonly everyMs?: number;
}): EarlyUploads {
  const { outputs, folders, upload, everyMs = 1000 } = options;
  let begun = false;
  const uploaded = new Map<string, number>();
  const failed = new AbortController();
  const stopped = new AbortController();
  const abandoned = new AbortController();

  const stopping = (): boolean => stopped.signal.aborted;

  const run = async (): Promise<void> => {
    while (!stopping()) {
      await sleep(everyMs, undefined, { signal: stopped.signal }).catch(() => undefined);
      for (const folder of folders) {
        if (stopping()) return;
        const files = await finishedSegments(outputs, folder, uploaded);
        if (files.length === 0) continue;
        begun = true;
        await upload(files, abandoned.signal);
        for (const { name, size } of files) uploaded.set(name, size);
      }
    }
  };
  const running = run().catch((error: unknown) => {
    // An upload that is given up has not failed: whoever gives it up has another reason.
    if (!abandoned.signal.aborted) failed.abort(error);
  });

  return {
    failed: failed.signal,
    begun: () => begun,
    finish: async () => {
      stopped.abort();
      await running;
      failed.signal.throwIfAborted();
      return uploaded;
    },
    abandon: async () => {
      stopped.abort();
      abandoned.abort();
      await running;
    },
  };
}

async function finishedSegments(
  outputs: string,
  folder: string,
  known: ReadonlyMap<string, number>,
): Promise<readonly OutputFile[]> {
  const names = await readdir(path.join(outputs, folder)).catch(() => [] as string[]);
  const segments = names.filter((name) => /^segment-\d+\.m4s$/.test(name)).toSorted(byNumber);
  const finished = segments.slice(0, -1).map((name) => `${folder}/${name}`);
  return Promise.all(
    finished
      .filter((name) => !known.has(name))
      .map(async (name) => {
        const file = path.join(outputs, name);
        return { name, file, size: (await stat(file)).size, contentType: contentTypeOf(name) };
      }),
  );
}

const numberOf = (name: string): number => Number(/\d+/.exec(name)?.[0]);
const byNumber = (a: string, b: string): number => numberOf(a) - numberOf(b);

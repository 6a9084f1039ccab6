import { invalid } from "../errors.ts";

export interface RelatedUpload {
  /** The first part: JSON text. */
  readonly metadata: string;
  /** Content-Type of the second part. */
  readonly contentType: string | undefined;
  /** The second part's bytes; must be read to the end. */
  readonly media: AsyncIterable<Buffer>;
}

const MAX_HEAD_BYTES = 2 ** 20;

/**
 * Reads a `multipart/related` upload (metadata, then media) without holding the media in memory.
 *
 * @throws for a body that is not two parts
 */
export async function readRelated(
  contentType: string | undefined,
  body: AsyncIterable<Buffer>,
): Promise<RelatedUpload> {
  const match = /^multipart\/related\b.*;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType ?? "");
  const boundary = match?.[1] ?? match?.[2];
  if (boundary === undefined) throw invalid("Missing or malformed boundary in Content-Type.");
  const chunks = body[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);

  const more = async (): Promise<boolean> => {
    const next = await chunks.next();
    if (next.done === true) return false;
    held = held.length === 0 ? next.value : Buffer.concat([held, next.value]);
    return true;
  };
  /** Takes everything before `mark` and drops the mark. */
  const takeUntil = async (mark: string): Promise<string> => {
    for (;;) {
      const found = held.indexOf(mark);
      if (found !== -1) {
        const taken = held.subarray(0, found).toString("utf8");
        held = held.subarray(found + Buffer.byteLength(mark));
        return taken;
      }
      if (held.length > MAX_HEAD_BYTES || !(await more())) throw invalid("Malformed multipart body.");
    }
  };

  await takeUntil(`--${boundary}\r\n`);
  await takeUntil("\r\n\r\n");
  const metadata = await takeUntil(`\r\n--${boundary}\r\n`);
  const mediaHead = await takeUntil("\r\n\r\n");
  const end = Buffer.from(`\r\n--${boundary}`);

  async function* media(): AsyncGenerator<Buffer> {
    for (;;) {
      const found = held.indexOf(end);
      if (found !== -1) {
        if (found > 0) yield held.subarray(0, found);
        // What follows the last boundary means nothing.
        while ((await chunks.next()).done !== true);
        return;
      }
      // The boundary may be cut in two by a chunk's end: keep that much back.
      const safe = held.length - (end.length - 1);
      if (safe > 0) {
        yield held.subarray(0, safe);
        held = held.subarray(safe);
      }
      if (!(await more())) throw invalid("Malformed multipart body: no closing boundary.");
    }
  }
  const type = /^content-type:\s*(.+?)\s*$/im.exec(mediaHead)?.[1];
  return { metadata, contentType: type, media: media() };
}

/** The parts of ISO/IEC 14496-12 that packaging needs: reads boxes, never writes them. */

/** The content of the first box on the path, e.g. `["moof", "traf", "tfdt"]`; undefined when there is none. */
export function findBox(buffer: Buffer, path: readonly string[]): Buffer | undefined {
  const [wanted, ...rest] = path;
  if (wanted === undefined) return buffer;
  for (let at = 0; at + 8 <= buffer.length;) {
    const short = buffer.readUInt32BE(at);
    const long = short === 1 && at + 16 <= buffer.length ? Number(buffer.readBigUInt64BE(at + 8)) : short;
    const header = short === 1 ? 16 : 8;
    // 0 means to the end. Sizes smaller than a header are damage.
    const size = short === 0 ? buffer.length - at : long;
    if (size < header) return undefined;
    if (buffer.toString("latin1", at + 4, at + 8) === wanted) {
      return findBox(buffer.subarray(at + header, at + size), rest);
    }
    at += size;
  }
  return undefined;
}

/**
 * Units per second of the media times, from an initialisation segment of one track (`mdhd`, 8.4.2).
 * @throws if there is none
 */
export function timescaleOf(initSegment: Buffer): number {
  const box = findBox(initSegment, ["moov", "trak", "mdia", "mdhd"]);
  const at = box?.[0] === 1 ? 20 : 12;
  if (box === undefined || box.length < at + 4) throw new Error("the initialisation segment has no mdhd box");
  return box.readUInt32BE(at);
}

/**
 * When a media segment begins, in units of its timescale (`tfdt`, 8.8.12). The segment's beginning is enough.
 * @throws if it has none
 */
export function decodeTimeOf(segment: Buffer): number {
  const box = findBox(segment, ["moof", "traf", "tfdt"]);
  const long = box?.[0] === 1;
  if (box === undefined || box.length < (long ? 12 : 8)) throw new Error("the segment has no tfdt box");
  return long ? Number(box.readBigUInt64BE(4)) : box.readUInt32BE(4);
}

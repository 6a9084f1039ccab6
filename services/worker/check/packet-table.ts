/** One sample of a rendition, in units of its timescale. */
export interface Packet {
  readonly decode: number;
  readonly presentation: number;
  readonly duration: number;
  /** In bytes. */
  readonly size: number;
  readonly isKey: boolean;
}

/** One segment as it is written, and as its playlist speaks of it. */
export interface SegmentTable {
  readonly name: string;
  /** By the playlist. */
  readonly seconds: number;
  readonly packets: readonly Packet[];
}

/** A rendition as it came out. */
export interface PacketTable {
  /** Name of its folder. */
  readonly name: string;
  readonly kind: "video" | "audio";
  /** Units per second. */
  readonly timescale: number;
  /** What one packet lasts by the plan, in seconds. */
  readonly packetSeconds: number;
  readonly segments: readonly SegmentTable[];
}

const keyless = 0x10000;

/**
 * The samples of the fragment in a `moof` box (ISO/IEC 14496-12, 8.8): of its one track, as ffmpeg writes segments.
 * @throws RangeError when the box ends too early
 */
export function packetsOf(moof: Buffer): readonly Packet[] {
  const packets: Packet[] = [];
  for (const traf of boxes(moof, "traf")) {
    const defaults = readDefaults(boxes(traf, "tfhd")[0]);
    let decode = readDecodeTime(boxes(traf, "tfdt")[0]);
    for (const trun of boxes(traf, "trun")) {
      for (const sample of readRun(trun, defaults)) {
        const { offset, ...rest } = sample;
        packets.push({ ...rest, decode, presentation: decode + offset });
        decode += sample.duration;
      }
    }
  }
  return packets;
}

interface Defaults {
  readonly duration: number;
  readonly size: number;
  readonly flags: number;
}

function boxes(buffer: Buffer, type: string): readonly Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at + 8 <= buffer.length;) {
    const size = buffer.readUInt32BE(at);
    if (size < 8) break;
    if (buffer.toString("latin1", at + 4, at + 8) === type) found.push(buffer.subarray(at + 8, at + size));
    at += size;
  }
  return found;
}

/** `tfhd`, 8.8.7. */
function readDefaults(box: Buffer | undefined): Defaults {
  const values = { duration: 0, size: 0, flags: 0 };
  if (box === undefined) return values;
  const flags = box.readUInt32BE(0) & 0xffffff;
  let at = 8 + ((flags & 1) === 0 ? 0 : 8) + ((flags & 2) === 0 ? 0 : 4);
  for (const [bit, field] of [
    [8, "duration"],
    [16, "size"],
    [32, "flags"],
  ] as const) {
    if ((flags & bit) === 0) continue;
    values[field] = box.readUInt32BE(at);
    at += 4;
  }
  return values;
}

/** `tfdt`, 8.8.12. */
function readDecodeTime(box: Buffer | undefined): number {
  if (box === undefined) return 0;
  return box[0] === 1 ? Number(box.readBigUInt64BE(4)) : box.readUInt32BE(4);
}

/** `trun`, 8.8.8. */
function readRun(box: Buffer, defaults: Defaults) {
  const flags = box.readUInt32BE(0) & 0xffffff;
  const count = box.readUInt32BE(4);
  let at = 8 + ((flags & 1) === 0 ? 0 : 4);
  const next = (bit: number, otherwise: number): number => {
    if ((flags & bit) === 0) return otherwise;
    at += 4;
    return box.readInt32BE(at - 4);
  };
  const first = next(4, defaults.flags);
  return Array.from({ length: count }, (_, index) => {
    const duration = next(0x100, defaults.duration);
    const size = next(0x200, defaults.size);
    const own = next(0x400, index === 0 ? first : defaults.flags);
    return { duration, size, isKey: (own & keyless) === 0, offset: next(0x800, 0) };
  });
}

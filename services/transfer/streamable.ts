/** How a container can be read. */
export type Streamability =
  | { readonly streamable: true; readonly container: string }
  | {
      readonly streamable: false;
      readonly container: string;
      /** One sentence for a log. */
      readonly because: string;
    };

/** Bytes of the start that are enough to tell, but for MP4 files with a very long index. */
export const headBytes = 262_144;

const startsWith = (head: Buffer, at: number, ...bytes: readonly number[]): boolean =>
  head.length >= at + bytes.length && bytes.every((byte, index) => head[at + index] === byte);
const text = (head: Buffer, from: number, to: number): string => head.toString("latin1", from, to);

/**
 * Whether ffmpeg can read a container from a pipe, told by its first bytes: MP4 and MOV only with their index (`moov`)
 * before the data, which `-movflags +faststart` makes.
 *
 * Sources: ISO/IEC 14496-12 (boxes), ISO/IEC 13818-1 (188-byte packets), RFC 8794 (EBML).
 */
export function isStreamable(head: Buffer): Streamability {
  if (["ftyp", "moov", "mdat", "free", "skip", "wide", "styp"].includes(text(head, 4, 8)))
    return ofBoxes(head);
  const yes = (container: string): Streamability => ({ streamable: true, container });
  if ([0, 188, 376].every((at) => startsWith(head, at, 0x47))) return yes("mpegts");
  if (startsWith(head, 0, 0x1a, 0x45, 0xdf, 0xa3)) return yes("matroska");
  if (text(head, 0, 3) === "FLV") return yes("flv");
  if (text(head, 0, 4) === "OggS") return yes("ogg");
  if (text(head, 0, 4) === "fLaC") return yes("flac");
  if (startsWith(head, 0, 0, 0, 1, 0xba)) return yes("mpeg");
  if (text(head, 0, 4) === "RIFF" && text(head, 8, 12) === "WAVE") return yes("wav");
  if (startsWith(head, 0, 0x06, 0x0e, 0x2b, 0x34))
    return { streamable: false, container: "mxf", because: "MXF files keep their index at the end." };
  return { streamable: false, container: "unknown", because: "The container was not recognised." };
}

/** Walks the top-level boxes until `moov` or `mdat`. */
function ofBoxes(head: Buffer): Streamability {
  const container = "mp4";
  for (let at = 0; at + 8 <= head.length;) {
    const kind = text(head, at + 4, at + 8);
    if (kind === "moov" || kind === "moof") return { streamable: true, container };
    if (kind === "mdat")
      return {
        streamable: false,
        container,
        because: "Its index (moov) comes after the data; it needs a file.",
      };
    const small = head.readUInt32BE(at);
    const size = small === 1 && at + 16 <= head.length ? Number(head.readBigUInt64BE(at + 8)) : small;
    if (size < 8) break;
    at += size;
  }
  return {
    streamable: false,
    container,
    because: "Its index (moov) is not among its first bytes; it needs a file.",
  };
}

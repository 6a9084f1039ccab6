import type { VideoCodec } from "../profile/encoders.ts";

/** RFC 6381 name of AAC-LC. */
export const aacCodec = "mp4a.40.2";

/**
 * The RFC 6381 name of the video in an initialisation segment, as players compare it with what they can decode.
 * @throws when the segment does not describe a stream of that codec
 */
export function codecName(codec: VideoCodec, initSegment: Buffer): string {
  return names[codec](initSegment);
}

function configuration(initSegment: Buffer, type: string, length: number): Buffer {
  const box = initSegment.indexOf(type, 0, "latin1");
  const content = initSegment.subarray(box + 4, box + 4 + length);
  if (box < 0 || content.length < length) throw new Error(`the initialisation segment holds no ${type} box`);
  return content;
}

const names: Readonly<Record<VideoCodec, (initSegment: Buffer) => string>> = {
  /** Profile, constraints and level are bytes 1 to 3 of `avcC` (ISO/IEC 14496-15, 5.3.3): `avc1.64001f`. */
  h264: (init) => `avc1.${configuration(init, "avcC", 4).subarray(1, 4).toString("hex")}`,

  /** ISO/IEC 14496-15, annex E.3: `hvc1.1.6.L93.90`. */
  hevc: (init) => {
    const box = configuration(init, "hvcC", 13);
    const [, general = 0] = box;
    const space = ["", "A", "B", "C"][general >> 6] ?? "";
    const tier = (general & 0x20) === 0 ? "L" : "H";
    const constraints = [...box.subarray(6, 12)].map((byte) => byte.toString(16).toUpperCase());
    while (constraints.at(-1) === "0") constraints.pop();
    const compatibility = reversed(box.readUInt32BE(2)).toString(16).toUpperCase();
    const level = box.readUInt8(12);
    return [`hvc1.${space}${general & 0x1f}`, compatibility, `${tier}${level}`, ...constraints].join(".");
  },

  /** AV1 Codec ISO Media File Format Binding, 5: `av01.0.04M.08`. https://aomediacodec.github.io/av1-isobmff/ */
  av1: (init) => {
    const box = configuration(init, "av1C", 4);
    const [, sequence = 0, flags = 0] = box;
    const level = String(sequence & 0x1f).padStart(2, "0");
    const tier = (flags & 0x80) === 0 ? "M" : "H";
    const depth = (flags & 0x40) === 0 ? "08" : (flags & 0x20) === 0 ? "10" : "12";
    return `av01.${sequence >> 5}.${level}${tier}.${depth}`;
  },
};

/** Reverses the order of the 32 bits. */
function reversed(bits: number): number {
  let result = 0;
  for (let bit = 0; bit < 32; bit++) result = ((result << 1) | ((bits >>> bit) & 1)) >>> 0;
  return result;
}

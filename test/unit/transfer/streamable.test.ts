import { describe, expect, it } from "vitest";
import { isStreamable } from "../../../services/transfer/index.ts";

const box = (kind: string, size: number): Buffer => {
  const bytes = Buffer.alloc(size);
  bytes.writeUInt32BE(size);
  bytes.write(kind, 4, "latin1");
  return bytes;
};
const large = (kind: string, size: number): Buffer => {
  const bytes = box(kind, size);
  bytes.writeUInt32BE(1);
  bytes.writeBigUInt64BE(BigInt(size), 8);
  return bytes;
};
const packets = Buffer.alloc(188 * 3);
for (const at of [0, 188, 376]) packets[at] = 0x47;

describe("a container that can be read from a pipe", () => {
  it.each([
    ["MP4 with its index first", Buffer.concat([box("ftyp", 32), box("moov", 100)]), "mp4"],
    [
      "MP4 with a long box before its index",
      Buffer.concat([box("ftyp", 32), large("free", 64), box("moov", 100)]),
      "mp4",
    ],
    ["fragmented MP4", Buffer.concat([box("styp", 24), box("moof", 100)]), "mp4"],
    ["MPEG-TS", packets, "mpegts"],
    ["Matroska and WebM", Buffer.from([0x1a, 0x45, 0xdf, 0xa3, 0]), "matroska"],
    ["FLV", Buffer.from("FLV\u0001"), "flv"],
    ["WAV", Buffer.from("RIFF0000WAVEfmt "), "wav"],
  ])("is %s", (_, head, container) => {
    expect(isStreamable(head)).toEqual({ streamable: true, container });
  });
});

describe("a container that needs a file", () => {
  it.each([
    [
      "MP4 with its index last",
      Buffer.concat([box("ftyp", 32), box("mdat", 100)]),
      /index \(moov\) comes after/,
    ],
    [
      "MP4 whose index is far away",
      Buffer.concat([box("ftyp", 32), box("free", 4096).subarray(0, 100)]),
      /not among/,
    ],
    ["MP4 with a box of no size", Buffer.concat([box("ftyp", 32), Buffer.alloc(16)]), /not among/],
    ["MXF", Buffer.from([0x06, 0x0e, 0x2b, 0x34]), /MXF/],
    ["anything unknown", Buffer.from("hello"), /not recognised/],
    ["nothing", Buffer.of(), /not recognised/],
  ])("is %s", (_, head, because) => {
    expect(isStreamable(head)).toMatchObject({
      streamable: false,
      because: expect.stringMatching(because) as string,
    });
  });
});

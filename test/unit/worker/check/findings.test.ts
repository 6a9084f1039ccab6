import { describe, expect, it } from "vitest";
import { findingsOf, unequalSound } from "../../../../services/worker/check/findings.ts";
import { packetsOf } from "../../../../services/worker/check/packet-table.ts";
import type { Packet, PacketTable } from "../../../../services/worker/check/packet-table.ts";

const perSegment = 100;
/** Ten seconds of 25 pictures a second in segments of four. */
function video(name = "720p"): PacketTable {
  const segments = [0, 1, 2].map((number) => {
    const count = number === 2 ? 50 : perSegment;
    const packets = Array.from({ length: count }, (_, index): Packet => {
      const decode = (number * perSegment + index) * 512;
      return { decode, presentation: decode + 1024, duration: 512, size: 900, isKey: index === 0 };
    });
    return { name: `segment-0000${number}.m4s`, seconds: count / 25, packets };
  });
  return { name, kind: "video", timescale: 12_800, packetSeconds: 0.04, segments };
}
function audio(name = "audio"): PacketTable {
  const packets = Array.from({ length: 470 }, (_, index): Packet => {
    const decode = index * 1024;
    return { decode, presentation: decode, duration: 1024, size: 300, isKey: true };
  });
  const seconds = (470 * 1024) / 48_000;
  const segments = [{ name: "segment-00000.m4s", seconds, packets }];
  return { name, kind: "audio", timescale: 48_000, packetSeconds: 1024 / 48_000, segments };
}
const plan = { segmentSeconds: 4 };

/** A table with one packet changed. */
const withPacket = (
  table: PacketTable,
  segment: number,
  at: number,
  change: Partial<Packet>,
): PacketTable => ({
  ...table,
  segments: table.segments.map((one, number) => ({
    ...one,
    packets: one.packets.map((packet, index) =>
      number === segment && index === at ? { ...packet, ...change } : packet,
    ),
  })),
});
const withSegments = (
  table: PacketTable,
  change: (segments: PacketTable["segments"]) => PacketTable["segments"],
) => ({
  ...table,
  segments: change(table.segments),
});
const shifted = (table: PacketTable, from: number, by: number): PacketTable =>
  withSegments(table, (segments) =>
    segments.map((segment, number) =>
      number < from
        ? segment
        : {
            ...segment,
            packets: segment.packets.map((packet) => ({ ...packet, decode: packet.decode + by })),
          },
    ),
  );

describe("the judge of what was made", () => {
  it("finds nothing in what is right", () => {
    expect(findingsOf([video("720p"), video("480p"), audio()], plan)).toEqual([]);
    expect(unequalSound([audio("audio-128k"), audio("audio-64k")])).toEqual([]);
  });

  it.each<[string, PacketTable, RegExp]>([
    ["no segment", withSegments(video(), () => []), /has no segment/],
    [
      "a segment without packets",
      withSegments(video(), ([first, ...rest]) => [...rest, ...(first ? [{ ...first, packets: [] }] : [])]),
      /has no packet/,
    ],
    ["an empty packet", withPacket(audio(), 0, 7, { size: 0 }), /an empty one/],
    ["a late begin", shifted(video(), 0, 12_800), /begins at 1\.000 s/],
    ["a hole between two segments", shifted(video(), 1, 5120), /a jump in its decode times at 4\.400 s/],
    ["a step back", shifted(video(), 2, -5120), /a jump in its decode times/],
    [
      "more sound than time",
      withSegments(audio(), (segments) =>
        segments.map((segment) => ({
          ...segment,
          packets: segment.packets.map((packet, index) => ({
            ...packet,
            decode: index < 235 ? packet.decode : 235 * 1024 + (index - 235),
            duration: index < 235 ? 1024 : 1,
          })),
        })),
      ),
      /10\.027 s of packets in 5\.0\d\d s of timestamps/,
    ],
    [
      "a segment that begins without a key frame",
      withPacket(video(), 1, 0, { isKey: false }),
      /segment-00001\.m4s does not begin with a key frame/,
    ],
    [
      "a playlist that lies",
      withSegments(video(), (segments) =>
        segments.map((segment, index) => (index === 1 ? { ...segment, seconds: 3.5 } : segment)),
      ),
      /is 3\.500 s long by its playlist, and 4\.000 s by its packets/,
    ],
    [
      "two segments in one",
      withSegments(video(), ([a, b, ...rest]) =>
        a && b ? [{ ...a, seconds: 8, packets: [...a.packets, ...b.packets] }, ...rest] : [],
      ),
      /is 8\.000 s long in place of 4\.000 s/,
    ],
  ])("finds %s", (_, table, finding) => {
    expect(findingsOf([table], plan).join("\n")).toMatch(finding);
  });

  it("finds renditions that do not have the same segments", () => {
    const shorter = withSegments(video("480p"), (segments) => segments.slice(0, 2));
    expect(findingsOf([video(), shorter], plan)).toEqual(["480p does not have the segments of 720p"]);
    const early = withSegments(video("360p"), (segments) =>
      segments.map((segment, index) =>
        index === 2 ? { ...segment, seconds: 1.6, packets: segment.packets.slice(0, 40) } : segment,
      ),
    );
    expect(findingsOf([video(), early], plan)).toEqual(["360p does not have the segments of 720p"]);
  });

  it("finds a rate of a sound that ends before the others", () => {
    const early = withSegments(audio("audio-64k"), (segments) =>
      segments.map((segment) => ({ ...segment, packets: segment.packets.slice(0, 400) })),
    );
    expect(unequalSound([audio("audio-128k"), early]).join()).toMatch(
      /audio-64k lasts 8\.533 s, and audio-128k 10\.027 s/,
    );
  });
});

describe("the reader of a fragment", () => {
  const box = (type: string, ...content: readonly Buffer[]): Buffer => {
    const body = Buffer.concat(content);
    const head = Buffer.alloc(8);
    head.writeUInt32BE(body.length + 8);
    head.write(type, 4, "latin1");
    return Buffer.concat([head, body]);
  };
  const words = (...values: readonly number[]) =>
    Buffer.concat(
      values.map((value) => {
        const word = Buffer.alloc(4);
        word.writeInt32BE(value | 0);
        return word;
      }),
    );

  it("takes what the run leaves out from the fragment's defaults", () => {
    // tfhd with default duration, size and flags; trun with the first sample's flags, sizes and offsets.
    const tfhd = box("tfhd", words(0x020038, 1, 512, 700, 0x1010000));
    const tfdt = box("tfdt", words(0x01000000, 0, 51_200));
    const trun = box("trun", words(0x000a05, 2, 400, 0x2000000, 900, 1024, 300, -512));
    expect(packetsOf(box("traf", tfhd, tfdt, trun))).toMatchObject([
      { decode: 51_200, presentation: 52_224, duration: 512, size: 900, isKey: true },
      { decode: 51_712, presentation: 51_200, duration: 512, size: 300, isKey: false },
    ]);
  });
});

import type { Packet, PacketTable, SegmentTable } from "./packet-table.ts";

/** Two segments of one instant may differ by so much of a packet. */
const slack = 1.5;
/** A rendition begins at its time 0, but for what reordering and priming put before its first picture or sound. */
const latestStartSeconds = 0.25;
/** Sound of one stream, at several rates, ends together but for what the encoder fills its last packet with. */
const fillingPackets = 3;

/** What is wrong with renditions that were made for one presentation: a sentence each, none when all is right. Pure. */
export function findingsOf(
  tables: readonly PacketTable[],
  plan: { readonly segmentSeconds: number },
): readonly string[] {
  return [
    ...tables.flatMap((table) => [
      ...emptiness(table),
      ...times(table),
      ...segmentsAgainstPlaylist(table),
      ...(table.kind === "video" ? keyFrames(table, plan.segmentSeconds) : []),
    ]),
    ...together(tables),
  ];
}

const packetsOf = ({ segments }: Pick<PacketTable, "segments">): readonly Packet[] =>
  segments.flatMap(({ packets }) => packets);

const seconds = (value: number): string => `${value.toFixed(3)} s`;

function emptiness(table: PacketTable): readonly string[] {
  if (table.segments.length === 0) return [`${table.name} has no segment`];
  return table.segments
    .filter(({ packets }) => packets.length === 0 || packets.some(({ size }) => size <= 0))
    .map(({ name }) => `${table.name}/${name} has no packet, or an empty one`);
}

/** From the first decode time to the end of the last packet, in seconds. */
function span(table: PacketTable): number {
  const packets = packetsOf(table);
  const [first, last] = [packets[0], packets.at(-1)];
  return first && last ? (last.decode + last.duration - first.decode) / table.timescale : 0;
}

/** Packets against their timestamps: as many as the time takes, one after another. */
function times(table: PacketTable): readonly string[] {
  const { name, timescale, packetSeconds } = table;
  const packets = packetsOf(table);
  const [first] = packets;
  if (first === undefined) return [];
  const start = first.decode / timescale;
  const jump = packets.find(
    ({ decode }, index) =>
      index > 0 && Math.abs(decode - endOf(packets[index - 1])) / timescale > slack * packetSeconds,
  );
  const counted = packets.length * packetSeconds;
  const lasting = span(table);
  return [
    ...(Math.abs(start) > latestStartSeconds ? [`${name} begins at ${seconds(start)}`] : []),
    ...(jump === undefined
      ? []
      : [`${name} has a jump in its decode times at ${seconds(jump.decode / timescale)}`]),
    ...(Math.abs(counted - lasting) > Math.max(2 * packetSeconds, lasting / 1000)
      ? [`${name} has ${seconds(counted)} of packets in ${seconds(lasting)} of timestamps`]
      : []),
  ];
}

const endOf = (packet: Packet | undefined): number => (packet ? packet.decode + packet.duration : 0);

const lengthOf = ({ packets }: SegmentTable, timescale: number): number =>
  packets.reduce((sum, { duration }) => sum + duration, 0) / timescale;

function segmentsAgainstPlaylist(table: PacketTable): readonly string[] {
  return table.segments
    .filter((segment) => segment.packets.length > 0)
    .filter(
      (segment) =>
        Math.abs(segment.seconds - lengthOf(segment, table.timescale)) > slack * table.packetSeconds + 0.001,
    )
    .map(
      (segment) =>
        `${table.name}/${segment.name} is ${seconds(segment.seconds)} long by its playlist, and ${seconds(lengthOf(segment, table.timescale))} by its packets`,
    );
}

/** Every segment begins with a key frame, and is as long as the plan says but for the last. */
function keyFrames(table: PacketTable, segmentSeconds: number): readonly string[] {
  const { name, timescale, packetSeconds, segments } = table;
  return segments.flatMap((segment, index) => {
    const [first] = segment.packets;
    const length = lengthOf(segment, timescale);
    const isLast = index === segments.length - 1;
    const off = isLast ? length - segmentSeconds : Math.abs(length - segmentSeconds);
    return [
      ...(first && !first.isKey ? [`${name}/${segment.name} does not begin with a key frame`] : []),
      ...(off > slack * packetSeconds
        ? [`${name}/${segment.name} is ${seconds(length)} long in place of ${seconds(segmentSeconds)}`]
        : []),
    ];
  });
}

/** Renditions of one picture have the same segments; sound of one stream the same length. */
function together(tables: readonly PacketTable[]): readonly string[] {
  const videos = tables.filter(({ kind }) => kind === "video");
  const [model] = videos;
  if (model === undefined) return [];
  const startsOf = ({ segments, timescale }: PacketTable): readonly number[] =>
    segments.map(({ packets: [first] }) => (first?.decode ?? 0) / timescale);
  const wanted = startsOf(model);
  return videos.slice(1).flatMap((video) => {
    const starts = startsOf(video);
    const isAligned =
      starts.length === wanted.length &&
      starts.every((start, index) => Math.abs(start - (wanted[index] ?? NaN)) < video.packetSeconds / 2);
    const isAsLong = Math.abs(span(video) - span(model)) < slack * video.packetSeconds;
    return isAligned && isAsLong ? [] : [`${video.name} does not have the segments of ${model.name}`];
  });
}

/** Whether sound lasts as long as what it was made of, within what an encoder fills up; for several rates of one stream. */
export function unequalSound(rates: readonly PacketTable[]): readonly string[] {
  const [model] = rates;
  if (model === undefined) return [];
  return rates
    .slice(1)
    .filter((one) => Math.abs(span(one) - span(model)) > fillingPackets * one.packetSeconds)
    .map((one) => `${one.name} lasts ${seconds(span(one))}, and ${model.name} ${seconds(span(model))}`);
}

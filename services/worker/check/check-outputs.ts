import { open, readFile, stat } from "node:fs/promises";
import path from "node:path";
import type { Measured } from "../packaging/package.ts";
import { timescaleOf } from "../packaging/mp4-boxes.ts";
import { renditionFiles } from "../plan/ffmpeg-arguments.ts";
import type { EncodePlan } from "../plan/ffmpeg-arguments.ts";
import { valueOf } from "../media/rational.ts";
import { collectOutputs } from "../upload/outputs.ts";
import { findingsOf, unequalSound } from "./findings.ts";
import { packetsOf } from "./packet-table.ts";
import type { Packet, PacketTable } from "./packet-table.ts";

/** AAC-LC: samples of a packet. */
const aacSamples = 1024;
const audioRate = 48_000;

/**
 * Judges what was made before anybody is told of it, by its boxes alone: nothing is decoded, and of segments only the
 * tables before the media are read.
 * @returns what is wrong, a sentence each
 */
export async function checkSegments(
  outputs: string,
  plan: EncodePlan,
  measured: ReadonlyMap<string, Measured>,
): Promise<readonly string[]> {
  const read = (name: string, kind: PacketTable["kind"], packetSeconds: number) =>
    readTable(outputs, plan.root, { name, kind, packetSeconds }, measured.get(name));
  const videos = [];
  for (const { name, frameRate } of plan.video)
    videos.push(await read(name, "video", 1 / valueOf(frameRate)));
  const sounds = new Map<number, PacketTable[]>();
  for (const { name, index } of plan.audio) {
    const table = await read(name, "audio", aacSamples / audioRate);
    sounds.set(index, [...(sounds.get(index) ?? []), table]);
  }
  const tables = [...videos, ...[...sounds.values()].flat()];
  return [...findingsOf(tables, plan), ...[...sounds.values()].flatMap(unequalSound)];
}

/** Files that hold nothing. */
export async function emptyOutputs(outputs: string): Promise<readonly string[]> {
  const files = await collectOutputs(outputs);
  return files.filter(({ size }) => size === 0).map(({ name }) => `${name} is empty`);
}

async function readTable(
  outputs: string,
  root: string,
  rendition: Pick<PacketTable, "name" | "kind" | "packetSeconds">,
  measured: Measured | undefined,
): Promise<PacketTable> {
  const { directory, init } = renditionFiles(root, rendition.name);
  const timescale = timescaleOf(await readFile(path.join(outputs, init)));
  const segments = [];
  for (const { name, seconds } of measured?.segments ?? []) {
    const file = path.join(outputs, directory, path.basename(name));
    segments.push({ name: path.basename(name), seconds, packets: await readPackets(file) });
  }
  return { ...rendition, timescale, segments };
}

async function readPackets(file: string): Promise<readonly Packet[]> {
  const { size } = await stat(file);
  const handle = await open(file, "r");
  const packets: Packet[] = [];
  try {
    const header = Buffer.alloc(16);
    for (let at = 0; at + 8 <= size;) {
      await handle.read(header, 0, 16, at);
      const short = header.readUInt32BE(0);
      const length = short === 1 ? Number(header.readBigUInt64BE(8)) : short === 0 ? size - at : short;
      if (length < 8 || at + length > size) break;
      if (header.toString("latin1", 4, 8) === "moof") {
        const moof = Buffer.alloc(length - 8);
        await handle.read(moof, 0, moof.length, at + 8);
        packets.push(...packetsOf(moof));
      }
      at += length;
    }
  } finally {
    await handle.close();
  }
  return packets;
}

import type { Colours } from "../media/colours.ts";
import type { Profile } from "../profile/schema.ts";
import { toJpeg } from "./video-graph.ts";

/** Sheets of small pictures of a film, for the preview above a player's time line. */
export interface Storyboard {
  readonly tileWidth: number;
  /** Even. */
  readonly tileHeight: number;
  readonly columns: number;
  readonly rows: number;
  /** Seconds between two tiles. */
  readonly everySeconds: number;
  readonly tiles: number;
  readonly sheets: number;
}

export const storyboardDirectory = "storyboard";
/** For ffmpeg; numbers from 1. */
export const sheetPattern = `${storyboardDirectory}/sheet-%03d.jpg`;
export const storyboardFile = `${storyboardDirectory}/storyboard.vtt`;
const sheetName = (index: number): string => `sheet-${String(index + 1).padStart(3, "0")}.jpg`;

/** A longer film gets its tiles further apart, so that the storyboard stays small enough to be loaded. */
const mostTiles = 1000;

export function planStoryboard(
  settings: Profile["storyboard"],
  durationSeconds: number,
  picture: { readonly width: number; readonly height: number },
): Storyboard {
  const everySeconds = Math.max(settings.everySeconds, Math.ceil(durationSeconds / mostTiles));
  const tiles = Math.max(1, Math.ceil(durationSeconds / everySeconds - 1e-6));
  const tileWidth = 2 * Math.floor(Math.min(settings.tileWidth, picture.width) / 2);
  const tileHeight = Math.max(2, 2 * Math.round((tileWidth * picture.height) / picture.width / 2));
  const { columns, rows } = settings;
  return {
    tileWidth,
    tileHeight,
    columns,
    rows,
    everySeconds,
    tiles,
    sheets: Math.ceil(tiles / (columns * rows)),
  };
}

/** One picture at 0 and then one each interval, scaled and joined to sheets. */
export function storyboardFilter(
  { tileWidth, tileHeight, columns, rows, everySeconds }: Storyboard,
  colours: Colours,
): string {
  return [
    `select=gte(t\\,selected_n*${everySeconds})`,
    toJpeg(colours, `${tileWidth}:${tileHeight}`),
    // Close together again, so that no muxer fills the gaps with copies.
    "setpts=N/(FRAME_RATE*TB)",
    `tile=${columns}x${rows}`,
  ].join(",");
}

/** Which part of which sheet shows when: WebVTT with media fragments, as players read it. */
export function storyboardVtt(board: Storyboard, durationSeconds: number): string {
  const { tileWidth, tileHeight, columns, rows, everySeconds, tiles } = board;
  const cues = Array.from({ length: tiles }, (_, index) => {
    const onSheet = index % (columns * rows);
    const x = (onSheet % columns) * tileWidth;
    const y = Math.floor(onSheet / columns) * tileHeight;
    const sheet = sheetName(Math.floor(index / (columns * rows)));
    const end = Math.min((index + 1) * everySeconds, durationSeconds);
    return [
      `${timestamp(index * everySeconds)} --> ${timestamp(end)}`,
      `${sheet}#xywh=${x},${y},${tileWidth},${tileHeight}`,
      "",
    ];
  });
  return ["WEBVTT", "", ...cues.flat()].join("\n");
}

/** `00:01:02.500` */
function timestamp(seconds: number): string {
  const milliseconds = Math.round(seconds * 1000);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  const hours = two(milliseconds / 3_600_000);
  const minutes = two((milliseconds / 60_000) % 60);
  return `${hours}:${minutes}:${two((milliseconds / 1000) % 60)}.${String(milliseconds % 1000).padStart(3, "0")}`;
}

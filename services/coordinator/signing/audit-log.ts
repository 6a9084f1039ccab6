import { type DestinationStream, type Logger, symbols } from "pino";

/** What pino keeps for whoever goes on from it: https://github.com/pinojs/pino/blob/main/docs/api.md#pino-symbols */
interface Inside {
  [symbols.asJsonSym](fields: object, message: string, level: number, time: string): string;
  [symbols.timeSym](): string;
  readonly [symbols.streamSym]: DestinationStream;
}

const info = 30;
/** No field of a log line contains this. */
const gap = "\u0000each\u0000";
const gapInJson = JSON.stringify(gap);

/**
 * Logs one line per value that differ in one field: common fields are serialized once, and all lines are written at
 * once. A hundred calls of the logger would take as long as a hundred signatures.
 *
 * @param field name of the field that differs
 */
export function logEach(
  log: Logger,
  shared: Readonly<Record<string, unknown>>,
  field: string,
  values: readonly (string | number)[],
  message: string,
): void {
  if (values.length === 0 || !log.isLevelEnabled("info")) return;
  const inside = log as unknown as Inside; // every logger of pino has these
  const line = inside[symbols.asJsonSym](
    { ...shared, [field]: gap },
    message,
    info,
    inside[symbols.timeSym](),
  );
  const at = line.lastIndexOf(gapInJson);
  const [before, after] = [line.slice(0, at), line.slice(at + gapInJson.length)];
  let lines = "";
  for (const value of values) lines += before + JSON.stringify(value) + after;
  inside[symbols.streamSym].write(lines);
}

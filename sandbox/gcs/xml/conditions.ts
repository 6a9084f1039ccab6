import { notModelled, notModified, preconditionFailed } from "../errors.ts";
import type { Exchange } from "../http/exchange.ts";
import { wholeNumber } from "../json/request.ts";
import type { ObjectRecord } from "../object-schema.ts";
import type { Preconditions } from "../preconditions.ts";

/** `x-goog-if-generation-match`, `x-goog-if-metageneration-match`. */
export function preconditionsOfHeaders(exchange: Exchange): Preconditions {
  const read = (name: string): number | undefined => wholeNumber(exchange.header(name), name);
  return {
    generationMatch: read("x-goog-if-generation-match"),
    metagenerationMatch: read("x-goog-if-metageneration-match"),
  };
}

const READ_ONLY_CONDITIONS = [
  "if-match",
  "if-none-match",
  "if-modified-since",
  "if-unmodified-since",
] as const;

/** Ignoring them could overwrite an object that the client meant to keep. */
export function refuseReadConditions(exchange: Exchange): void {
  for (const name of READ_ONLY_CONDITIONS) {
    if (exchange.header(name) !== undefined) {
      throw notModelled(
        `${name} on ${exchange.method} (Google has it on reads only; use x-goog-if-generation-match)`,
      );
    }
  }
}

/** The conditions of HTTP itself, for GET and HEAD. @throws 412 or 304 */
export function checkReadConditions(exchange: Exchange, record: ObjectRecord, etag: string): void {
  const names = (header: string): boolean =>
    header.split(",").some((tag) => tag.trim() === "*" || tag.trim().replace(/^W\//, "") === etag);
  // HTTP dates have whole seconds.
  const changed = Math.floor(Date.parse(record.updated) / 1000) * 1000;
  const [match, noneMatch, since, unmodified] = READ_ONLY_CONDITIONS.map((name) => exchange.header(name));
  if (match !== undefined && !names(match)) throw preconditionFailed("If-Match");
  if (match === undefined && unmodified !== undefined && changed > Date.parse(unmodified)) {
    throw preconditionFailed("If-Unmodified-Since");
  }
  if (noneMatch !== undefined && names(noneMatch)) throw notModified();
  if (noneMatch === undefined && since !== undefined && changed <= Date.parse(since)) throw notModified();
}

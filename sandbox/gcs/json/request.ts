import { invalid, notModelled, unauthenticated } from "../errors.ts";
import type { Exchange } from "../http/exchange.ts";
import type { ListQuery } from "../names.ts";
import type { Preconditions } from "../preconditions.ts";
import type { State } from "../state.ts";
import { ANONYMOUS, type Caller } from "../types.ts";

/** What every JSON handler gets. */
export interface JsonCall {
  readonly state: State;
  readonly exchange: Exchange;
  readonly caller: Caller;
  /** URL of the listener as the client sees it. */
  readonly base: string;
}

/** @throws 401 for a token that is not ours or has expired */
export function authenticate(state: State, exchange: Exchange): Caller {
  const header = exchange.header("authorization");
  if (header === undefined) return ANONYMOUS;
  const token = /^Bearer\s+(\S+)$/i.exec(header)?.[1];
  const principal = token === undefined ? undefined : state.options.tokens.verify(token);
  if (principal === undefined) throw unauthenticated("Invalid Credentials", "authError");
  return { principal };
}

/** Features that would silently change what is stored or returned. */
export function refuseUnmodelled(exchange: Exchange): void {
  for (const name of [
    "predefinedAcl",
    "destinationPredefinedAcl",
    "matchGlob",
    "filter",
    "softDeleted",
    "restoreToken",
  ]) {
    if (exchange.query.has(name)) throw notModelled(`The parameter ${name}`);
  }
}

export function wholeNumber(text: string | undefined, name: string): number | undefined {
  if (text === undefined || text === "") return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw invalid(`Invalid value for ${name}: given '${text}'; allowed: a whole number.`, name);
  }
  return value;
}

/** @param prefix `""`, or `"Source"` for the source of a rewrite (`ifSourceGenerationMatch`) */
export function preconditionsOf(exchange: Exchange, prefix = ""): Preconditions {
  const read = (condition: string): number | undefined => {
    const name = `if${prefix}${condition}`;
    return wholeNumber(exchange.query.get(name), name);
  };
  return {
    generationMatch: read("GenerationMatch"),
    generationNotMatch: read("GenerationNotMatch"),
    metagenerationMatch: read("MetagenerationMatch"),
    metagenerationNotMatch: read("MetagenerationNotMatch"),
  };
}

export const generationOf = (exchange: Exchange): number | undefined =>
  wholeNumber(exchange.query.get("generation"), "generation");

/** Largest page: https://docs.cloud.google.com/storage/docs/json_api/v1/objects/list */
const MAX_RESULTS = 1000;

export function listQueryOf(exchange: Exchange): ListQuery {
  const { query } = exchange;
  const asked = wholeNumber(query.get("maxResults"), "maxResults") ?? MAX_RESULTS;
  return {
    prefix: query.get("prefix") ?? "",
    delimiter: query.get("delimiter") ?? "",
    startOffset: query.get("startOffset") ?? "",
    endOffset: query.get("endOffset") ?? "",
    after: fromPageToken(query.get("pageToken")),
    max: Math.min(Math.max(asked, 1), MAX_RESULTS),
  };
}

export const toPageToken = (last: string): string => Buffer.from(last).toString("base64url");
const fromPageToken = (token: string | undefined): string => Buffer.from(token ?? "", "base64url").toString();

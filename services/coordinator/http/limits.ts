/** What the HTTP server takes from whom: every number that bounds a request before anything is done with it. */

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;

/**
 * Largest bodies in bytes, by what the routes take. Each is what the largest lawful body needs, with every character of a
 * text written as `\uXXXX` where a client writes it, and with room for fields that a later release adds
 * (test/unit/coordinator/http/body-limits.test.ts).
 */
export const bodyLimits = {
  /** 64 labels of 63 and 255 characters, two addresses of 1,100, two secrets of 500: 140 KiB when all of it is escaped. */
  job: 160 * kibibyte,
  /** A worker's name and region. */
  claim: 4 * kibibyte,
  /** 1,000 outputs of a name of 400 characters and a media type of 127. */
  urls: 640 * kibibyte,
  heartbeat: 4 * kibibyte,
  /** 100,000 outputs whose names have 130 characters on average; a worker's have about 40. */
  complete: 16 * mebibyte,
  /** A message of 2,000 characters. */
  fail: 16 * kibibyte,
  multipartStart: 4 * kibibyte,
  /** 100 parts, and an upload of 4,096 characters. */
  parts: 16 * kibibyte,
  /** 10,000 parts with ETags of 255 characters. */
  multipartComplete: 3 * mebibyte,
  multipartAbort: 8 * kibibyte,
  /** Calls that need no body may still send `{}`. */
  none: kibibyte,
} as const;

/**
 * Bytes of large bodies under way at one replica (bodies.ts). While it is read and parsed, a body takes several times its
 * length of memory: three of the largest fit into the 512 MiB that the component asks for.
 */
export const bodiesAtOnce = {
  /** A body up to this length is not counted; signing 64 outputs at a time takes a tenth of it. */
  uncounted: 64 * kibibyte,
  /** Of one attempt: the largest completion, once. */
  perCaller: bodyLimits.complete,
  all: 3 * bodyLimits.complete,
} as const;

/** Longest header section in bytes; Node.js's own. A lease token has less than 8 KiB. */
export const headerBytes = 16 * kibibyte;
/** A lease token of the longest addresses and keys has less than 8 KiB. */
export const longestLeaseToken = 12 * kibibyte;

export const timeouts = {
  /** For the headers, from the first byte on; before that, from the connection on. */
  headersMs: 10_000,
  /** For the whole request, not for its answer: long polls take up to a minute. */
  requestMs: 30_000,
  /** Between two looks for what is over these times. */
  checkMs: 5000,
  /** Without a byte in either direction while a request is answered: twice the longest poll. */
  silenceMs: 120_000,
  /**
   * An idle connection of somebody who is known. Longer than a load balancer keeps one, so that it is never the
   * coordinator that closes a connection just when a request comes: Google's application load balancers take 10 minutes
   * (https://docs.cloud.google.com/load-balancing/docs/https#timeout-keepalive-backends).
   */
  keepAliveMs: 620_000,
  /** Until a connection is cut whose refused body is not read: the answer has to get there. */
  lingerMs: 1000,
} as const;

/** Requests on one connection: then it is closed in order, and its successor may come to another replica. */
export const requestsPerConnection = 10_000;

export const connectionLimits = {
  /** Open connections of all kinds. */
  all: 10_000,
  /**
   * Connections kept open of callers who have proven who they are: together, so that the rest is left to newcomers and to
   * probes, and of one caller. That is an attempt or a worker, which has a handful open, or a client, whose processes share
   * one identity. One beyond that carries one request in a stranger's place, and is closed with the answer.
   */
  trusted: 7500,
  trustedPerCaller: 64,
  /** Connections on which nobody has proven yet who they are, from one address and from all. */
  strangersPerAddress: 128,
  strangers: 256,
  /** Connections beyond those, which wait unread for a place, from one address and from all. */
  waitingPerAddress: 512,
  waiting: 2048,
  /** How long they wait. */
  waitMs: 5000,
  /**
   * How long a place is kept from a waiting connection whose address has none, while another address has several: a
   * lawful caller proves who it is within it.
   */
  keptMs: 1000,
} as const;

/** What an address may cost without proof of who is there: refusals, and reviews of tokens that nobody knows. */
export const strangerAllowance = { perSecond: 5, burst: 100 } as const;
/** An answer beyond the allowance comes so much later, which is what slows its sender down. */
export const strangerDelayMs = 5000;

/** Health checks from one address, at full speed: Kubernetes and load balancers send a few in ten seconds. */
export const healthAllowance = { perSecond: 10, burst: 60 } as const;
/** Health is told to everybody; beyond the allowance so much later, within the 2 s that the components' probes wait. */
export const healthDelayMs = 800;

/** Calls a minute. */
export interface Rates {
  /** Of one client at the job API. */
  readonly client: number;
  /** Of one worker's token, for leases. */
  readonly worker: number;
  /** Of one attempt. Uploading 64 segments of a second each takes one call. */
  readonly lease: number;
  /** Of KEDA, which asks every few seconds. */
  readonly scaler: number;
  /** Of one address, for metrics and this API's description. */
  readonly anybody: number;
}
export const rates: Omit<Rates, "client"> = { worker: 3000, lease: 6000, scaler: 600, anybody: 300 };

/**
 * Lists of jobs under way at one replica, whose clients take turns: what one may hold at a time is in jobs/list.ts, and
 * four of them fit into the memory that the component asks for.
 */
export const listTurns = { perSecond: 100, atOnce: 4, mostWaiting: 64 } as const;
/** How long a list waits for its turn. */
export const listWaitMs = 10_000;

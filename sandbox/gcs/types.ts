import type { Authorizer, Tokens } from "../iam/types.ts";
import type { Faults } from "./faults/index.ts";
import type { Topics } from "./topics.ts";
import type { RateLimiter } from "./rate-limits.ts";
import type { Replication } from "./replication.ts";
import type { Logger } from "./logger.ts";

export interface StoreOptions {
  /** Where everything is kept; made if absent. One process at a time. */
  readonly directory: string;
  /** The store's only source of time: signatures, generations and timestamps. */
  readonly clock: () => Date;
  readonly authorizer: Authorizer;
  readonly tokens: Tokens;
  readonly projectId: string;
  readonly projectNumber: string;
  /** Public keys (PEM) of a service account, for GOOG4-RSA-SHA256; empty for an account without keys. */
  readonly publicKeys: (email: string) => readonly string[];
  readonly logger: Logger;
  /** Where notifications of uploads go; without it no notification can be configured. */
  readonly topics?: Topics;
}

export interface ListenOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Region whose endpoint this is: what comes in here is there at once, and elsewhere once it is replicated. @default none */
  readonly region?: string;
}

export interface Listener {
  /** `http://host:port`, without a trailing slash. */
  readonly url: string;
  /** Stops listening and ends open connections. */
  close(): Promise<void>;
}

export interface Store {
  /** Serves the JSON and the XML API on one port; may be called once for each region. */
  listen(options: ListenOptions): Promise<Listener>;
  readonly faults: Faults;
  readonly rateLimits: RateLimiter;
  readonly replication: Replication;
}

/** Who sends a request. */
export interface Caller {
  /** An IAM member, or `allUsers` for an unsigned request. */
  readonly principal: string;
  /** True where the request speaks `x-amz-*`, and so expects it back. */
  readonly amz?: boolean;
  /** SHA-256 (lower-case hex) that a signature binds the body to. */
  readonly payloadSha256?: string;
}

export const ANONYMOUS: Caller = { principal: "allUsers" };

import type { Pace } from "../../transfer/pace.ts";
import type { CoordinatorClient } from "../lease/coordinator-client.ts";
import type { LeaseSession } from "../lease/lease-session.ts";

export interface TransferContext {
  readonly coordinator: CoordinatorClient;
  readonly session: LeaseSession;
  readonly signal: AbortSignal;
  /** Of the process: the workers of a pool share the bucket's rates. @default as fast as it goes */
  readonly pace?: Pace | undefined;
  /** 0 to 1. */
  readonly onProgress: (done: number) => void;
}

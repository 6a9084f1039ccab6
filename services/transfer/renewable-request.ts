import type { SignedRequest } from "../protocol/index.ts";
import { TransferError } from "./errors.ts";

/** A signed request that is replaced by a fresh one for the same operation when it expires. */
export interface RenewableRequest {
  /** The newest request. */
  readonly signed: () => SignedRequest;
  /** Runs `work`, and again with a fresh request if the one it used has expired. */
  readonly renewing: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Renewals without progress after which to give up: the clocks differ, and another request would be expired too. */
const maxFruitlessRenewals = 2;

/**
 * @param renew asks for a fresh request; concurrent callers share one call
 * @param progress bytes transferred so far
 */
export function renewableRequest(
  first: SignedRequest,
  renew: (() => Promise<SignedRequest>) | undefined,
  progress: () => number,
): RenewableRequest {
  let signed = first;
  let renewal: Promise<void> | undefined;
  let fruitless = 0;
  let gained = 0;
  const fresh = async (ask: () => Promise<SignedRequest>): Promise<void> => {
    fruitless = progress() > gained ? 0 : fruitless + 1;
    gained = progress();
    signed = await ask();
  };
  return {
    signed: () => signed,
    renewing: async (work) => {
      for (;;) {
        const used = signed;
        try {
          return await work();
        } catch (error) {
          if (!(error instanceof TransferError) || error.code !== "url-expired" || renew === undefined)
            throw error;
          // Another caller may have renewed it meanwhile.
          if (used !== signed) continue;
          if (fruitless >= maxFruitlessRenewals) throw error;
          renewal ??= fresh(renew).finally(() => {
            renewal = undefined;
          });
          await renewal;
        }
      }
    },
  };
}

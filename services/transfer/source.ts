import type { SignedRequest } from "../protocol/index.ts";
import { TransferError } from "./errors.ts";

/** A signed request that may be replaced by a fresh one for the same thing when its time is over. */
export interface Source {
  /** The newest. */
  readonly signed: () => SignedRequest;
  /** Runs `work`, again with a fresh request where the one it had ran out. */
  readonly renewing: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Fresh requests that run out before anything was gained by them: then the clocks differ, and asking again is no use. */
const mostInVain = 2;

/**
 * @param renew asks for a fresh request; one call serves all who wait for it
 * @param progress bytes gained so far
 */
export function sourceOf(
  first: SignedRequest,
  renew: (() => Promise<SignedRequest>) | undefined,
  progress: () => number,
): Source {
  let signed = first;
  let renewal: Promise<void> | undefined;
  let inVain = 0;
  let gained = 0;
  const fresh = async (ask: () => Promise<SignedRequest>): Promise<void> => {
    inVain = progress() > gained ? 0 : inVain + 1;
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
          // Somebody else may have asked meanwhile.
          if (used !== signed) continue;
          if (inVain >= mostInVain) throw error;
          renewal ??= fresh(renew).finally(() => {
            renewal = undefined;
          });
          await renewal;
        }
      }
    },
  };
}

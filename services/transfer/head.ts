import type { SignedRequest } from "../protocol/index.ts";
import { checkIsGet } from "./download.ts";
import { answerFailure, connectionFailure, send } from "./http.ts";
import type { Answer, TransferOptions } from "./http.ts";
import { shortBody } from "./retry.ts";
import { renewableRequest } from "./renewable-request.ts";
import { readWithRetries } from "./with-retries.ts";
import type { Failed, Outcome } from "./with-retries.ts";
import { rangeOf, versionOf } from "./version.ts";

/** The first bytes of an object, and the store's metadata of the whole. */
export interface Head {
  readonly bytes: Buffer;
  /** Size of the whole object; undefined if the store does not send it. */
  readonly size: number | undefined;
  /** Whether a broken download can be resumed: see `Version`. */
  readonly isResumable: boolean;
}

/**
 * Fetches the first bytes of an object.
 *
 * @param first a GET
 * @param most bytes
 * @throws TransferError
 */
export async function fetchHead(
  first: SignedRequest,
  most: number,
  options: TransferOptions & { readonly renew?: (() => Promise<SignedRequest>) | undefined } = {},
): Promise<Head> {
  checkIsGet(first);
  const source = renewableRequest(first, options.renew, () => 0);
  return source.renewing(() =>
    readWithRetries(
      source,
      options,
      () => 0,
      () => attempt(source.signed(), most, options),
    ),
  );
}

async function attempt(
  signed: SignedRequest,
  most: number,
  options: TransferOptions,
): Promise<Outcome<Head> | Failed> {
  let answer: Answer;
  try {
    answer = await send(signed, { range: `bytes=0-${most - 1}` }, null, options);
  } catch (error) {
    return connectionFailure(signed, error, options.signal);
  }
  const status = answer.statusCode;
  // An empty object has no first byte.
  if (status === 416) {
    answer.body.on("error", () => undefined).destroy();
    return { value: { bytes: Buffer.alloc(0), size: 0, isResumable: false } };
  }
  if (status !== 200 && status !== 206) return answerFailure(signed, answer);
  const version = versionOf(answer);
  const size = status === 206 ? rangeOf(answer)?.total : version.size;
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      // A store without support for ranges would send everything.
      if (length >= most) break;
    }
  } catch (error) {
    return connectionFailure(signed, error, options.signal);
  }
  if (size !== undefined && length < Math.min(most, size))
    return connectionFailure(signed, { code: shortBody }, options.signal);
  const bytes = Buffer.concat(chunks).subarray(0, most);
  return { value: { bytes, size, isResumable: version.isResumable } };
}

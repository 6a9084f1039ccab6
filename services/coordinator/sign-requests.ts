import type { SignedRequest, UrlsRequest } from "../protocol/index.ts";
import { messageOf } from "./problem.ts";
import type { Broker, SignedOperation } from "./ports.ts";

/** On whose behalf something is signed. */
export interface Holder {
  readonly job: string;
  readonly attempt: number;
}

const verbs = { download: "GET", upload: "PUT", "upload-part": "PUT" } as const;

/**
 * Signs, and leaves an audit line. The URL holds the signature, so it is in no log. Cloud Storage copies the job and
 * its attempt into the Data Access log, which otherwise names the signer alone; they are signed, so that the sender
 * cannot change them.
 *
 * Source: https://docs.cloud.google.com/storage/docs/audit-logging#add-custom-metadata
 */
async function signFor(broker: Broker, holder: Holder, operation: SignedOperation): Promise<SignedRequest> {
  const { job, attempt } = holder;
  const verb = verbs[operation.do];
  const about = {
    job,
    attempt,
    object: operation.object,
    operation: operation.do,
    ...(operation.do === "upload-part" && { part: operation.partNumber }),
    verb,
    ttlSeconds: broker.settings.urlTtlSeconds,
  };
  try {
    const signed = await broker.sign(operation, { job, attempt: String(attempt) });
    broker.metrics.signatures.inc({ verb });
    broker.log.info({ audit: "signed-request", ...about }, "signed a request");
    return signed;
  } catch (error) {
    broker.metrics.signatureFailures.inc();
    broker.log.error({ ...about, reason: messageOf(error) }, "signing a request failed");
    throw error;
  }
}

export const signInput = (broker: Broker, holder: Holder, object: string): Promise<SignedRequest> =>
  signFor(broker, holder, { do: "download", object });

/**
 * Allows one output to be created, once, with exactly this size and type.
 *
 * @param prefix the attempt's prefix, ending in /
 * @param output its name has passed `outputNameSchema`, so it cannot leave the prefix
 */
export const signOutput = (
  broker: Broker,
  holder: Holder,
  prefix: string,
  { name, size, contentType }: UrlsRequest["outputs"][number],
): Promise<SignedRequest> =>
  signFor(broker, holder, {
    do: "upload",
    object: `${prefix}${name}`,
    size,
    contentType,
    // An attempt never changes what it has written, and a late URL changes nothing.
    createOnly: true,
  });

/** Allows one part of an upload to be sent, any number of times, with exactly this size. */
export const signPart = (
  broker: Broker,
  holder: Holder,
  upload: { readonly object: string; readonly uploadId: string },
  part: { readonly number: number; readonly size: number },
): Promise<SignedRequest> =>
  signFor(broker, holder, { do: "upload-part", ...upload, partNumber: part.number, size: part.size });

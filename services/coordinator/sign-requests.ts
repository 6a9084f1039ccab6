import type { SignedRequest, UrlsRequest } from "../protocol/index.ts";
import { keyOf, placeOf } from "./media-stores.ts";
import { messageOf } from "./problem.ts";
import type { Broker, SignedOperation } from "./ports.ts";

/** On whose behalf something is signed, and by which secrets' keys objects are encrypted. */
export interface Holder {
  readonly job: string;
  readonly attempt: number;
  readonly inputKey?: string | undefined;
  readonly outputKey?: string | undefined;
}

const verbs = { download: "GET", upload: "PUT", "upload-part": "PUT" } as const;

/**
 * Signs, and leaves an audit line. The URL holds the signature, so it is in no log. Cloud Storage copies the job and
 * its attempt into the Data Access log, which otherwise names the signer alone; they are signed, so that the sender
 * cannot change them.
 *
 * Source: https://docs.cloud.google.com/storage/docs/audit-logging#add-custom-metadata
 */
async function signFor(
  broker: Broker,
  holder: Holder,
  uri: string,
  operationOn: (object: string) => SignedOperation,
): Promise<SignedRequest> {
  const place = placeOf(broker, uri);
  const operation = operationOn(place.object);
  const { job, attempt } = holder;
  const verb = verbs[operation.do];
  const about = {
    job,
    attempt,
    object: uri,
    operation: operation.do,
    ...(operation.do === "upload-part" && { part: operation.partNumber }),
    verb,
    ttlSeconds: broker.settings.urlTtlSeconds,
  };
  try {
    const signed = await place.sign(operation, { job, attempt: String(attempt) });
    broker.metrics.signatures.inc({ verb });
    broker.log.info({ audit: "signed-request", ...about }, "signed a request");
    return signed;
  } catch (error) {
    broker.metrics.signatureFailures.inc();
    broker.log.error({ ...about, reason: messageOf(error) }, "signing a request failed");
    throw error;
  }
}

export async function signInput(broker: Broker, holder: Holder, uri: string): Promise<SignedRequest> {
  const encryptionKey = await keyOf(broker, holder.inputKey);
  return signFor(broker, holder, uri, (object) => ({ do: "download", object, encryptionKey }));
}

/**
 * Allows one output to be created, once, with exactly this size and type.
 *
 * @param prefix address of the attempt's outputs, ending in /
 * @param output its name has passed `outputNameSchema`, so it cannot leave the prefix
 */
export async function signOutput(
  broker: Broker,
  holder: Holder,
  prefix: string,
  { name, size, contentType }: UrlsRequest["outputs"][number],
): Promise<SignedRequest> {
  const encryptionKey = await keyOf(broker, holder.outputKey);
  // An attempt never changes what it has written, and a late URL changes nothing.
  const createOnly = true;
  return signFor(broker, holder, `${prefix}${name}`, (object) => ({
    do: "upload",
    object,
    size,
    contentType,
    createOnly,
    encryptionKey,
  }));
}

/** Allows one part of an upload to be sent, any number of times, with exactly this size. */
export async function signPart(
  broker: Broker,
  holder: Holder,
  { uri, uploadId }: { readonly uri: string; readonly uploadId: string },
  { number: partNumber, size }: { readonly number: number; readonly size: number },
): Promise<SignedRequest> {
  const encryptionKey = await keyOf(broker, holder.outputKey);
  return signFor(broker, holder, uri, (object) => ({
    do: "upload-part",
    object,
    uploadId,
    partNumber,
    size,
    encryptionKey,
  }));
}

import type { SignedRequest, UrlsRequest } from "../protocol/index.ts";
import type { Broker, SigningRequest } from "./ports.ts";

/** On whose behalf something is signed. */
export interface Holder {
  readonly job: string;
  readonly attempt: number;
}

/**
 * Cloud Storage copies these into the Data Access log, which otherwise names the signer alone: they say for whom it
 * was. Signed, so that the sender cannot change them.
 *
 * Source: https://docs.cloud.google.com/storage/docs/audit-logging#add-custom-metadata
 */
const auditHeaders = ({ job, attempt }: Holder): Record<string, string> => ({
  "x-goog-custom-audit-job": job,
  "x-goog-custom-audit-attempt": String(attempt),
});

/** Signs, and leaves an audit line. The URL holds the signature, so it is in no log. */
async function signFor(broker: Broker, holder: Holder, request: SigningRequest): Promise<SignedRequest> {
  const signed = await broker.sign({
    ...request,
    headers: { ...request.headers, ...auditHeaders(holder) },
  });
  broker.log.info(
    {
      audit: "signed-request",
      job: holder.job,
      attempt: holder.attempt,
      object: request.object,
      verb: request.method,
      ttlSeconds: broker.settings.urlTtlSeconds,
    },
    "signed a request",
  );
  return signed;
}

export const signInput = (broker: Broker, holder: Holder, object: string): Promise<SignedRequest> =>
  signFor(broker, holder, { method: "GET", object, headers: {} });

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
  output: UrlsRequest["outputs"][number],
): Promise<SignedRequest> =>
  signFor(broker, holder, {
    method: "PUT",
    object: `${prefix}${output.name}`,
    headers: {
      "content-length": String(output.size),
      "content-type": output.contentType,
      // Create only: an attempt never changes what it has written, and a late URL changes nothing.
      "x-goog-if-generation-match": "0",
    },
  });

import type { SignedRequest, UrlsRequest } from "../../protocol/index.ts";
import { writerMetadataOf } from "../attempt-place.ts";
import { logEach } from "./audit-log.ts";
import { keyOf, placeOf } from "../stores/media-stores.ts";
import { messageOf } from "../problem.ts";
import type { Broker, SignedOperation } from "../ports.ts";

/** The lease to sign for, and the secrets with the keys that encrypt its objects. */
export interface Holder {
  readonly job: string;
  readonly attempt: number;
  readonly inputKey?: string | undefined;
  readonly outputKey?: string | undefined;
}

const verbs = { download: "GET", upload: "PUT", "upload-part": "PUT" } as const;

/** Requests that differ in one value only. */
interface Alike {
  readonly do: SignedOperation["do"];
  /** Where they all are: the object's address, or what the addresses of all begin with. */
  readonly uri: string;
  /** What tells one from another in the audit lines: `object`, or the number of a `part`. */
  readonly field: "object" | "part";
  readonly values: readonly (string | number)[];
  readonly operationOn: (object: string, index: number) => SignedOperation;
}

/**
 * Signs, and writes an audit line per signature. The URL holds the signature, so it is in no log. Cloud Storage copies
 * the job and its attempt into the Data Access log, which otherwise names the signer alone; they are signed, so that
 * the sender cannot change them.
 *
 * Source: https://docs.cloud.google.com/storage/docs/audit-logging#add-custom-metadata
 */
async function signFor(broker: Broker, holder: Holder, alike: Alike): Promise<SignedRequest[]> {
  const { uri, field, values, operationOn } = alike;
  const place = placeOf(broker, uri);
  const { job, attempt } = holder;
  const verb = verbs[alike.do];
  const about = {
    job,
    attempt,
    ...(field !== "object" && { object: uri }),
    operation: alike.do,
    verb,
    ttlSeconds: broker.settings.urlTtlSeconds,
  };
  const audit = { job, attempt: String(attempt) };
  const signings = await Promise.allSettled(
    values.map((_, index) => place.sign(operationOn(place.object, index), audit)),
  );
  const signed: SignedRequest[] = [];
  const done: (string | number)[] = [];
  const failed: PromiseRejectedResult[] = [];
  signings.forEach((one, index) => {
    if (one.status === "rejected") failed.push(one);
    else {
      signed.push(one.value);
      done.push(at(values, index));
    }
  });
  if (signed.length > 0) broker.metrics.signatures.inc({ verb }, signed.length);
  const all = { audit: "signed-request", ...about };
  logEach(broker.log, all, field, done, "signed a request");
  const [failure] = failed;
  if (failure === undefined) return signed;
  broker.metrics.signatureFailures.inc(failed.length);
  broker.log.error(
    { ...about, object: uri, requests: failed.length, reason: messageOf(failure.reason) },
    "signing a request failed",
  );
  throw failure.reason;
}

export async function signInput(broker: Broker, holder: Holder, uri: string): Promise<SignedRequest> {
  const encryptionKey = await keyOf(broker, holder.inputKey);
  const [signed] = await signFor(broker, holder, {
    ...{ do: "download", uri, field: "object", values: [uri] },
    operationOn: (object) => ({ do: "download", object, encryptionKey }),
  });
  if (signed === undefined) throw new Error("nothing was signed");
  return signed;
}

/**
 * Signs the creation of each output, once, with its exact size and type.
 *
 * @param prefix address of the attempt's outputs, ending in /
 * @param outputs their names have passed `outputNameSchema`, so they cannot leave the prefix
 */
export async function signOutputs(
  broker: Broker,
  holder: Holder,
  prefix: string,
  outputs: UrlsRequest["outputs"],
): Promise<SignedRequest[]> {
  if (outputs.length === 0) return [];
  const encryptionKey = await keyOf(broker, holder.outputKey);
  // An attempt never replaces an object, and neither does a late URL.
  const createOnly = true;
  const metadata = writerMetadataOf(prefix);
  return signFor(broker, holder, {
    ...{ do: "upload", uri: prefix, field: "object", values: outputs.map(({ name }) => `${prefix}${name}`) },
    operationOn: (below, index) => {
      const { name, size, contentType } = at(outputs, index);
      return {
        do: "upload",
        object: `${below}${name}`,
        size,
        contentType,
        createOnly,
        metadata,
        encryptionKey,
      };
    },
  });
}

/** Signs the upload of each part, any number of times, with its exact size. */
export async function signParts(
  broker: Broker,
  holder: Holder,
  { uri, uploadId }: { readonly uri: string; readonly uploadId: string },
  parts: readonly { readonly number: number; readonly size: number }[],
): Promise<SignedRequest[]> {
  const encryptionKey = await keyOf(broker, holder.outputKey);
  return signFor(broker, holder, {
    ...{ do: "upload-part", uri, field: "part", values: parts.map(({ number }) => number) },
    operationOn: (object, index) => {
      const { number: partNumber, size } = at(parts, index);
      return { do: "upload-part", object, uploadId, partNumber, size, encryptionKey };
    },
  });
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new RangeError(`there is no request ${index}`);
  return found;
}

import { addressOf } from "./address.ts";
import { Problem } from "../problem.ts";
import type { Broker, MediaStore } from "../ports.ts";

/** An object or prefix, with the store that serves it. */
export interface Place extends MediaStore {
  readonly object: string;
}

/**
 * The store of an address.
 *
 * @throws Problem for a bucket that is no longer configured
 */
export function placeOf(broker: Broker, uri: string): Place {
  const { root, object } = addressOf(uri);
  if (root === `gs://${broker.settings.bucket}/`)
    return { objects: broker.objects, sign: broker.sign, object };
  const other = broker.otherStores.get(root);
  if (other === undefined)
    throw new Problem(503, "bucket-not-served", `This coordinator does not serve ${root}; another may.`);
  return { ...other, object };
}

/** The referenced key, if there is one. */
export const keyOf = (broker: Broker, secret: string | undefined): Promise<Uint8Array> | undefined =>
  secret === undefined ? undefined : broker.readEncryptionKey(secret);

import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { storedSecret, type SecretLocation } from "../identity/stored-secret.ts";
import type { CdnKeyResources } from "./cdn-delivery-resources.ts";
import type { MediaKind } from "./caching.ts";

/** A key of Cloud CDN's signatures to make. */
export interface CdnKeyArgs extends SecretLocation {
  /** The key's name in signatures. */
  readonly keyName: string;
  /** A signature opens playlists and segments alike, so that every backend has the key. */
  readonly backends: Readonly<Record<MediaKind, gcp.compute.BackendBucket>>;
  readonly readers: readonly pulumi.Input<string>[];
  /** Whether deletion is refused. */
  readonly kept: boolean;
}

/** 128 bits. Source: https://docs.cloud.google.com/cdn/docs/using-signed-urls */
const KEY_BYTES = 16;

/** One key: random bytes, on each backend under the same name, and in a secret as `{"name", "value"}`. */
export function cdnKey(name: string, args: CdnKeyArgs, parent: pulumi.Resource): CdnKeyResources {
  const { keyName, backends, kept, ...place } = args;
  const guarded = { parent, ...(kept && { protect: true }) };
  const bytes = new random.RandomBytes(name, { length: KEY_BYTES }, guarded);
  const value = pulumi.secret(bytes.base64.apply(urlSafe));
  const onBackend = (kind: MediaKind) =>
    new gcp.compute.BackendBucketSignedUrlKey(
      `${name}-${kind}`,
      {
        name: keyName,
        project: place.projectId,
        backendBucket: backends[kind].name,
        keyValue: value,
        deletionPolicy: kept ? "PREVENT" : "DELETE",
      },
      guarded,
    );
  const onBackends = { playlists: onBackend("playlists"), segments: onBackend("segments") };
  const payload = pulumi.jsonStringify({ name: keyName, value });
  return { bytes, onBackends, secret: storedSecret(name, { ...place, payload, kept }, parent) };
}

/** RFC 4648, section 5, with padding. */
const urlSafe = (base64: string): string => base64.replaceAll("+", "-").replaceAll("/", "_");

import type * as pulumi from "@pulumi/pulumi";
import type { CustomerSuppliedEncryption } from "../storage/index.ts";
import type { DeliveryAccess } from "./access.ts";
import type { CdnCaching } from "./caching.ts";
import type { CdnSignedRequests } from "./signing-keys.ts";
import type { TlsSettings } from "./tls.ts";

/** Arguments of {@link CdnDelivery}. */
export interface CdnDeliveryArgs {
  /** Project id. The bucket has to be in the same project. */
  readonly projectId: pulumi.Input<string>;
  /** Project number: the account that reads the bucket is named after it. */
  readonly projectNumber: pulumi.Input<string>;
  /** Name of the private bucket to serve. It needs uniform bucket-level access. */
  readonly bucket: pulumi.Input<string>;
  /**
   * Names under which viewers reach it, in lower case, 1 or more; the first is the one of `url`. Their DNS records are
   * an output.
   * @example ["media.example.com"]
   */
  readonly domains: string[];
  /** Who may watch. @default "SignedRequests" */
  readonly access?: DeliveryAccess;
  /** Keys of signed requests. @default one key, `a` */
  readonly signedRequests?: CdnSignedRequests;
  /**
   * Regions, in lower case, that hold the keys' secrets: the bucket's own. Needed with `SignedRequests`.
   */
  readonly regions?: string[];
  /**
   * IAM members that sign and so read the keys, as `kubernetesPrincipal` makes them. Of several, give those that are
   * outputs a name: `namedMember`. @default none
   */
  readonly coordinatorPrincipals?: pulumi.Input<string>[];
  /**
   * Prefixes of the objects that the CDN may read, each ending in `/`. It cannot read the rest of the bucket, such as
   * job records and mezzanines. Required with `Everyone`.
   * @default with `SignedRequests` the whole bucket; each signature is valid for one URL or prefix
   * @example ["outputs/"]
   */
  readonly servedPrefixes?: string[];
  /** How long Cloud CDN caches objects. @default on demand: playlists 60 seconds, segments a year */
  readonly caching?: CdnCaching;
  /**
   * A certificate map that exists: `//certificatemanager.googleapis.com/projects/P/locations/global/certificateMaps/M`.
   * @default one is made, with a certificate for each domain
   */
  readonly certificateMap?: pulumi.Input<string>;
  /** TLS versions and ciphers. @default TLS 1.2 and newer with profile MODERN */
  readonly tls?: TlsSettings;
  /** Answer on an IPv6 address too. @default false */
  readonly ipv6?: boolean;
  /**
   * Self link of a Cloud Armor policy of type `CLOUD_ARMOR_EDGE`, which acts before the cache.
   * @default none
   */
  readonly edgeSecurityPolicy?: pulumi.Input<string>;
  /**
   * Headers to add to every response, with Google's variables in braces.
   * Source: https://docs.cloud.google.com/load-balancing/docs/https/custom-headers-global
   * @default none
   * @example ["X-Cache-Status: {cdn_cache_status}"]
   */
  readonly responseHeaders?: string[];
  /**
   * The bucket's say over customer-supplied keys. A bucket that allows them is refused: a CDN could not read such
   * objects.
   * @default "FORBIDDEN"
   */
  readonly customerSuppliedEncryption?: CustomerSuppliedEncryption;
  /** Labels of addresses, forwarding rules, certificates and secrets. */
  readonly labels?: Record<string, pulumi.Input<string>>;
  /** Lets addresses and keys be deleted: for environments that hold nothing of worth. @default false */
  readonly disposable?: boolean;
}

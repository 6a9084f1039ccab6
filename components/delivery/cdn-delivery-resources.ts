import type * as gcp from "@pulumi/gcp";
import type * as random from "@pulumi/random";
import type { StoredSecretResources } from "../identity/stored-secret.ts";

/** A resource each for playlists and for segments. */
export interface CdnBackends<Resource> {
  /** Of playlists and manifests. */
  readonly playlists: Resource;
  /** Of all other objects. */
  readonly segments: Resource;
}

/** A key for signed URLs and cookies. */
export interface CdnKeyResources {
  /** The random bytes that it consists of. They are a secret output. */
  readonly bytes: random.RandomBytes;
  /** The key on each backend. */
  readonly onBackends: CdnBackends<gcp.compute.BackendBucketSignedUrlKey>;
  /** The secret that holds it. */
  readonly secret: StoredSecretResources;
}

/** The certificate of one domain. */
export interface CdnCertificateResources {
  /** The proof that the domain is yours. */
  readonly authorization: gcp.certificatemanager.DnsAuthorization;
  /** The certificate. */
  readonly certificate: gcp.certificatemanager.Certificate;
  /** The domain's entry in the map. */
  readonly mapEntry: gcp.certificatemanager.CertificateMapEntry;
}

/** An address that viewers' requests go to. */
export interface CdnAddressResources {
  /** The address. */
  readonly address: gcp.compute.GlobalAddress;
  /** Its port 443. */
  readonly https: gcp.compute.GlobalForwardingRule;
  /** Its port 80, which redirects. */
  readonly http: gcp.compute.GlobalForwardingRule;
}

/** What a {@link CdnDelivery} made. */
export interface CdnDeliveryResources {
  /** The backends, both of the one bucket. */
  readonly backends: CdnBackends<gcp.compute.BackendBucket>;
  /** The keys of `signedRequests`, by their names; empty with `Everyone`. */
  readonly keys: Readonly<Record<string, CdnKeyResources>>;
  /** Lets Google's caches or load balancers read the bucket; several where `servedPrefixes` do not fit into one condition. */
  readonly bucketGrants: readonly gcp.storage.BucketIAMMember[];
  /** What leads requests to the backends. */
  readonly urlMap: gcp.compute.URLMap;
  /** The map of the certificates; undefined if `certificateMap` names one. */
  readonly certificateMap: gcp.certificatemanager.CertificateMap | undefined;
  /** The certificates, by their domains; empty if `certificateMap` names a map. */
  readonly certificates: Readonly<Record<string, CdnCertificateResources>>;
  /** What ends viewers' HTTPS. */
  readonly httpsProxy: gcp.compute.TargetHttpsProxy;
  /** Which versions and ciphers of TLS it takes. */
  readonly sslPolicy: gcp.compute.SSLPolicy;
  /** The redirect of HTTP to HTTPS. */
  readonly redirectUrlMap: gcp.compute.URLMap;
  /** What takes viewers' HTTP, to redirect it. */
  readonly httpProxy: gcp.compute.TargetHttpProxy;
  /** The IPv4 address. */
  readonly ipv4: CdnAddressResources;
  /** The IPv6 address; undefined unless `ipv6` is set. */
  readonly ipv6: CdnAddressResources | undefined;
}

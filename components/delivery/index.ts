export { DeliveryAccess } from "./access.ts";
export type { CdnDeliveryArgs } from "./cdn-delivery-args.ts";
export { cdnDeliveryProblems } from "./cdn-delivery-checks.ts";
export { CdnCacheMode, CdnPreset, type CdnCaching } from "./caching.ts";
export { CdnDelivery } from "./cdn-delivery.ts";
export type {
  CdnAddressResources,
  CdnBackends,
  CdnCertificateResources,
  CdnDeliveryResources,
  CdnKeyResources,
} from "./cdn-delivery-resources.ts";
export { type DnsRecord } from "./domains.ts";
export { MAX_CDN_KEYS, type CdnSignedRequests, type CdnSigningKey } from "./signing-keys.ts";
export { MinTlsVersion, TlsProfile, type TlsSettings } from "./tls.ts";

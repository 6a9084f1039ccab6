import type * as pulumi from "@pulumi/pulumi";
import { customerSuppliedKeyProblems } from "../encryption/index.ts";
import type { CustomerSuppliedEncryption } from "../storage/index.ts";
import { oneOfProblems, regionsProblems, shown, type Problem } from "../validation/index.ts";
import { DeliveryAccess } from "./access.ts";
import { cachingProblems } from "./caching-problems.ts";
import type { CdnCaching } from "./caching.ts";
import { domainProblems } from "./domains.ts";
import { cdnKeyProblems, planCdnKeys, type CdnSignedRequests } from "./signing-keys.ts";
import { tlsProblems, type TlsSettings } from "./tls.ts";

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
  /** IAM members that sign and so read the keys, as `kubernetesPrincipal` makes them. @default none */
  readonly coordinatorPrincipals?: pulumi.Input<string>[];
  /**
   * Beginnings of the names of objects that the CDN may read, each ending in `/`; the rest of the bucket, such as job
   * records and mezzanines, stays out of its reach. Needed with `Everyone`.
   * @default with `SignedRequests` the whole bucket, of which a signature opens its own URL or prefix
   * @example ["outputs/"]
   */
  readonly servedPrefixes?: string[];
  /** How long Cloud CDN keeps what. @default on demand: playlists 60 seconds, segments a year */
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

/** What is wrong with the arguments that are known before anything is made. */
export function cdnDeliveryProblems(args: CdnDeliveryArgs): Problem[] {
  const access = args.access ?? DeliveryAccess.SignedRequests;
  return [
    ...oneOfProblems("access", args.access, DeliveryAccess, " or "),
    ...projectNumberProblems(args.projectNumber),
    ...domainProblems(args.domains),
    ...(access === DeliveryAccess.SignedRequests ? signedProblems(args) : everyoneProblems(args)),
    ...prefixProblems(args.servedPrefixes ?? []),
    ...cachingProblems(args.caching ?? {}, access),
    ...certificateMapProblems(args.certificateMap),
    ...tlsProblems(args.tls ?? {}),
    ...headerProblems(args.responseHeaders ?? []),
    ...customerSuppliedKeyProblems({
      cdn: true,
      ...(args.customerSuppliedEncryption && { customerSuppliedEncryption: args.customerSuppliedEncryption }),
    }),
  ];
}

function projectNumberProblems(projectNumber: pulumi.Input<string>): Problem[] {
  if (typeof projectNumber !== "string" || /^\d+$/.test(projectNumber)) return [];
  return [
    {
      path: "projectNumber",
      given: shown(projectNumber),
      allowed: "the project's number, digits only",
      fix: "look it up: gcloud projects describe PROJECT_ID --format='value(projectNumber)'",
    },
  ];
}

function signedProblems({ regions, signedRequests }: CdnDeliveryArgs): Problem[] {
  return [...regionsProblems(regions ?? []), ...cdnKeyProblems(planCdnKeys(signedRequests ?? {}))];
}

function everyoneProblems({ signedRequests, servedPrefixes }: CdnDeliveryArgs): Problem[] {
  const found: Problem[] = [];
  if (signedRequests !== undefined) {
    found.push({
      path: "signedRequests",
      given: `keys together with access ${DeliveryAccess.Everyone}`,
      allowed: "nothing where everybody may watch",
      because: "unsigned requests would be served as well, so a signature would protect nothing.",
      fix: `leave signedRequests out, or set access to ${DeliveryAccess.SignedRequests}`,
    });
  }
  if (servedPrefixes === undefined || servedPrefixes.length === 0) {
    found.push({
      path: "servedPrefixes",
      given: shown(servedPrefixes),
      allowed: `at least one prefix with access ${DeliveryAccess.Everyone}`,
      because: "everybody could read the whole bucket: mezzanines and job records too.",
      fix: 'name what is to be public: ["outputs/"]',
    });
  }
  return found;
}

function prefixProblems(prefixes: readonly string[]): Problem[] {
  return prefixes.flatMap((prefix, index) => {
    if (/^[^/"\\\p{Cc}][^"\\\p{Cc}]*\/$/u.test(prefix)) return [];
    return [
      {
        path: `servedPrefixes[${index}]`,
        given: shown(prefix),
        allowed:
          'the beginning of an object\'s name, ending in "/" and not starting with it, without quotes: "outputs/"',
        fix: "write it as object names begin",
      },
    ];
  });
}

const CERTIFICATE_MAP =
  /^\/\/certificatemanager\.googleapis\.com\/projects\/[^/]+\/locations\/global\/certificateMaps\/[^/]+$/;

function certificateMapProblems(map: pulumi.Input<string> | undefined): Problem[] {
  if (typeof map !== "string" || CERTIFICATE_MAP.test(map)) return [];
  return [
    {
      path: "certificateMap",
      given: shown(map),
      allowed: "//certificatemanager.googleapis.com/projects/P/locations/global/certificateMaps/M",
      fix: "write //certificatemanager.googleapis.com/ and the map's id",
    },
  ];
}

function headerProblems(headers: readonly string[]): Problem[] {
  return headers.flatMap((header, index) => {
    if (/^[\w!#$%&'*+.^`|~-]+:[^\r\n]*$/.test(header)) return [];
    return [
      {
        path: `responseHeaders[${index}]`,
        given: shown(header),
        allowed: 'a name, a colon and a value on one line: "X-Cache-Status: {cdn_cache_status}"',
        fix: "write it as it is to be sent",
      },
    ];
  });
}

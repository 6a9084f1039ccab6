import type * as pulumi from "@pulumi/pulumi";
import { customerSuppliedKeyProblems } from "../encryption/index.ts";
import { memberNameProblems } from "../identity/grants.ts";
import {
  type KnownLater,
  labelProblems,
  oneOfProblems,
  regionsProblems,
  shown,
  type Problem,
} from "../validation/index.ts";
import { MOST_CONDITIONS } from "../storage/conditions.ts";
import { DeliveryAccess, MAX_PREFIXES_PER_CONDITION } from "./access.ts";
import { cachingProblems } from "./caching-checks.ts";
import type { CdnDeliveryArgs } from "./cdn-delivery-args.ts";
import { domainProblems } from "./domains.ts";
import { cdnKeyProblems, planCdnKeys } from "./signing-keys.ts";
import { tlsProblems } from "./tls.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

/** Problems of the arguments, as far as they are known in advance. */
export function cdnDeliveryProblems(
  args: KnownLater<CdnDeliveryArgs, "projectNumber" | "bucket">,
): Problem[] {
  const access = args.access ?? DeliveryAccess.SignedRequests;
  return [
    ...oneOfProblems("access", args.access, DeliveryAccess, " or "),
    ...projectNumberProblems(args.projectNumber),
    ...domainProblems(args.domains),
    ...memberNameProblems("coordinatorPrincipals", args.coordinatorPrincipals ?? []),
    ...(access === DeliveryAccess.SignedRequests ? signedProblems(args) : everyoneProblems(args)),
    ...prefixProblems(args.servedPrefixes ?? []),
    ...cachingProblems(args.caching ?? {}, access),
    ...certificateMapProblems(args.certificateMap),
    ...labelProblems(args.labels ?? {}),
    ...tlsProblems(args.tls ?? {}),
    ...headerProblems(args.responseHeaders ?? []),
    ...customerSuppliedKeyProblems({
      cdn: true,
      ...withoutUndefined({ customerSuppliedEncryption: args.customerSuppliedEncryption }),
    }),
  ];
}

function projectNumberProblems(projectNumber: pulumi.Input<string> | undefined): Problem[] {
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

function signedProblems({
  regions,
  signedRequests,
}: Pick<CdnDeliveryArgs, "regions" | "signedRequests">): Problem[] {
  return [...regionsProblems(regions ?? []), ...cdnKeyProblems(planCdnKeys(signedRequests ?? {}))];
}

function everyoneProblems({
  signedRequests,
  servedPrefixes,
}: Pick<CdnDeliveryArgs, "signedRequests" | "servedPrefixes">): Problem[] {
  const found: Problem[] = [];
  if (signedRequests !== undefined) {
    found.push({
      path: "signedRequests",
      given: `keys together with access ${DeliveryAccess.Everyone}`,
      allowed: "nothing with access Everyone",
      because: "unsigned requests would be served as well, so a signature would protect nothing.",
      fix: `leave signedRequests out, or set access to ${DeliveryAccess.SignedRequests}`,
    });
  }
  if (servedPrefixes === undefined || servedPrefixes.length === 0) {
    found.push({
      path: "servedPrefixes",
      given: shown(servedPrefixes),
      allowed: `at least one prefix with access ${DeliveryAccess.Everyone}`,
      because: "everyone could read the whole bucket, including mezzanines and job records.",
      fix: 'name what is to be public: ["outputs/"]',
    });
  }
  return found;
}

function prefixProblems(prefixes: readonly string[]): Problem[] {
  const count = new Set(prefixes).size;
  const most = MOST_CONDITIONS * MAX_PREFIXES_PER_CONDITION;
  if (count > most) {
    return [
      {
        path: "servedPrefixes",
        given: `${count} prefixes`,
        allowed: `up to ${most}`,
        because: `Google takes ${MOST_CONDITIONS} conditions for one role and account, each with ${MAX_PREFIXES_PER_CONDITION} prefixes.`,
        fix: "serve prefixes that more objects share",
      },
    ];
  }
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
        fix: "write it as it is sent",
      },
    ];
  });
}

import { oneOfProblems, shown, wholeNumberProblems, type Problem } from "../validation/index.ts";
import { DeliveryAccess } from "./access.ts";
import { CdnCacheMode, cacheModeOf, CdnPreset, LONGEST_SECONDS, type CdnCaching } from "./caching.ts";

/** Problems of caching; paths begin with `caching`. */
export function cachingProblems(caching: CdnCaching, access: DeliveryAccess): Problem[] {
  return [
    ...choiceProblems(caching),
    ...timeProblems(caching),
    ...modeProblems(caching, access),
    ...keyProblems(caching),
  ];
}

/** Google's mode that we never set; JavaScript and JSON can still ask for it. */
const FORCED = "FORCE_CACHE_ALL";

const isForced = (cacheMode: string | undefined): boolean => cacheMode === FORCED;

function forcedProblems(): Problem[] {
  return [
    {
      path: "caching.cacheMode",
      given: shown(FORCED),
      allowed: Object.values(CdnCacheMode).join(" or "),
      because:
        "it keeps responses that the origin marks private, and the cache key has no signature in it: what one viewer " +
        "was allowed to read could be served to others.",
      fix: "leave cacheMode out, and give objects that everyone may read a Cache-Control of their own",
    },
  ];
}

function choiceProblems({ preset, cacheMode }: CdnCaching): Problem[] {
  return [
    ...oneOfProblems("caching.preset", preset, CdnPreset, " or "),
    ...(isForced(cacheMode)
      ? forcedProblems()
      : oneOfProblems("caching.cacheMode", cacheMode, CdnCacheMode, " or ")),
  ];
}

function timeProblems({
  playlistSeconds,
  segmentSeconds,
  missingSeconds,
  staleSeconds,
}: CdnCaching): Problem[] {
  const within = (name: string, value: number | undefined, max: number): Problem[] =>
    value === undefined ? [] : wholeNumberProblems(`caching.${name}`, value, { min: 0, max });
  return [
    ...within("playlistSeconds", playlistSeconds, LONGEST_SECONDS.cache),
    ...within("segmentSeconds", segmentSeconds, LONGEST_SECONDS.cache),
    ...within("missingSeconds", missingSeconds, LONGEST_SECONDS.missing),
    ...within("staleSeconds", staleSeconds, LONGEST_SECONDS.stale),
  ];
}

function modeProblems(caching: CdnCaching, access: DeliveryAccess): Problem[] {
  const mode = cacheModeOf(caching, access);
  if (access === DeliveryAccess.SignedRequests) return [];
  const timed = (["playlistSeconds", "segmentSeconds"] as const).filter(
    (time) => caching[time] !== undefined,
  );
  if (mode !== CdnCacheMode.USE_ORIGIN_HEADERS || timed.length === 0) return [];
  return [
    {
      path: `caching.${timed.join(", caching.")}`,
      given: `times together with cacheMode ${mode}`,
      allowed: `no times, or another cacheMode, with access ${access}`,
      because: "in this mode nothing but an object's own Cache-Control says how long it is kept.",
      fix: "leave the times out, or cacheMode",
    },
  ];
}

/** In the cache key they would give every viewer copies of their own. Lower case. */
const SIGNATURE_PARAMETERS = ["urlprefix", "expires", "keyname", "signature"];

function keyProblems({ queryParameters = [] }: CdnCaching): Problem[] {
  return queryParameters.flatMap((name, index): Problem[] => {
    const path = `caching.queryParameters[${index}]`;
    if (SIGNATURE_PARAMETERS.includes(name.toLowerCase()) || /^x-(goog|amz)-/i.test(name)) {
      return [
        {
          path,
          given: shown(name),
          allowed: "parameters that change what is served",
          because: "it belongs to a signature, so every viewer would get copies of their own.",
          fix: "remove it",
        },
      ];
    }
    if (/^[\w.~-]{1,127}$/.test(name)) return [];
    return [
      {
        path,
        given: shown(name),
        allowed: "a parameter's name: letters, digits, _, ., ~ and -",
        fix: "write the name alone",
      },
    ];
  });
}

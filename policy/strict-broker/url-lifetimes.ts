import type { ResourceValidationPolicy } from "@pulumi/policy";
import { CONFIG_MAP, WORKLOAD, type Kind } from "../model/kinds.ts";
import { PROGRAM } from "../model/programs.ts";
import { resourceRule } from "../model/rule.ts";
import { programSettingsOf } from "./program-settings.ts";

/** Resources that run programs, and those that pods read variables from. */
const CONFIGURED: Kind = {
  has: (type) => WORKLOAD.has(type) || PROGRAM.has(type) || CONFIG_MAP.has(type),
};

interface LifetimeSettings {
  readonly maxSeconds: number;
}

/**
 * Names of variables for the lifetime of signed URLs: `SIGNED_URL_EXPIRY_MINUTES`, `url-signing-ttl`, `PRESIGN_TTL`,
 * and this product's own.
 */
const OF_SIGNED_URLS =
  /(?:^|_)(?:SIGN(?:ED|ING|ATURES?)?_?URLS?|PRE_?SIGN(?:ED|ING)?(?:_?URLS?)?|URLS?_?SIGN(?:ED|ER|ING|ATURES?)?|MPEGFLOW_URL)(?:_|$)/;
const LIFETIME = /(?:^|_)(?:TTL|EXPIR|LIFETIME|VALID(?!AT)|MAX_?AGE|DURATION)/;
/** Cache lifetimes and key lifetimes do not limit how long a URL is valid. */
const OF_ANOTHER = /(?:^|_)(?:CACHED?|KEYS?)(?:_|$)/;
const UNITS: readonly (readonly [RegExp, number])[] = [
  [/_(MS|MILLIS(ECONDS)?)$/i, 0.001],
  [/_MIN(UTE)?S?$/i, 60],
  [/_H(OU)?RS?$/i, 3_600],
  [/_DAYS?$/i, 86_400],
  [/_W(EE)?KS?$/i, 604_800],
  [/_MONTHS?$/i, 2_592_000],
];

export const signedUrlsAreShortLived: ResourceValidationPolicy = resourceRule<LifetimeSettings>({
  name: "signed-urls-are-short-lived",
  family: "strict-broker",
  subject: "a program's configuration",
  tokens: CONFIGURED,
  displayName: "Signed URLs are short-lived",
  description:
    "Programs must not be told, by variables or on their command lines, to sign URLs for longer than the configured cap.",
  severity: "high",
  url: "https://docs.cloud.google.com/storage/docs/authentication/creating-signatures",
  reason:
    "a signed URL works for whoever has it until it expires, and one signed by IAM is reliable for 12 hours only, because Google's keys rotate.",
  fix: "set a lifetime that covers one step of a job, such as 900 seconds",
  config: {
    maxSeconds: {
      type: "integer",
      minimum: 1,
      maximum: 604_800,
      default: 43_200,
      description: "Longest lifetime in seconds; Google's own limit is 604800.",
    },
  },
  *judge({ type, props }, { maxSeconds }) {
    for (const { name, value } of programSettingsOf(type, props)) {
      if (!saysLifetime(name)) continue;
      const given = value();
      const seconds = given === undefined ? undefined : secondsOf(given, unitOf(name));
      if (seconds === undefined) {
        yield {
          text: `signs URLs for a time that cannot be read here (${name}${given === undefined ? "" : `: ${JSON.stringify(given)}`}); at most ${maxSeconds} seconds`,
          fix: `write ${name} into the manifest itself, as a number or a duration such as 15m`,
        };
      } else if (seconds > maxSeconds) {
        yield `signs URLs for ${seconds} seconds (${name}); at most ${maxSeconds}`;
      }
    }
  },
});

function saysLifetime(variable: string): boolean {
  const words = variable.replaceAll(/([a-z\d])([A-Z])/g, "$1_$2").toUpperCase();
  return OF_SIGNED_URLS.test(words) && LIFETIME.test(words) && !OF_ANOTHER.test(words);
}

const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

/** Seconds of a number in a unit, or of a duration as programs write it: `168h`, `1h30m`. */
function secondsOf(value: string, unit: number): number | undefined {
  const number = Number(value);
  if (value.trim() !== "" && Number.isFinite(number)) return number * unit;
  if (!/^(\d+(\.\d+)?(ms|[smhdw]))+$/.test(value)) return undefined;
  return [...value.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)].reduce(
    (sum, [, amount, name = ""]) => sum + Number(amount) * (SECONDS[name] ?? 0),
    0,
  );
}

function unitOf(name: string): number {
  return UNITS.find(([pattern]) => pattern.test(name))?.[1] ?? 1;
}

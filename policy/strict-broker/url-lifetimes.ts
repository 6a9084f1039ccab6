import type { ResourceValidationPolicy } from "@pulumi/policy";
import { WORKLOAD } from "../model/kinds.ts";
import { textsAt, type Properties } from "../model/known.ts";
import { resourceRule } from "../model/rule.ts";
import { containersOf, podSpecsOf, variablesOf } from "../model/workloads.ts";

interface LifetimeSettings {
  readonly maxSeconds: number;
}

/** A variable that says how long signed URLs are good for: `MPEGFLOW_URL_TTL_SECONDS`, `SIGNED_URL_EXPIRY_MINUTES`. */
const LIFETIME =
  /(?:^|_)(?:(?:(?:PRE)?SIGNED_?)?URLS?|(?:PRE)?SIGN(?:ED|ER|ING|ATURES?)?)_(?:.*_)?(?:TTL|EXPIR|LIFETIME|VALID(?!AT)|MAX_?AGE|DURATION)/;
/** How long an answer is kept, by a CDN or a program, says nothing of how long its URL works. */
const OF_A_CACHE = /(?:^|_)CACHED?(?:_|$)/;
const UNITS: readonly (readonly [RegExp, number])[] = [
  [/_(MS|MILLIS(ECONDS)?)$/i, 0.001],
  [/_MIN(UTE)?S?$/i, 60],
  [/_H(OU)?RS?$/i, 3_600],
  [/_DAYS?$/i, 86_400],
];

export const signedUrlsAreShortLived: ResourceValidationPolicy = resourceRule<LifetimeSettings>({
  name: "signed-urls-are-short-lived",
  family: "strict-broker",
  subject: "a workload",
  tokens: WORKLOAD,
  displayName: "Signed URLs are short-lived",
  description:
    "Programs must not sign URLs for longer than the configured cap, by their variables or on their command lines. For how long Cloud CDN keeps an answer " +
    "(signedUrlCacheMaxAgeSec) is another matter: it checks the signature of each request, and an expired one gets nothing from its cache.",
  severity: "high",
  url: "https://docs.cloud.google.com/storage/docs/authentication/creating-signatures",
  reason:
    "a signed URL works for whoever has it until it expires; and one signed by IAM is dependable for 12 hours only, because Google's keys rotate.",
  fix: "set a lifetime that covers one job's step, such as 900 seconds",
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
    for (const { name, value } of podSpecsOf(type, props).flatMap(settingsOf)) {
      if (!saysLifetime(name)) continue;
      const given = value();
      const seconds = given === undefined ? undefined : secondsOf(given, unitOf(name));
      if (seconds === undefined) {
        yield `signs URLs for a time that cannot be read here (${name}${given === undefined ? "" : `: ${JSON.stringify(given)}`}); at most ${maxSeconds} seconds`;
      } else if (seconds > maxSeconds) {
        yield `signs URLs for ${seconds} seconds (${name}); at most ${maxSeconds}`;
      }
    }
  },
});

function saysLifetime(variable: string): boolean {
  const words = variable.replaceAll(/([a-z\d])([A-Z])/g, "$1_$2").toUpperCase();
  return LIFETIME.test(words) && !OF_A_CACHE.test(words);
}

interface Setting {
  readonly name: string;
  /** Its value; nothing where it comes from elsewhere, such as a Secret. */
  readonly value: () => string | undefined;
}

/** What a pod's containers are told by variables and on their command lines: `--url-ttl=900s`, `--url-ttl 900s`. */
function settingsOf(spec: Properties): Setting[] {
  const variables = variablesOf(spec).filter(({ isGiven }) => isGiven);
  const flags = containersOf(spec).flatMap((container) => {
    const words = ["command", "args"].flatMap((key) => textsAt(container, key).known);
    return words.flatMap((word, index): Setting[] => {
      const [, flag, value] = /^--?([A-Za-z][\w.-]*)(?:=(.*))?$/s.exec(word) ?? [];
      return flag === undefined
        ? []
        : [{ name: flag.replaceAll("-", "_"), value: () => value ?? words[index + 1] }];
    });
  });
  return [...variables, ...flags];
}

const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3_600, d: 86_400 };

/** Seconds of a number in a unit, or of a duration as programs write it: `168h`, `1h30m`. */
function secondsOf(value: string, unit: number): number | undefined {
  const number = Number(value);
  if (value.trim() !== "" && Number.isFinite(number)) return number * unit;
  if (!/^(\d+(\.\d+)?(ms|[smhd]))+$/.test(value)) return undefined;
  return [...value.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)].reduce(
    (sum, [, amount, name = ""]) => sum + Number(amount) * (SECONDS[name] ?? 0),
    0,
  );
}

function unitOf(name: string): number {
  return UNITS.find(([pattern]) => pattern.test(name))?.[1] ?? 1;
}

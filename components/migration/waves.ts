import { prefixPaths, shown, type Problem } from "../validation/index.ts";
import { scheduleProblems, type MigrationSchedule } from "./schedule.ts";

/** A part of the archive that is moved by its own job. */
export interface MigrationWave {
  /** Name of the wave, part of its job's: a-z, 0-9 and -, up to 32 characters. */
  name: string;
  /**
   * Whether the job runs. A disabled job exists without running; a run in progress continues.
   * @default false
   */
  enabled?: boolean;
  /**
   * Prefixes of the objects to copy: `["2019/"]`. Up to 1000, none a prefix of another. Source:
   * https://docs.cloud.google.com/storage-transfer/docs/reference/rest/v1/TransferSpec#ObjectConditions
   * @default every object
   */
  prefixes?: string[];
  /** Beginnings of the names of objects to leave, each within one of `prefixes`. @default none */
  excludePrefixes?: string[];
  /**
   * Address of a CSV file that lists the objects to copy, one name a line, relative to the source's path; with an
   * optional second column, their versions. Instead of `prefixes`.
   * Source: https://docs.cloud.google.com/storage-transfer/docs/manifest
   * @example "gs://studio-migration/waves/2019.csv"
   */
  manifest?: string;
  /** When this wave runs. @default the migration's `schedule` */
  schedule?: MigrationSchedule;
}

/** Source: https://docs.cloud.google.com/storage-transfer/docs/reference/rest/v1/TransferSpec#ObjectConditions */
const PREFIXES = { most: 1000, longestBytes: 1024 } as const;

/** `gs://BUCKET/OBJECT` */
const MANIFEST = /^gs:\/\/([a-z0-9][a-z0-9._-]{1,220}[a-z0-9])\/\P{Cc}+$/u;

/** The bucket that a manifest lies in. */
export const manifestBucket = (address: string): string => MANIFEST.exec(address)?.[1] ?? "";

/** Problems of the waves; paths begin with `waves`. */
export function waveProblems(waves: readonly MigrationWave[], wavesAtATime: number): Problem[] {
  const on = waves.filter(({ enabled }) => enabled === true).map(({ name }) => name);
  const single = waves.flatMap((wave, index) => prefixPaths(`waves[${index}]`, oneWaveProblems(wave)));
  return [
    ...(waves.length > 0
      ? []
      : [
          {
            path: "waves",
            given: "no wave",
            allowed: "one wave or more",
            fix: 'add a wave, such as { name: "all" }',
          },
        ]),
    ...single,
    ...waves.flatMap(({ name }, index): Problem[] =>
      waves.findIndex((wave) => wave.name === name) === index
        ? []
        : [
            {
              path: `waves[${index}].name`,
              given: shown(name),
              allowed: "a name that no other wave has",
              fix: "rename one of them",
            },
          ],
    ),
    ...(single.length > 0 ? [] : overlapProblems(waves)),
    ...(on.length <= wavesAtATime
      ? []
      : [
          {
            path: "waves",
            given: `${on.length} waves enabled: ${on.join(", ")}`,
            allowed: `up to ${wavesAtATime} at the same time`,
            because: "each wave is checked before the next one costs anything.",
            fix: "switch off those that are done, or raise wavesAtATime",
          },
        ]),
  ];
}

function oneWaveProblems(wave: MigrationWave): Problem[] {
  const { name, prefixes, excludePrefixes, manifest, schedule } = wave;
  return [
    ...(/^(?!follow$)[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/.test(name)
      ? []
      : [
          {
            path: "name",
            given: shown(name),
            allowed: "1 to 32 characters of a-z, 0-9 and -, first and last a letter or digit, not follow",
            because: "the wave's job is named after it, and follow is the job that follows arrivals.",
            fix: "rename the wave",
          },
        ]),
    ...(prefixes === undefined ? [] : prefixListProblems("prefixes", prefixes)),
    ...(excludePrefixes === undefined ? [] : prefixListProblems("excludePrefixes", excludePrefixes)),
    ...(excludePrefixes ?? []).flatMap((prefix, index): Problem[] =>
      prefixes === undefined || prefixes.some((included) => prefix.startsWith(included))
        ? []
        : [
            {
              path: `excludePrefixes[${index}]`,
              given: shown(prefix),
              allowed: "something within one of prefixes",
              because: "nothing else is copied anyway, and the service refuses it.",
              fix: "remove it, or correct prefixes",
            },
          ],
    ),
    ...manifestProblems(manifest, prefixes ?? excludePrefixes),
    ...(schedule === undefined ? [] : prefixPaths("schedule", scheduleProblems(schedule))),
  ];
}

/** Problems of a list of object name prefixes. */
export function prefixListProblems(path: string, prefixes: readonly string[]): Problem[] {
  const { most, longestBytes } = PREFIXES;
  return [
    ...(prefixes.length === 0 || prefixes.length > most
      ? [
          {
            path,
            given: prefixes.length === 0 ? "no prefix" : `${prefixes.length} prefixes`,
            allowed: `1 to ${most} prefixes, or no such argument`,
            fix:
              prefixes.length === 0
                ? "leave it out to mean every object"
                : "use shorter prefixes, a manifest or more waves",
          },
        ]
      : []),
    ...prefixes.flatMap((prefix, index): Problem[] => {
      const because = prefixFault(prefix, prefixes, index);
      if (because === undefined) return [];
      return [
        {
          path: `${path}[${index}]`,
          given: shown(prefix),
          allowed: `the beginning of object names, without a leading slash, up to ${longestBytes} bytes: 2019/`,
          because,
          fix:
            prefix.startsWith("/") && prefix.length > 1
              ? `write ${shown(prefix.replace(/^\/+/, ""))}`
              : "correct or remove it",
        },
      ];
    }),
  ];
}

function prefixFault(prefix: string, all: readonly string[], index: number): string | undefined {
  if (prefix === "") return "an empty prefix would mean every object.";
  if (prefix.startsWith("/")) return "names of objects begin without a slash.";
  if (/[\r\n]/.test(prefix)) return "it has a line break.";
  const bytes = Buffer.byteLength(prefix);
  if (bytes > PREFIXES.longestBytes) return `it has ${bytes} bytes.`;
  const wider = all.find((other, at) => other !== "" && at !== index && covers(other, prefix, at, index));
  return wider === undefined ? undefined : `${shown(wider)} covers it already.`;
}

/** Of two that are the same, the later one is too many. */
const covers = (wide: string, narrow: string, wideAt: number, narrowAt: number): boolean =>
  narrow.startsWith(wide) && (wide !== narrow || wideAt < narrowAt);

function manifestProblems(manifest: string | undefined, prefixes: readonly string[] | undefined): Problem[] {
  if (manifest === undefined) return [];
  return [
    ...(MANIFEST.test(manifest)
      ? []
      : [
          {
            path: "manifest",
            given: shown(manifest),
            allowed: "the address of a CSV file: gs://BUCKET/OBJECT",
            because: "the service reads manifests from Cloud Storage.",
            fix: "upload the list to a bucket of Cloud Storage and give its address",
          },
        ]),
    ...(prefixes === undefined
      ? []
      : [
          {
            path: "manifest",
            given: "with prefixes or excludePrefixes",
            allowed: "either a manifest or prefixes",
            because: "the manifest names each object already.",
            fix: "keep one of them",
          },
        ]),
  ];
}

/** Two waves that copy the same objects would pay for them twice and race for them. */
function overlapProblems(waves: readonly MigrationWave[]): Problem[] {
  return waves.flatMap((wave, index) =>
    waves.slice(0, index).flatMap((earlier): Problem[] => {
      const shared = sharedPrefix(earlier, wave);
      if (shared === undefined || earlier.name === wave.name) return [];
      return [
        {
          path: `waves[${index}]`,
          given: `${shown(wave.name)} copies ${shared === "" ? "every object" : `objects below ${shown(shared)}`}`,
          allowed: `what wave ${shown(earlier.name)} does not copy`,
          because: "objects in two waves are paid for twice.",
          fix: "correct prefixes, or leave them to one of the two with excludePrefixes",
        },
      ];
    }),
  );
}

function sharedPrefix(one: MigrationWave, other: MigrationWave): string | undefined {
  if (one.manifest !== undefined || other.manifest !== undefined) return undefined;
  const excluded = [...(one.excludePrefixes ?? []), ...(other.excludePrefixes ?? [])];
  for (const left of one.prefixes ?? [""]) {
    for (const right of other.prefixes ?? [""]) {
      const narrower = left.startsWith(right) ? left : right.startsWith(left) ? right : undefined;
      if (narrower !== undefined && !excluded.some((prefix) => narrower.startsWith(prefix))) return narrower;
    }
  }
  return undefined;
}

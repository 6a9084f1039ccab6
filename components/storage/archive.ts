import { oneOfProblems, shown, type Problem } from "../validation/index.ts";
import { coldnessOf, StorageClass } from "./storage-class.ts";

/** Storage classes that an object can move to, the warmest first. Nothing moves to Standard: steps only go colder. */
export const ArchiveClass = {
  /** Minimum duration 30 days. */
  Nearline: "NEARLINE",
  /** Minimum duration 90 days. */
  Coldline: "COLDLINE",
  /** Minimum duration 365 days. */
  Archive: "ARCHIVE",
} as const;
export type ArchiveClass = (typeof ArchiveClass)[keyof typeof ArchiveClass];

/** Start of a step's days. */
export const ArchiveClock = {
  /** When the object was written; a rewrite starts again. */
  CreationTime: "CreationTime",
  /**
   * The object's `customTime`, which its writer sets: the day a production was closed, the day of first broadcast. An
   * object without one never takes the step.
   */
  CustomTime: "CustomTime",
} as const;
export type ArchiveClock = (typeof ArchiveClock)[keyof typeof ArchiveClock];

/** One step of the ladder: objects of an age move to a colder class. */
export interface ArchiveStep {
  /** The class to move to. */
  to: ArchiveClass;
  /**
   * Whole days on the step's clock, 1 or more. Google acts some time after, up to 24 hours late when the rule is new.
   * Source: https://docs.cloud.google.com/storage/docs/lifecycle
   */
  afterDays: number;
  /**
   * What the days are counted from: `CreationTime` or `CustomTime`.
   * @default ArchiveClock.CreationTime
   */
  countedFrom?: ArchiveClock;
  /**
   * Object name prefixes that the step is for: `["mezzanines/"]`.
   * @default every object
   */
  prefixes?: string[];
}

/**
 * How a bucket's objects move to colder classes as they age. For the same objects each later step on the same clock must
 * be colder; steps on different clocks cannot be compared, and an object that meets two moves to the colder class.
 *
 * @example { steps: [{ to: ArchiveClass.Nearline, afterDays: 30 }, { to: ArchiveClass.Archive, afterDays: 365 }] }
 */
export interface ArchiveLadder {
  /** The steps, one or more. */
  steps: ArchiveStep[];
}

/** The step's clock, with its default. */
export function clockOf({ countedFrom }: ArchiveStep): ArchiveClock {
  return countedFrom ?? ArchiveClock.CreationTime;
}

/**
 * Problems of a ladder; paths begin with `steps`.
 *
 * @param startsIn the class of new objects, from which no step may move to a warmer one
 */
export function archiveLadderProblems(
  ladder: ArchiveLadder,
  startsIn: StorageClass = StorageClass.Standard,
): Problem[] {
  if (ladder.steps.length === 0) {
    return [
      {
        path: "steps",
        given: "no step",
        allowed: "one step or more",
        fix: "add a step, or leave archive out",
      },
    ];
  }
  const problems = ladder.steps.flatMap((step, index) => stepProblems(step, `steps[${index}]`, startsIn));
  return problems.length > 0 ? problems : orderProblems(ladder.steps);
}

const COLDER_ONLY = "lifecycle rules move objects to colder classes only.";

function stepProblems(step: ArchiveStep, path: string, startsIn: StorageClass): Problem[] {
  const problems = oneOfProblems(`${path}.to`, step.to, ArchiveClass, ", ", { because: COLDER_ONLY });
  if (problems.length === 0 && coldnessOf(step.to) <= coldnessOf(startsIn)) {
    problems.push({
      path: `${path}.to`,
      given: step.to,
      allowed: `a class colder than ${startsIn}, in which new objects start`,
      because: COLDER_ONLY,
      fix: "remove the step, or choose a warmer storageClass",
    });
  }
  problems.push(
    ...oneOfProblems(`${path}.countedFrom`, step.countedFrom, ArchiveClock, " or ", {
      fix: "use one of these, or leave it out to count from the object's creation",
    }),
  );
  problems.push(...daysProblems(step.afterDays, `${path}.afterDays`));
  if (step.prefixes?.length === 0) {
    problems.push({
      path: `${path}.prefixes`,
      given: "no prefix",
      allowed: "one prefix or more, or no prefixes argument for every object",
      fix: "leave prefixes out to mean every object",
    });
  }
  step.prefixes?.forEach((prefix, index) => {
    problems.push(...prefixProblems(prefix, `${path}.prefixes[${index}]`));
  });
  return problems;
}

/** A number of days for a lifecycle rule. 0 is refused, because the provider drops it silently. */
export function daysProblems(days: number, path: string): Problem[] {
  if (Number.isSafeInteger(days) && days >= 1) return [];
  return [{ path, given: shown(days), allowed: "whole days, 1 or more", fix: "give a number of days" }];
}

/** A prefix for a lifecycle rule. */
export function prefixProblems(prefix: string, path: string): Problem[] {
  if (prefix !== "" && !prefix.startsWith("/")) return [];
  return [
    {
      path,
      given: shown(prefix),
      allowed: "the beginning of an object name, without a leading slash: mezzanines/",
      because: prefix === "" ? "an empty prefix would mean every object." : "object names begin without one.",
      fix: prefix === "" ? "name a prefix" : `write ${shown(prefix.replace(/^\/+/, ""))}`,
    },
  ];
}

/** Steps for the same objects must go colder with the days of one clock. */
function orderProblems(steps: readonly ArchiveStep[]): Problem[] {
  const placed = steps.map((step, index) => ({ ...step, path: `steps[${index}]` }));
  const scopes = new Set(steps.flatMap((step) => step.prefixes ?? [EVERYTHING]));
  return [...scopes].flatMap((scope) =>
    Object.values(ArchiveClock).flatMap((clock) => {
      const inScope = placed
        .filter((step) => clockOf(step) === clock && (step.prefixes ?? [EVERYTHING]).includes(scope))
        .sort((one, other) => one.afterDays - other.afterDays || coldnessOf(one.to) - coldnessOf(other.to));
      const objects = scope === EVERYTHING ? "every object" : `objects below ${shown(scope)}`;
      return inScope.flatMap((step, index) => pairProblems(inScope[index - 1], step, objects));
    }),
  );
}

type PlacedStep = ArchiveStep & { readonly path: string };

function pairProblems(before: PlacedStep | undefined, step: PlacedStep, objects: string): Problem[] {
  if (before === undefined) return [];
  if (coldnessOf(step.to) <= coldnessOf(before.to)) {
    return [
      {
        path: `${step.path}.to`,
        given: `${step.to} after ${step.afterDays} days, for ${objects}`,
        allowed: `a class colder than ${before.to}, which ${before.path} moves to after ${before.afterDays} days`,
        fix: "let each later step move to a colder class, or remove this one",
      },
    ];
  }
  if (step.afterDays > before.afterDays) return [];
  return [
    {
      path: `${step.path}.afterDays`,
      given: `${step.afterDays} days for ${step.to} and for ${before.to}, for ${objects}`,
      allowed: `more days than ${before.path}`,
      fix: `remove the step to ${before.to}, which would never hold, or move one of them`,
    },
  ];
}

const EVERYTHING = "";

import { shown, type Problem } from "../validation/index.ts";

/** When a job runs. */
export interface MigrationSchedule {
  /**
   * First day, in UTC. A job that is switched on later runs for the first time on the day after.
   * @example "2027-01-15"
   */
  startDate: string;
  /**
   * Last day, in UTC; the same as `startDate` for one run only.
   * @default none: it repeats until it is switched off
   */
  endDate?: string;
  /**
   * Time of day at which runs start, in UTC.
   * @default midnight, or at once when `startDate` is today
   * @example "22:30"
   */
  startTime?: string;
  /**
   * Seconds from one start to the next, 3600 or more. Each run lists the source again.
   * Source: https://docs.cloud.google.com/storage-transfer/docs/reference/rest/v1/transferJobs#Schedule
   * @default 86400
   */
  repeatEverySeconds?: number;
}

/** Source: https://docs.cloud.google.com/storage-transfer/docs/reference/rest/v1/transferJobs#Schedule */
const SHORTEST_INTERVAL_SECONDS = 3600;

/** The schedule as the provider takes it. */
export function transferSchedule(schedule: MigrationSchedule) {
  const { startDate, endDate, startTime, repeatEverySeconds } = schedule;
  const [hours = 0, minutes = 0] = (startTime ?? "").split(":").map(Number);
  return {
    scheduleStartDate: dateOf(startDate),
    ...(endDate !== undefined && { scheduleEndDate: dateOf(endDate) }),
    ...(startTime !== undefined && { startTimeOfDay: { hours, minutes, seconds: 0, nanos: 0 } }),
    ...(repeatEverySeconds !== undefined && { repeatInterval: `${repeatEverySeconds}s` }),
  };
}

function dateOf(text: string): { year: number; month: number; day: number } {
  const [year = 0, month = 0, day = 0] = text.split("-").map(Number);
  return { year, month, day };
}

/** Problems of a schedule; paths begin with its fields' names. */
export function scheduleProblems(schedule: MigrationSchedule): Problem[] {
  const { startDate, endDate, startTime, repeatEverySeconds } = schedule;
  const dates = [
    ...dateProblems("startDate", startDate),
    ...(endDate === undefined ? [] : dateProblems("endDate", endDate)),
  ];
  return [
    ...dates,
    // Both are in the same form, which sorts as time does.
    ...(dates.length === 0 && endDate !== undefined && endDate < startDate
      ? [
          {
            path: "endDate",
            given: shown(endDate),
            allowed: `${startDate} or later`,
            fix: "end on or after startDate, or leave endDate out",
          },
        ]
      : []),
    ...(startTime === undefined || /^([01]\d|2[0-3]):[0-5]\d$/.test(startTime)
      ? []
      : [
          {
            path: "startTime",
            given: shown(startTime),
            allowed: "a time from 00:00 to 23:59, in UTC",
            fix: 'write it as "22:30"',
          },
        ]),
    ...intervalProblems(repeatEverySeconds),
    ...(repeatEverySeconds !== undefined && endDate === startDate
      ? [
          {
            path: "repeatEverySeconds",
            given: `${shown(repeatEverySeconds)} with endDate the same as startDate`,
            allowed: "nothing for a single run",
            because: "a job that ends on the day it starts runs once.",
            fix: "leave it out, or end later",
          },
        ]
      : []),
  ];
}

function dateProblems(path: string, text: string): Problem[] {
  const { year, month, day } = dateOf(text);
  const date = new Date(Date.UTC(year, month - 1, day));
  const exists =
    /^\d{4}-\d\d-\d\d$/.test(text) &&
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day;
  if (exists) return [];
  return [
    {
      path,
      given: shown(text),
      allowed: "a day of the calendar, as YYYY-MM-DD",
      fix: 'write it as "2027-01-15"',
    },
  ];
}

function intervalProblems(seconds: number | undefined): Problem[] {
  if (seconds === undefined || (Number.isSafeInteger(seconds) && seconds >= SHORTEST_INTERVAL_SECONDS))
    return [];
  return [
    {
      path: "repeatEverySeconds",
      given: shown(seconds),
      allowed: `whole seconds, ${SHORTEST_INTERVAL_SECONDS} or more`,
      because: "Storage Transfer Service repeats once an hour at most.",
      fix: "use follow for changes that cannot wait an hour",
    },
  ];
}

import { ArchiveClass, ArchiveClock, StorageClass } from "../../../components/index.ts";
import { bucketRefusal, fromJavaScript } from "./media-bucket-refusal.ts";
import type { Refusal } from "./refusal.ts";

/** What becomes of objects: ladder, expiry, classes. */
export const lifecycleRefusals: Refusal[] = [
  bucketRefusal(
    "a ladder without a step",
    { archive: { steps: [] } },
    "archive.steps: given no step; allowed: one step or more. Fix: add a step, or leave archive out",
  ),
  bucketRefusal(
    "a step without a number of days",
    { archive: { steps: [{ to: ArchiveClass.Nearline, afterDays: 0 }] } },
    "archive.steps[0].afterDays: given 0; allowed: whole days, 1 or more. Fix: give a number of days",
  ),
  bucketRefusal(
    "a step after half a day",
    { archive: { steps: [{ to: ArchiveClass.Nearline, afterDays: 0.5 }] } },
    "archive.steps[0].afterDays: given 0.5; allowed: whole days, 1 or more. Fix: give a number of days",
  ),
  bucketRefusal(
    "a step after what is no number",
    { archive: { steps: [{ to: ArchiveClass.Nearline, afterDays: Number.NaN }] } },
    "archive.steps[0].afterDays: given NaN; allowed: whole days, 1 or more. Fix: give a number of days",
  ),
  bucketRefusal(
    "a step to Standard",
    fromJavaScript({ archive: { steps: [{ to: "STANDARD", afterDays: 1 }] } }),
    'archive.steps[0].to: given "STANDARD"; allowed: NEARLINE, COLDLINE, ARCHIVE. Reason: lifecycle rules ' +
      "move objects to colder classes only. Fix: use one of these",
  ),
  bucketRefusal(
    "a step on a clock that there is not",
    fromJavaScript({
      archive: { steps: [{ to: ArchiveClass.Nearline, afterDays: 1, countedFrom: "LastRead" }] },
    }),
    'archive.steps[0].countedFrom: given "LastRead"; allowed: CreationTime or CustomTime. Fix: use one of ' +
      "these, or leave it out to count from the object's creation",
  ),
  bucketRefusal(
    "a step for no prefix at all",
    { archive: { steps: [{ to: ArchiveClass.Nearline, afterDays: 1, prefixes: [] }] } },
    "archive.steps[0].prefixes: given no prefix; allowed: one prefix or more, or no prefixes argument for " +
      "every object. Fix: leave prefixes out to mean every object",
  ),
  bucketRefusal(
    "a step for an empty prefix",
    { archive: { steps: [{ to: ArchiveClass.Nearline, afterDays: 1, prefixes: ["a/", ""] }] } },
    'archive.steps[0].prefixes[1]: given ""; allowed: the beginning of an object name, without a leading ' +
      "slash: mezzanines/. Reason: an empty prefix would mean every object. Fix: name a prefix",
  ),
  bucketRefusal(
    "a step for a prefix with a leading slash",
    { archive: { steps: [{ to: ArchiveClass.Nearline, afterDays: 1, prefixes: ["/a/"] }] } },
    'archive.steps[0].prefixes[0]: given "/a/"; allowed: the beginning of an object name, without a ' +
      'leading slash: mezzanines/. Reason: object names begin without one. Fix: write "a/"',
  ),
  bucketRefusal(
    "a ladder that goes warmer",
    {
      archive: {
        steps: [
          { to: ArchiveClass.Archive, afterDays: 30 },
          { to: ArchiveClass.Nearline, afterDays: 90 },
        ],
      },
    },
    "archive.steps[1].to: given NEARLINE after 90 days, for every object; allowed: a class colder than " +
      "ARCHIVE, which steps[0] moves to after 30 days. Fix: let each later step move to a colder class, or " +
      "remove this one",
  ),
  bucketRefusal(
    "a ladder that goes warmer, in another order",
    {
      archive: {
        steps: [
          { to: ArchiveClass.Nearline, afterDays: 90 },
          { to: ArchiveClass.Archive, afterDays: 30 },
        ],
      },
    },
    "archive.steps[0].to: given NEARLINE after 90 days, for every object; allowed: a class colder than " +
      "ARCHIVE, which steps[1] moves to after 30 days. Fix: let each later step move to a colder class, or " +
      "remove this one",
  ),
  bucketRefusal(
    "a ladder that goes warmer on the custom time",
    {
      archive: {
        steps: [
          { to: ArchiveClass.Archive, afterDays: 30, countedFrom: ArchiveClock.CustomTime },
          { to: ArchiveClass.Nearline, afterDays: 90, countedFrom: ArchiveClock.CustomTime },
        ],
      },
    },
    "archive.steps[1].to: given NEARLINE after 90 days, for every object; allowed: a class colder than " +
      "ARCHIVE, which steps[0] moves to after 30 days. Fix: let each later step move to a colder class, or " +
      "remove this one",
  ),
  bucketRefusal(
    "the same class twice",
    {
      archive: {
        steps: [
          { to: ArchiveClass.Coldline, afterDays: 30 },
          { to: ArchiveClass.Coldline, afterDays: 60 },
        ],
      },
    },
    "archive.steps[1].to: given COLDLINE after 60 days, for every object; allowed: a class colder than " +
      "COLDLINE, which steps[0] moves to after 30 days. Fix: let each later step move to a colder class, or " +
      "remove this one",
  ),
  bucketRefusal(
    "two classes on one day",
    {
      archive: {
        steps: [
          { to: ArchiveClass.Coldline, afterDays: 30 },
          { to: ArchiveClass.Nearline, afterDays: 30 },
        ],
      },
    },
    "archive.steps[0].afterDays: given 30 days for COLDLINE and for NEARLINE, for every object; allowed: " +
      "more days than steps[1]. Fix: remove the step to NEARLINE, which would never hold, or move one of " +
      "them",
  ),
  bucketRefusal(
    "a ladder that goes warmer below one of its prefixes",
    {
      archive: {
        steps: [
          { to: ArchiveClass.Archive, afterDays: 30, prefixes: ["a/", "b/"] },
          { to: ArchiveClass.Nearline, afterDays: 90, prefixes: ["b/"] },
        ],
      },
    },
    'archive.steps[1].to: given NEARLINE after 90 days, for objects below "b/"; allowed: a class colder ' +
      "than ARCHIVE, which steps[0] moves to after 30 days. Fix: let each later step move to a colder " +
      "class, or remove this one",
  ),
  bucketRefusal(
    "a step to the class that objects start in",
    {
      storageClass: StorageClass.Coldline,
      archive: { steps: [{ to: ArchiveClass.Coldline, afterDays: 30 }] },
    },
    "archive.steps[0].to: given COLDLINE; allowed: a class colder than COLDLINE, in which new objects " +
      "start. Reason: lifecycle rules move objects to colder classes only. Fix: remove the step, or choose " +
      "a warmer storageClass",
  ),
  bucketRefusal(
    "uploads aborted at once",
    { abortIncompleteUploadsAfterDays: 0 },
    "abortIncompleteUploadsAfterDays: given 0; allowed: whole days, 1 or more. Fix: give a number of days",
  ),
  bucketRefusal(
    "objects that expire at once",
    { temporaryPrefixes: [{ prefix: "scratch/", expireAfterDays: 0 }] },
    "temporaryPrefixes[0].expireAfterDays: given 0; allowed: whole days, 1 or more. Fix: give a number of " +
      "days",
  ),
  bucketRefusal(
    "everything temporary",
    { temporaryPrefixes: [{ prefix: "", expireAfterDays: 1 }] },
    'temporaryPrefixes[0].prefix: given ""; allowed: the beginning of an object name, without a leading ' +
      "slash: mezzanines/. Reason: an empty prefix would mean every object. Fix: name a prefix",
  ),
  bucketRefusal(
    "1,001 prefixes",
    {
      temporaryPrefixes: Array.from({ length: 1_001 }, (_, index) => ({
        prefix: `${index}/`,
        expireAfterDays: 1,
      })),
    },
    "archive.steps, temporaryPrefixes: given 1001 prefixes in all; allowed: up to 1000 in a bucket's " +
      "lifecycle rules. Fix: use fewer, shorter prefixes",
  ),
  bucketRefusal(
    "prefixes that expire after 100 different numbers of days",
    {
      temporaryPrefixes: Array.from({ length: 100 }, (_, index) => ({
        prefix: `${index}/`,
        expireAfterDays: index + 1,
      })),
    },
    "archive.steps, temporaryPrefixes: given 101 lifecycle rules: one for each step, one for each number of days, " +
      "one for unfinished uploads; allowed: up to 100. Fix: name several prefixes in one step, and let prefixes share " +
      "their number of days",
  ),
  bucketRefusal(
    "a week of soft delete less a second",
    { softDeleteRetentionSeconds: 604_799 },
    "softDeleteRetentionSeconds: given 604799; allowed: 0 (off), or 604800 (7 days) to 7776000 (90 days). " +
      "Fix: choose a duration in this range",
  ),
  bucketRefusal(
    "91 days of soft delete",
    { softDeleteRetentionSeconds: 91 * 86_400 },
    "softDeleteRetentionSeconds: given 7862400; allowed: 0 (off), or 604800 (7 days) to 7776000 (90 " +
      "days). Fix: choose a duration in this range",
  ),
  bucketRefusal(
    "a default class that there is not",
    fromJavaScript({ storageClass: "MULTI_REGIONAL" }),
    'storageClass: given "MULTI_REGIONAL"; allowed: STANDARD, NEARLINE, COLDLINE, ARCHIVE. Fix: use one ' +
      "of these, or leave it out for STANDARD",
  ),
  bucketRefusal(
    "Autoclass with a terminal class that it has not",
    fromJavaScript({ autoclass: { terminalStorageClass: "COLDLINE" } }),
    'autoclass.terminalStorageClass: given "COLDLINE"; allowed: NEARLINE or ARCHIVE. Fix: use one of ' +
      "these, or leave it out for NEARLINE",
  ),
  bucketRefusal(
    "Autoclass on a bucket whose objects start cold",
    { autoclass: {}, storageClass: StorageClass.Nearline },
    'storageClass: given "NEARLINE" with autoclass; allowed: STANDARD. Reason: Autoclass starts every ' +
      "object in Standard, and Google refuses another default class. Fix: leave storageClass out, or " +
      "autoclass",
  ),
  bucketRefusal(
    "Autoclass beside a ladder",
    { autoclass: {}, archive: { steps: [{ to: ArchiveClass.Nearline, afterDays: 30 }] } },
    "autoclass: given autoclass and archive; allowed: one of them. Reason: Autoclass chooses each " +
      "object's class by its use, and a ladder by its age. Fix: leave archive out, or autoclass",
  ),
];

import {
  AccessPattern,
  ArchiveClass,
  MediaBucket,
  predefined,
  type MediaBucketArgs,
} from "../../../components/index.ts";
import type { Refusal } from "./refusal.ts";

const good = { placement: predefined("NAM4"), accessPattern: AccessPattern.ActiveActive };

const bucket = (when: string, args: Partial<MediaBucketArgs>, ...says: string[]): Refusal => ({
  when,
  make: () => new MediaBucket("media", { ...good, ...args }),
  subject: 'MediaBucket "media"',
  says,
});

export const mediaBucketRefusals: Refusal[] = [
  bucket(
    "a step without a number of days",
    { archive: { steps: [{ to: ArchiveClass.Nearline, afterDays: 0 }] } },
    "archive.steps[0].afterDays: given 0; allowed: whole days, 1 or more. Fix: give a number of days",
  ),
];

import { AccessPattern, MediaBucket, predefined, type MediaBucketArgs } from "../../../components/index.ts";
import type { Refusal } from "./refusal.ts";

const good = { placement: predefined("NAM4"), accessPattern: AccessPattern.ActiveActive };

/** A bucket that would be good but for `args`. */
export const bucketRefusal = (when: string, args: Partial<MediaBucketArgs>, ...says: string[]): Refusal => ({
  when,
  make: () => new MediaBucket("media", { ...good, ...args }),
  subject: 'MediaBucket "media"',
  says,
});

/** What TypeScript refuses already: programs in JavaScript and values from configuration come without its types. */
export const fromJavaScript = (args: object): Partial<MediaBucketArgs> => args;

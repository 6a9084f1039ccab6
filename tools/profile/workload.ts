import { z } from "zod";
import type { Problem } from "../../components/validation/index.ts";
import { schemaProblems } from "../cli/schema-problems.ts";

const count = z.number().nonnegative().max(1e9);

const startSchema = z.strictObject({ minute: z.number().int().min(0).max(10_080), perMinute: count });

const jobSchema = z.strictObject({
  /** What the report calls it. */
  name: z.string().min(1).max(63),
  /** Jobs a minute, from a minute on, until the next entry. */
  starts: z.array(startSchema).min(1),
  /** Requests that read the input: one, or one for each range. @default 1 */
  inputReads: count.default(1),
  /** Objects written. */
  outputs: count,
  /** Reads of each output, spread over the same time as the writes, e.g. by a packager. @default 0 */
  readsPerOutput: count.default(0),
  /** Minutes over which a job spreads its requests. @default 1 */
  minutes: z.number().min(0.1).max(1440).default(1),
  /** Changes a minute of one object of the job, such as its record or a live playlist. @default 2 */
  rewritesPerMinute: count.default(2),
});

const bucketSchema = z.strictObject({
  /** Such buckets start at eight times the rates. @default false */
  hierarchicalNamespace: z.boolean().default(false),
  /**
   * How output names begin: by something that grows (a date, a job number), by a hash of `hexDigits` digits, or by
   * something random.
   */
  names: z.enum(["sequential", "hashed", "random"]).default("sequential"),
  hexDigits: z.number().int().min(1).max(8).default(6),
  /** Writes a second that the bucket has been used to. @default 0, a new bucket */
  warmWritesPerSecond: count.default(0),
  /** Reads a second that the bucket has been used to. @default 0 */
  warmReadsPerSecond: count.default(0),
});

export const workloadSchema = z.strictObject({
  bucket: bucketSchema.prefault({}),
  /** Minutes to simulate. @default 120 */
  minutes: z.number().int().min(1).max(10_080).default(120),
  jobs: z.array(jobSchema).min(1).max(100),
});
export type Workload = z.infer<typeof workloadSchema>;
export type JobMix = z.infer<typeof jobSchema>;

/** Reads a workload; every problem names the key, the value and what is allowed. */
export function parseWorkload(value: unknown): { workload: Workload } | { problems: Problem[] } {
  const parsed = workloadSchema.safeParse(value);
  if (parsed.success) return { workload: parsed.data };
  return {
    problems: schemaProblems(
      workloadSchema,
      parsed.error,
      value,
      "correct it; docs/performance.md has an example",
    ),
  };
}

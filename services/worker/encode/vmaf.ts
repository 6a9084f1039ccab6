import { z } from "zod";

/** How close a rendition is to the input; 100 is no visible difference. */
export interface VmafScore {
  readonly mean: number;
  readonly harmonicMean: number;
  readonly min: number;
  /** Frames compared. */
  readonly frames: number;
}

const frameSchema = z.object({ metrics: z.object({ vmaf: z.number() }) });
const logSchema = z.object({ frames: z.array(frameSchema).min(1) });

/**
 * Reads libvmaf's JSON log. The sums are taken from its frames: versions differ in where, and whether, they write them.
 * @returns undefined when it is no such log
 */
export function parseVmafLog(text: string): VmafScore | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = logSchema.safeParse(json);
  if (!parsed.success) return undefined;
  const scores = parsed.data.frames.map(({ metrics }) => metrics.vmaf);
  const rounded = (value: number): number => Math.round(value * 1000) / 1000;
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  // As libvmaf does it: one is added to each, because a score may be 0.
  const harmonicMean = scores.length / scores.reduce((sum, score) => sum + 1 / (score + 1), 0) - 1;
  return {
    ...{ mean: rounded(mean), harmonicMean: rounded(harmonicMean) },
    ...{ min: rounded(Math.min(...scores)), frames: scores.length },
  };
}

import type { BucketFacts, Usage } from "../../../../tools/cost/monthly.ts";
import { GIB } from "../../../../tools/cost/units.ts";
import { parsePlacement } from "../../../../components/index.ts";

/** A bucket in one region without a ladder, and whatever a test changes. */
export function bucket(placement = "us-central1", more: Partial<BucketFacts> = {}): BucketFacts {
  return { placement: parsePlacement(placement), softDeleteDays: 7, steps: [], ...more };
}

/** One month of nothing, with objects of 1 GiB. */
export function usage(more: Partial<Usage> = {}): Usage {
  return {
    months: 1,
    storedGib: 0,
    storedAgeDays: 0,
    ingestGibMonth: 0,
    shares: [{ part: 1 }],
    overwritten: 0,
    overwrittenAfterDays: 1,
    active: 0,
    objectBytes: GIB,
    writesPerObject: 1,
    readGibMonth: 0,
    readOutsideGibMonth: 0,
    internetGibMonth: 0,
    cdnGibMonth: 0,
    cdnHits: 0.95,
    cdnObjectBytes: GIB,
    ...more,
  };
}

import { constraintProblems } from "../../sandbox/providers/gcp/facts/constraints.ts";
import type { Properties } from "../../sandbox/providers/values.ts";
import { recordPulumi as record, type Recorder, type RecordOptions } from "../../testing/components.ts";

export {
  valueOf,
  type RecordedResource,
  type Recorder,
  type RecordOptions,
} from "../../testing/components.ts";

/**
 * Starts a program's record, which fails once it has settled if the stock Google provider's schema would refuse what the program
 * registered: whatever arguments a test passes to a component, no provider is asked for what it does not take.
 */
export async function recordPulumi(options: RecordOptions = {}): Promise<Recorder> {
  const recorder = await record(options);
  return {
    ...recorder,
    settled: async () => {
      await recorder.settled();
      const refused = recorder.resources.flatMap(({ type, name, inputs }) =>
        constraintProblems(type, inputs as Properties).map((problem) => `${type} ${name}: ${problem}`),
      );
      if (refused.length > 0) {
        throw new Error(`the Google provider would refuse:\n  ${refused.join("\n  ")}`);
      }
    },
  };
}

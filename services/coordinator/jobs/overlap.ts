import type { JobError, JobRequest } from "../../protocol/index.ts";
import { Problem } from "../problem.ts";
import type { Broker, BrokerSettings } from "../ports.ts";
import { placeOf } from "../stores/media-stores.ts";
import { isAttemptFolder } from "../attempt-place.ts";
import { addressOf } from "../stores/address.ts";

/**
 * Outputs that would lie around an input, or among what the broker keeps. Nothing of that is ever overwritten or removed
 * by an attempt, which has a folder of its own. It is refused because a person who clears such a prefix, or gives it a
 * lifecycle rule, loses the input with the outputs.
 */

const overlaps = (message: string): JobError => ({ code: "output-prefix-overlaps", message });

const instead = "choose an output prefix that holds nothing else, such as gs://BUCKET/outputs/JOB/";

/** What is wrong with the output prefix by itself and beside the job's own input. */
export function overlapRefusal(
  { input, outputPrefix }: JobRequest,
  settings: Pick<BrokerSettings, "bucket" | "jobsPrefix">,
): JobError | undefined {
  const { root, object } = addressOf(outputPrefix);
  if (root === `gs://${settings.bucket}/` && settings.jobsPrefix.startsWith(object))
    return overlaps(
      `Output prefix ${outputPrefix} contains ${settings.jobsPrefix}, where the coordinator keeps its job records; ${instead}.`,
    );
  if (object.split("/").some(isAttemptFolder))
    return overlaps(
      `Output prefix ${outputPrefix} is in the folder of an attempt of a job, whose name ends with 24 hexadecimal digits; ${instead}.`,
    );
  if (input.startsWith(outputPrefix))
    return overlaps(`Output prefix ${outputPrefix} contains the job's own input ${input}; ${instead}.`);
  return undefined;
}

/** Rounds of looking after inputs that are gone; what is found after so many is left alone. */
const mostRounds = 5;

/**
 * Whether a new job may have its output prefix, which is then known to hold no other job's input. Its own input is noted
 * first, so that of two jobs that overlap and come at once one is refused.
 */
export async function overlapOf(broker: Broker, request: JobRequest): Promise<JobError | undefined> {
  const refused = overlapRefusal(request, broker.settings);
  if (refused !== undefined) return refused;
  await broker.inputs.note(request.input);
  for (let round = 0; round < mostRounds; round += 1) {
    const inputs = await broker.inputs.below(request.outputPrefix);
    // What an attempt has written may be an input: it is in that attempt's folder, and safe there.
    const outside = inputs.filter((one) => !one.split("/").some(isAttemptFolder));
    for (const one of outside)
      if (await isThere(broker, one))
        return overlaps(
          `Output prefix ${request.outputPrefix} contains an object that another job reads; ${instead}.`,
        );
    if (outside.length === 0) return undefined;
    for (const gone of outside) await broker.inputs.forget(gone);
  }
  return undefined;
}

async function isThere(broker: Broker, input: string): Promise<boolean> {
  try {
    const { objects, object } = placeOf(broker, input);
    return await objects.exists(object);
  } catch (error) {
    // In a bucket that is served no more, and that no job can write to.
    if (error instanceof Problem) return false;
    throw error;
  }
}

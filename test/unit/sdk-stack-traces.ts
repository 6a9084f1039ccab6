/**
 * Pulumi's SDK takes a stack trace for each property of each resource, so that it could say where a promise that never settles came from.
 * Vitest maps each frame of each trace to its source, which took two thirds of the time of a test that declares a platform. These traces
 * are left out; those of errors stay.
 */
const takers: ReadonlySet<string | null> = new Set(["debuggablePromise", "callsites"]);

const { prepareStackTrace: prepare } = Error as {
  prepareStackTrace?: (error: Error, frames: NodeJS.CallSite[]) => unknown;
};
// Where files share a worker, this runs again before each of them.
if (prepare !== undefined && prepare.name !== "prepareUnlessOfSdk") {
  const prepareUnlessOfSdk: typeof prepare = (error, frames) => {
    const [taker] = frames;
    const isOfSdk =
      takers.has(taker?.getFunctionName() ?? null) && taker?.getFileName()?.includes("/@pulumi/pulumi/");
    return isOfSdk === true ? String(error) : prepare(error, frames);
  };
  Error.prepareStackTrace = prepareUnlessOfSdk;
}

// Vitest has 100 frames taken of each, which takes as long again. A failed assertion is within the first few.
Error.stackTraceLimit = 20;

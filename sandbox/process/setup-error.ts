/** A problem with the user's machine or setup. Its message is complete and meant to be printed as it is, without a stack trace. */
export class SetupError extends Error {
  override readonly name = "SetupError";
}

/** Whether to print an error's message only. */
export function isSetupError(error: unknown): error is SetupError {
  return error instanceof Error && error.name === "SetupError";
}

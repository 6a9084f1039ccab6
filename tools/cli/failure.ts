import { isSetupError } from "../../sandbox/process/setup-error.ts";
import { systemErrorMeaning } from "./system-error.ts";
import { UsageError } from "./usage-error.ts";

/** What a user is told of an error: of a mistake its problems, of anything else one text. */
export type Failure = { readonly problems: readonly string[] } | { readonly message: string };

/**
 * Puts an error into words. What the user or the computer has to change is told without a stack trace; anything else is a defect of
 * ours, and its stack helps to find it.
 */
export function describeFailure(error: unknown): Failure {
  if (error instanceof UsageError) return { problems: error.problems };
  if (isSetupError(error) || isPulumiError(error)) return { message: error.message };
  const meaning = systemErrorMeaning(error);
  if (meaning !== undefined && error instanceof Error) {
    const path = "path" in error && typeof error.path === "string" ? `${error.path}: ` : "";
    return { message: `${path}${meaning}.` };
  }
  return { message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

/** Errors by which the stacks' program and the components refuse what a user wrote. Found by name, since Pulumi takes long to load. */
export function isPulumiError(error: unknown): error is Error {
  return (
    error instanceof Error &&
    ["RunError", "ResourceError", "InvalidArguments"].some(
      (name) => error.name === name || error.constructor.name === name,
    )
  );
}

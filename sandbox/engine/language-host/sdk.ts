import { createRequire } from "node:module";
import { join } from "node:path";

/**
 * Finds one of the SDK's entry points as the program itself would resolve it, so that a program runs with its own SDK.
 *
 * @throws Error with a message for the user when the program's packages are not installed
 */
export function locateSdk(
  entryPoint: "run" | "run-policy-pack" | "run-plugin",
  programDirectory: string,
): string {
  try {
    return createRequire(join(programDirectory, "index.js")).resolve(`@pulumi/pulumi/cmd/${entryPoint}`);
  } catch {
    throw new Error(
      `The Pulumi SDK is not installed for the program in ${programDirectory}. Run "npm install" there (it needs the package @pulumi/pulumi).`,
    );
  }
}

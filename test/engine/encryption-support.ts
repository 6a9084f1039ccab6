import { projectId } from "../unit/providers/local-cloud.ts";
import { openProgram, output } from "./program.ts";

/** The fixture `encryption` in a cloud of its own; `settings` vary its program. */
export async function openEncryptionStack() {
  const program = await openProgram("encryption");
  const told = async (run: Promise<Parameters<typeof output>[0] & { readonly exitCode: number }>) => {
    const result = await run;
    return { exitCode: result.exitCode, output: output(result) };
  };
  return {
    ...program,
    up: (settings?: object) => told(program.up(settings, ["--continue-on-error"])),
    destroy: () => told(program.run(["destroy", "--skip-preview"])),
  };
}

/** The key's full name in Cloud KMS. */
export const keyNamed = (name: string): string =>
  `projects/${projectId}/locations/nam4/keyRings/media/cryptoKeys/${name}`;

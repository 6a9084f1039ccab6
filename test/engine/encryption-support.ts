import type { Stack } from "../../sandbox/engine/index.ts";
import { projectId, startTestCloud, type TestCloud } from "../unit/providers/local-cloud.ts";
import { fixture, openTestEngine, previewDigest } from "./support.ts";

/** The fixture `encryption` in a cloud of its own; `settings` vary its program. */
export async function openEncryptionStack() {
  const engine = await openTestEngine();
  const cloud: TestCloud = await startTestCloud();
  const stack: Stack = await engine.stack({ projectDirectory: fixture("encryption"), name: "dev" });
  await stack.run(["config", "set", "gcp:project", projectId]);
  const environment = (settings: object) => ({
    MPEGFLOW_SANDBOX_CLOUD: cloud.addressFile,
    ENCRYPTION: JSON.stringify(settings),
  });
  const run = async (arguments_: string[], settings: object = {}) => {
    const { exitCode, stdout, stderr } = await stack.run(arguments_, { env: environment(settings) });
    return { exitCode, output: stdout + stderr };
  };
  return {
    stack,
    cloud,
    up: (settings?: object) => run(["up", "--skip-preview", "--continue-on-error"], settings),
    destroy: () => run(["destroy", "--skip-preview"]),
    preview: (settings: object) => previewDigest(stack, [], environment(settings)),
    close: async () => {
      await cloud.close();
      engine.dispose();
    },
  };
}

/** The key's full name in Cloud KMS. */
export const keyNamed = (name: string): string =>
  `projects/${projectId}/locations/nam4/keyRings/media/cryptoKeys/${name}`;

import { afterAll, beforeAll, expect, test } from "vitest";
import { keyNamed, openEncryptionStack } from "../engine/encryption-support.ts";
import { stackOutputs } from "../engine/support.ts";

let program: Awaited<ReturnType<typeof openEncryptionStack>>;
beforeAll(async () => {
  program = await openEncryptionStack();
  const first = await program.up();
  expect(first.exitCode, first.output).toBe(0);
  const gone = await program.destroy();
  expect(gone.exitCode, gone.output).toBe(0);
});
afterAll(() => program.close());

// One stack's second life, in order: components/encryption/README.md, "Nothing of it can be deleted".
test("a destroyed stack cannot be made again under the same names", async () => {
  const { exitCode, output } = await program.up();
  expect(exitCode).not.toBe(0);
  expect(output).toContain("keyRings/media already exists");
});

test("it can with the key ring that is there and another key", async () => {
  const { exitCode, output } = await program.up({ existingKeyRing: true, keyName: "media-2" });
  expect(exitCode, output).toBe(0);
  expect(await stackOutputs(program.stack)).toMatchObject({ key: keyNamed("media-2") });
});

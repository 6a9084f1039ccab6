import { readFileSync } from "node:fs";
import { z } from "zod";

/** What the daemon writes to `daemon.json`, readable by its owner only: where it listens and how to be let in. */
export const cloudAddressSchema = z.strictObject({
  pid: z.number().int(),
  /** Control API. */
  url: z.url(),
  /** Bearer token of the control API. */
  token: z.string(),
  projectId: z.string(),
  projectNumber: z.string(),
  /** Whether its clusters have a real API server. */
  kubernetes: z.boolean().default(false),
  storage: z.strictObject({ url: z.url() }),
  /** `127.0.0.1:PORT`, as in `PUBSUB_EMULATOR_HOST`. */
  pubsub: z.strictObject({ host: z.string() }),
  secretManager: z.strictObject({ url: z.url() }),
  iamCredentials: z.strictObject({ url: z.url() }),
  /** Bearer token of `user:deployer@example.com`, who owns the project, for Google's own APIs. */
  deployerToken: z.string(),
});
export type CloudAddress = z.infer<typeof cloudAddressSchema>;

/** The address in `file`, or undefined when no daemon has written one. */
export function readCloudAddress(file: string): CloudAddress | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  return cloudAddressSchema.parse(JSON.parse(text));
}

import { join } from "node:path";
import { z } from "zod";
import { openDocuments } from "../state/documents.ts";

const versionSchema = z.strictObject({
  state: z.enum(["ENABLED", "DISABLED", "DESTROYED"]),
  createTime: z.string(),
  /** Base64; absent once destroyed. */
  data: z.string().optional(),
});

const secretSchema = z.strictObject({
  createTime: z.string(),
  labels: z.record(z.string(), z.string()).default({}),
  annotations: z.record(z.string(), z.string()).default({}),
  replication: z.unknown(),
  versions: z.array(versionSchema).default([]),
});
export type Secret = z.infer<typeof secretSchema>;
export type SecretVersion = z.infer<typeof versionSchema>;

export const secretsFault = {
  notFound: { status: 404, reason: "NOT_FOUND" },
  alreadyExists: { status: 409, reason: "ALREADY_EXISTS" },
  failedPrecondition: { status: 400, reason: "FAILED_PRECONDITION" },
} as const;

export class SecretsError extends Error {
  readonly fault: (typeof secretsFault)[keyof typeof secretsFault];
  constructor(fault: (typeof secretsFault)[keyof typeof secretsFault], message: string) {
    super(message);
    this.fault = fault;
  }
}

/** Secrets and their versions of one project, kept below `directory` in a file only its owner reads. */
export function openSecrets(directory: string, clock: () => Date) {
  const secrets = openDocuments(join(directory, "secrets.json"), (value) => secretSchema.parse(value));

  const secret = (id: string): Secret => {
    const found = secrets.get(id);
    if (found === undefined) throw new SecretsError(secretsFault.notFound, `Secret [${id}] not found.`);
    return found;
  };
  /** @param version a number or `latest`: the newest version, in any state */
  const numbered = (id: string, version: string): { number: number; version: SecretVersion } => {
    const { versions } = secret(id);
    const number = version === "latest" ? versions.length : Number(version);
    const found = versions[number - 1];
    if (found === undefined) {
      throw new SecretsError(secretsFault.notFound, `Secret Version [${id}/versions/${version}] not found.`);
    }
    return { number, version: found };
  };

  return {
    get: secret,
    version: numbered,
    create: (id: string, settings: Pick<Secret, "labels" | "annotations" | "replication">): Secret => {
      if (secrets.get(id) !== undefined) {
        throw new SecretsError(secretsFault.alreadyExists, `Secret [${id}] already exists.`);
      }
      const created = { ...settings, createTime: clock().toISOString(), versions: [] };
      secrets.put(id, created);
      return created;
    },
    update: (id: string, change: Partial<Pick<Secret, "labels" | "annotations" | "replication">>): Secret => {
      const updated = { ...secret(id), ...change };
      secrets.put(id, updated);
      return updated;
    },
    delete: (id: string): void => {
      secret(id);
      secrets.delete(id);
    },
    /** @returns the new version's number, from 1 */
    addVersion: (id: string, data: string): number => {
      const current = secret(id);
      const version: SecretVersion = { state: "ENABLED", createTime: clock().toISOString(), data };
      secrets.put(id, { ...current, versions: [...current.versions, version] });
      return current.versions.length + 1;
    },
    setState: (id: string, version: string, state: SecretVersion["state"]): SecretVersion => {
      const { number, version: old } = numbered(id, version);
      if (old.state === "DESTROYED") {
        throw new SecretsError(
          secretsFault.failedPrecondition,
          `Secret Version [${id}/versions/${number}] is destroyed.`,
        );
      }
      const changed: SecretVersion =
        state === "DESTROYED" ? { state, createTime: old.createTime } : { ...old, state };
      const current = secret(id);
      secrets.put(id, { ...current, versions: current.versions.with(number - 1, changed) });
      return changed;
    },
    access: (id: string, version: string): { number: number; data: string } => {
      const found = numbered(id, version);
      if (found.version.state !== "ENABLED" || found.version.data === undefined) {
        throw new SecretsError(
          secretsFault.failedPrecondition,
          `Secret Version [${id}/versions/${found.number}] is in ${found.version.state} state.`,
        );
      }
      return { number: found.number, data: found.version.data };
    },
  };
}
export type Secrets = ReturnType<typeof openSecrets>;

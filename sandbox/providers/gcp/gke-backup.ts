import { boolean, integer, object, string } from "../fields.ts";
import type { ResourceModel } from "../model.ts";
import { named } from "../naming.ts";
import { defined, textOf } from "../values.ts";
import { cloudOf, project, projectOf, projectProblems, withDeletionPolicy } from "./common.ts";
import { computeName, nameOf } from "./compute-names.ts";
import { labelled } from "./labelled.ts";

/** https://www.pulumi.com/registry/packages/gcp/api-docs/gkebackup/backupplan/ */
export const backupPlan: ResourceModel = withDeletionPolicy(
  labelled({
    type: "gcp:gkebackup/backupPlan:BackupPlan",
    fields: {
      name: computeName,
      project,
      location: string(),
      cluster: string({
        pattern: /^projects\/[^/]+\/(locations|zones)\/[^/]+\/clusters\/[^/]+$/,
        rule: "a cluster's id: projects/P/locations/L/clusters/C",
      }),
      description: string(),
      deactivated: boolean(),
      backupConfig: object({
        allNamespaces: boolean(),
        includeSecrets: boolean(),
        includeVolumeData: boolean(),
        encryptionKey: object({ gcpKmsEncryptionKey: string() }),
      }),
      backupSchedule: object({ cronSchedule: string(), paused: boolean() }),
      retentionPolicy: object({
        backupDeleteLockDays: integer({ min: 0, max: 90 }),
        backupRetainDays: integer({ min: 0, max: 365 }),
        locked: boolean(),
      }),
    },
    outputs: ["uid", "state"],
    ...named("name", 63),
    problems: projectProblems,
    predict: (inputs, config) => defined({ project: projectOf(inputs, config) }),
    distinct: true,
    idOf: (inputs, context) =>
      `projects/${cloudOf(inputs, context).project}/locations/${textOf(inputs["location"]) ?? ""}/backupPlans/${nameOf(inputs)}`,
    report: (inputs, id, context) => ({
      project: cloudOf(inputs, context).project,
      uid: id,
      state: "READY",
      deactivated: inputs["deactivated"] ?? false,
    }),
  }),
);

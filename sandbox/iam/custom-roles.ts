import { join } from "node:path";
import { z } from "zod";
import { openDocuments } from "../state/documents.ts";

/** https://docs.cloud.google.com/iam/docs/reference/rest/v1/projects.roles */
const customRoleSchema = z.strictObject({
  /** 3 to 64 characters after the last slash, `-` not among them. */
  name: z.string().regex(/^projects\/[^/]+\/roles\/[a-zA-Z0-9_.]{3,64}$/),
  title: z.string().min(1),
  description: z.string().optional(),
  stage: z.enum(["ALPHA", "BETA", "GA", "DEPRECATED", "DISABLED", "EAP"]).default("GA"),
  includedPermissions: z
    .array(
      z.string().regex(/^[a-zA-Z][\w-]*(?:\.[\w-]+){2,}$/, {
        error: (issue) =>
          `${JSON.stringify(issue.input)} is no permission: custom roles list service.resource.verb, without wildcards`,
      }),
    )
    .min(1),
  /** When it was deleted, softly. */
  deleteTime: z.string().optional(),
});
export type CustomRole = Omit<z.infer<typeof customRoleSchema>, "deleteTime"> & { deleted: boolean };

export class RoleRefusal extends Error {}

const dayMs = 24 * 3600 * 1000;
/** Days in which a deleted role can be undeleted; https://docs.cloud.google.com/iam/docs/creating-custom-roles#deleting-custom-role */
const undeleteDays = 7;
/** Days after deletion until its id can be used again. Same page. */
const reuseDays = 37;

export interface CustomRoles {
  /** A deleted role is still found, as such, until its id is free again. */
  get(name: string): CustomRole | undefined;
  /**
   * Creates, updates, or undeletes and updates.
   *
   * @throws RoleRefusal while the id belongs to a role that was deleted too long ago to come back
   */
  put(name: string, value: unknown): CustomRole;
  /** Deletes softly. False when there is none. */
  delete(name: string): boolean;
  /** What a binding of that role gives now: nothing when the role is deleted or DISABLED. */
  permissionsOf(name: string): readonly string[];
}

/** Custom roles of a project, kept below `directory`. */
export function openCustomRoles(directory: string, clock: () => Date): CustomRoles {
  const roles = openDocuments(join(directory, "custom-roles.json"), (value) => customRoleSchema.parse(value));
  const daysDeleted = (deleteTime: string): number => (clock().getTime() - Date.parse(deleteTime)) / dayMs;
  const find = (name: string): z.infer<typeof customRoleSchema> | undefined => {
    const role = roles.get(name);
    return role?.deleteTime !== undefined && daysDeleted(role.deleteTime) >= reuseDays ? undefined : role;
  };
  const shown = ({ deleteTime, ...role }: z.infer<typeof customRoleSchema>): CustomRole => ({
    ...role,
    deleted: deleteTime !== undefined,
  });
  return {
    get: (name) => {
      const role = find(name);
      return role && shown(role);
    },
    put: (name, value) => {
      const { deleteTime } = find(name) ?? {};
      if (deleteTime !== undefined && daysDeleted(deleteTime) >= undeleteDays) {
        throw new RoleRefusal(
          `the role ${name} was deleted more than ${undeleteDays} days ago: it can neither be undeleted nor its id be used ` +
            `again until ${reuseDays} days after the deletion; use another id`,
        );
      }
      const role = customRoleSchema.omit({ deleteTime: true }).parse(value);
      if (role.name !== name) throw new RoleRefusal(`the role ${role.name} was sent to ${name}`);
      roles.put(name, role);
      return shown(role);
    },
    delete: (name) => {
      const role = find(name);
      if (role === undefined) return false;
      roles.put(name, { ...role, deleteTime: role.deleteTime ?? clock().toISOString() });
      return true;
    },
    permissionsOf: (name) => {
      const role = find(name);
      return role === undefined || role.deleteTime !== undefined || role.stage === "DISABLED"
        ? []
        : role.includedPermissions;
    },
  };
}

import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { openDocuments, type Documents } from "../state/documents.ts";
import { openCustomRoles, RoleRefusal, type CustomRoles } from "./custom-roles.ts";
import { policyOf } from "./policies.ts";
import { permissionCovers, rolePermissions } from "./roles.ts";
import type { Authorizer } from "./types.ts";
import { bindingSchema, isCustomRole, type Binding } from "./binding.ts";

export const serviceAccountSchema = z.strictObject({
  email: z.string().min(1),
  displayName: z.string().optional(),
  description: z.string().optional(),
  uniqueId: z.string().optional(),
  disabled: z.boolean().default(false),
});
export type ServiceAccount = z.infer<typeof serviceAccountSchema> & { uniqueId: string };

export interface Iam extends Authorizer {
  bindings: Documents<Binding>;
  customRoles: CustomRoles;
  /** @throws for a binding that IAM would not take */
  parseBinding: (value: unknown) => Binding;
  serviceAccounts: Documents<ServiceAccount>;
}

/** Opens the IAM state below `directory`: bindings, custom roles and service accounts, kept over restarts. */
export function openIam(directory: string, projectId: string, clock = (): Date => new Date()): Iam {
  const bindings = openDocuments(join(directory, "bindings.json"), (value) => bindingSchema.parse(value));
  const serviceAccounts = openDocuments(join(directory, "service-accounts.json"), parseServiceAccount);
  const customRoles = openCustomRoles(directory, clock);
  // A binding outlives its role, and gives nothing from then on.
  const permissionsOf = (role: string): readonly string[] =>
    rolePermissions[role] ?? customRoles.permissionsOf(role);
  const project = `//cloudresourcemanager.googleapis.com/projects/${projectId}`;
  return {
    bindings,
    customRoles,
    serviceAccounts,
    parseBinding: (value) => {
      const binding = bindingSchema.parse(value);
      // Google takes neither a role that never was nor one that is deleted; the wording is ours.
      if (isCustomRole(binding.role) && customRoles.get(binding.role)?.deleted !== false) {
        throw new RoleRefusal(`the role ${binding.role} does not exist, so it cannot be granted`);
      }
      return binding;
    },
    allows: (principal, permission, resource) =>
      bindings
        .entries()
        .some(
          ([, binding]) =>
            (binding.resource === resource || binding.resource === project) &&
            (binding.member === principal || binding.member === "allUsers") &&
            permissionsOf(binding.role).some((granted) => permissionCovers(granted, permission)),
        ),
    policy: (resource) =>
      policyOf(
        resource,
        bindings.entries().map(([, binding]) => binding),
      ),
    serviceAccountExists: (email) => serviceAccounts.get(email)?.disabled === false,
  };
}

export function parseServiceAccount(value: unknown): ServiceAccount {
  const account = serviceAccountSchema.parse(value);
  return { ...account, uniqueId: account.uniqueId ?? uniqueId(account.email) };
}

/** 21 decimal digits, as Google's unique ids have, and the same for the same address. */
function uniqueId(email: string): string {
  const digits = BigInt(`0x${createHash("sha256").update(email).digest("hex")}`).toString();
  return `1${digits.slice(0, 20)}`;
}

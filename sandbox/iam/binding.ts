import { z } from "zod";
import { rolePermissions } from "./roles.ts";

export const bindingSchema = z.strictObject({
  /** Full resource name, e.g. `//storage.googleapis.com/projects/_/buckets/media`. */
  resource: z.string().startsWith("//"),
  role: z.string().refine((role) => role in rolePermissions || isCustomRole(role), {
    error: (issue) =>
      `the sandbox does not know the role ${JSON.stringify(issue.input)}; it knows ${Object.keys(rolePermissions).join(", ")}, and custom roles of the project`,
  }),
  member: z.string().min(1),
});
export type Binding = z.infer<typeof bindingSchema>;
export const isCustomRole = (role: string): boolean => /^projects\/[^/]+\/roles\/[\w.]+$/.test(role);

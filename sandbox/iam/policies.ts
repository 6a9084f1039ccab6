import { createHash } from "node:crypto";
import type { Binding } from "./binding.ts";
import type { Policy } from "./types.ts";

/** The bindings on a resource itself, one entry for each role, roles and members in the order of their names. */
export function policyOf(resource: string, all: readonly Binding[]): Policy {
  const members = new Map<string, Set<string>>();
  for (const { role, member, resource: on } of all) {
    if (on === resource) members.set(role, (members.get(role) ?? new Set()).add(member));
  }
  const bindings = [...members]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([role, granted]) => ({ role, members: [...granted].sort() }));
  return { version: 1, etag: etagOf(bindings), bindings };
}

/** Changes with the policy, as Google's own do. */
const etagOf = (bindings: Policy["bindings"]): string =>
  createHash("sha256").update(JSON.stringify(bindings)).digest("base64").slice(0, 12);

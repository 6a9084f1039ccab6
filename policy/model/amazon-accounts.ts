import type { StackGraph } from "./graph.ts";
import { read, text, UNKNOWN, type Known } from "./known.ts";
import type { StackResource } from "./stack-resource.ts";

/** Provider settings that determine the identity and account; two providers of one account differ by region. */
const CREDENTIALS = [
  "accessKey",
  "allowedAccountIds",
  "assumeRole",
  "assumeRoles",
  "assumeRoleWithWebIdentity",
  "profile",
  "roleArn",
];

/** Whether two resources are in the same AWS account; undefined if not known. */
export function sameAmazonAccount(
  one: StackResource,
  other: StackResource,
  stack: StackGraph,
): boolean | undefined {
  const credentials = credentialsOf(one, stack);
  if (credentials !== UNKNOWN && credentials === credentialsOf(other, stack)) return true;
  const [first, second] = [accountIdOf(one, stack), accountIdOf(other, stack)];
  return first === undefined || second === undefined ? undefined : first === second;
}

/** The account of a resource, named by itself or by its provider's role or configuration. */
function accountIdOf(resource: StackResource, stack: StackGraph): string | undefined {
  const own = read(() => text(resource.props, "accountId"));
  if (typeof own === "string") return own;
  const credentials = credentialsOf(resource, stack);
  if (typeof credentials !== "string") return undefined;
  // The last role of a chain is the one that it works as.
  return [...credentials.matchAll(/arn:aws[\w-]*:iam::(\d{12}):|"(\d{12})\\?"/g)]
    .map(([, ofRole, bound]) => ofRole ?? bound)
    .at(-1);
}

function credentialsOf({ provider }: StackResource, stack: StackGraph): Known<string> {
  const props = (provider && stack.byUrn(provider.urn))?.props ?? {};
  return read(() => JSON.stringify(CREDENTIALS.map((key) => props[key] ?? null)));
}

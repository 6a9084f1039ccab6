import { grantsOf } from "../model/iam.ts";
import { BUCKET, DATASET, type Kind } from "../model/kinds.ts";
import { blocks, text, textsAt, type Properties } from "../model/known.ts";

const LISTING =
  /^(gcp|google|google-beta|google-native):.*(AccessControl|A(CL|cl)|BucketObject|DatasetAccess)$/;

/** Access that is granted outside of IAM: access control lists, and access entries of BigQuery datasets. */
export const ACCESS: Kind = {
  has: (type) => BUCKET.has(type) || DATASET.has(type) || LISTING.test(type),
};

/** A member with access. */
interface Entry {
  readonly role: string;
  readonly whom: string;
}

/**
 * Predefined access control lists. Source:
 * https://docs.cloud.google.com/storage/docs/access-control/lists#predefined-acl
 */
const PUBLIC_LISTS: Readonly<Record<string, string>> = {
  authenticatedRead: "allAuthenticatedUsers",
  publicRead: "allUsers",
  publicReadWrite: "allUsers",
};

/** Properties that name a predefined list. */
const LISTS = ["predefinedAcl", "defaultAcl", "predefinedDefaultObjectAcl"];

/** Properties with explicit entries. */
const ENTRIES = ["accesses", "access", "acl", "defaultObjectAcl"];

/** All members that a resource gives access to, as far as they are known. */
export function entriesOf(resource: { props: Properties }): Entry[] {
  const { props } = resource;
  const granted = grantsOf(resource).flatMap(({ role = "a role", members }) =>
    members.map((whom) => ({ role, whom })),
  );
  const listed = LISTS.flatMap((key) => textsAt(props, key).known).flatMap((list) => {
    const whom = PUBLIC_LISTS[list];
    return whom === undefined ? [] : [{ role: `the list ${list}`, whom }];
  });
  const written = textsAt(props, "roleEntities").known.map((entry) => {
    const [role = "", whom = ""] = entry.split(/:(.*)/s);
    return { role, whom };
  });
  return [
    ...granted,
    ...listed,
    ...written,
    ...[props, ...ENTRIES.flatMap((key) => blocks(props, key))].flatMap(entryOf),
  ];
}

/** An entry of an access control list, or of a data set's access. */
function entryOf(props: Properties): Entry[] {
  const whom = ["entity", "specialGroup", "iamMember"].flatMap((key) => textsAt(props, key).known);
  return whom.map((one) => ({ role: text(props, "role") ?? "a role", whom: one }));
}

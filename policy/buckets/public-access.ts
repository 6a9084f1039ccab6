import { grantsOf } from "../model/iam.ts";
import { BUCKET, DATASET, type Kind } from "../model/kinds.ts";
import { blocks, text, textsAt, type Properties } from "../model/known.ts";

const LISTING =
  /^(gcp|google|google-beta|google-native):.*(AccessControl|A(CL|cl)|BucketObject|DatasetAccess)$/;

/** What says who may read or write beside IAM's grants: access control lists, and who sees a data set of BigQuery. */
export const ACCESS: Kind = {
  has: (type) => BUCKET.has(type) || DATASET.has(type) || LISTING.test(type),
};

/** Somebody who is given something. */
interface Entry {
  readonly role: string;
  readonly whom: string;
}

/** Lists that Google writes by their names. Source: https://docs.cloud.google.com/storage/docs/access-control/lists#predefined-acl */
const PUBLIC_LISTS: Readonly<Record<string, string>> = {
  authenticatedRead: "allAuthenticatedUsers",
  publicRead: "allUsers",
  publicReadWrite: "allUsers",
};

/** Properties that name such a list. */
const LISTS = ["predefinedAcl", "defaultAcl", "predefinedDefaultObjectAcl"];

/** Properties that hold entries of their own. */
const ENTRIES = ["accesses", "access", "acl", "defaultObjectAcl"];

/** Everybody that a resource gives something to, however it says so, as far as it is known. */
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

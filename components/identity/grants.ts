import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { shown, type Problem } from "../validation/index.ts";

/** Distinguishes the grants of one grantee from those of the others in a list. */
export interface GranteeIdentity {
  /** A name that the program gives. */
  readonly given?: string | undefined;
  /** The whole text, and its most readable part; undefined for outputs, whose value the program does not know. */
  readonly content?: { readonly text: string; readonly short: string } | undefined;
}

/** A grant's logical name, and the options that go with it. */
export interface GrantName {
  readonly name: string;
  readonly opts: pulumi.CustomResourceOptions;
}

/** Someone who is granted a role. */
export interface Grantee<T> {
  readonly value: T;
  /** Name of a grant to it, with the prefix of all grants of this kind. */
  readonly named: (prefix: string) => GrantName;
}

const DIGEST_LENGTH = 8;
const SHORT_LENGTH = 30;
/** Begins with a letter: digits alone would be a place in the list. */
const GIVEN_NAME = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** The members that the program has named. */
const namedMembers = new WeakMap<object, string>();

/**
 * Names an IAM member whose text is an output, for lists such as `coordinatorPrincipals`. Grants are called by the text of their member, so
 * that members can be taken out and moved. An output has no text while the program runs, and its grants are called by its place in the
 * list; with a name, by that.
 *
 * @param name 1 to 63 characters of a-z, 0-9 and -, starting with a letter, not ending with -; each once in a list. A grant whose name changes is
 *   made anew.
 * @example namedMember("ingest", pulumi.interpolate`serviceAccount:${ingest.email}`)
 */
export function namedMember(name: string, member: pulumi.Output<string>): pulumi.Output<string> {
  const named = member.apply((text) => text);
  namedMembers.set(named, name);
  return named;
}

/** The members of a list, in its order. */
export function grantedMembers(members: readonly pulumi.Input<string>[]): Grantee<pulumi.Input<string>>[] {
  return grantees(members, memberIdentity);
}

/** Problems of the names of members. */
export function memberNameProblems(path: string, members: readonly pulumi.Input<string>[]): Problem[] {
  return givenNameProblems(
    path,
    members.map((member) => memberIdentity(member).given),
  );
}

/** Warns if grants to members are named by list position. */
export function memberWarnings(path: string, members: readonly pulumi.Input<string>[]): string[] {
  return positionWarnings(path, members.map(memberIdentity), "name it: namedMember(NAME, member).");
}

function memberIdentity(member: pulumi.Input<string>): GranteeIdentity {
  if (typeof member === "string") return { content: { text: member, short: shortMember(member) } };
  return { given: pulumi.Output.isInstance(member) ? namedMembers.get(member) : undefined };
}

/** `ingest` of `serviceAccount:ingest@p.iam.gserviceaccount.com`, `coordinator` of `principal://…/sa/coordinator`. */
const shortMember = (member: string): string => /([^:/@]+)(?:@[^:/]*)?$/.exec(member)?.[1] ?? "";

/**
 * Names each grantee's grants after the grantee, not after its position in the list, so that a grant survives changes
 * to other entries. A renamed grant would be created first and then deleted with the old name, which removes the
 * permission.
 *
 * - Earlier releases named grants by list position: an alias keeps those.
 * - A grantee listed twice has two grants of one permission. The second is retained on delete, because the permission
 *   belongs to the first.
 */
export function grantees<T>(values: readonly T[], identify: (value: T) => GranteeIdentity): Grantee<T>[] {
  const seen = new Map<string, number>();
  return values.map((value, place) => {
    const { given, content } = identify(value);
    const byContent = content && contentName(content);
    const own = given ?? byContent;
    if (own === undefined) return { value, named: (prefix) => ({ name: `${prefix}-${place}`, opts: {} }) };
    const before = seen.get(own) ?? 0;
    seen.set(own, before + 1);
    const suffix = before === 0 ? own : `${own}-again-${before}`;
    const formerly = [place, ...(given !== undefined && byContent !== undefined ? [byContent] : [])];
    return {
      value,
      named: (prefix) => ({
        name: `${prefix}-${suffix}`,
        opts: {
          aliases: formerly.map((former) => ({ name: `${prefix}-${former}` })),
          ...(before > 0 && { retainOnDelete: true }),
        },
      }),
    };
  });
}

/** Problems of given names, which must be unique in a list. */
export function givenNameProblems(path: string, names: readonly (string | undefined)[]): Problem[] {
  return names.flatMap((name, place) => {
    if (name === undefined || (GIVEN_NAME.test(name) && names.indexOf(name) === place)) return [];
    return [
      {
        path: `${path}[${place}]`,
        given: `the name ${shown(name)}`,
        allowed:
          "1 to 63 characters of a-z, 0-9 and -, starting with a letter, not ending with -, each name once",
        fix: "use a short name that stays, such as the account's",
      },
    ];
  });
}

/** Warns if grants are named by list position. */
export function positionWarnings(
  path: string,
  identities: readonly GranteeIdentity[],
  fix: string,
): string[] {
  const placed = identities.flatMap(({ given, content }, place) =>
    given === undefined && content === undefined ? [`${path}[${place}]`] : [],
  );
  if (identities.length < 2 || placed.length === 0) return [];
  return [
    `${placed.join(", ")}: an output, whose grants are called by its place in the list. Taking an earlier one out, or moving it, ` +
      `would take a permission away that is still needed. Write it as text, or ${fix}`,
  ];
}

function contentName({ text, short }: { readonly text: string; readonly short: string }): string {
  const digest = createHash("sha256").update(text).digest("hex").slice(0, DIGEST_LENGTH);
  const readable = short
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, SHORT_LENGTH)
    .replaceAll(/^-+|-+$/g, "");
  return readable === "" ? digest : `${readable}-${digest}`;
}

import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  grantedMembers,
  memberNameProblems,
  memberWarnings,
  namedMember,
} from "../../../components/identity/grants.ts";

const output = (text: string): pulumi.Output<string> => pulumi.output(text);
const namesOf = (...members: pulumi.Input<string>[]): string[] =>
  grantedMembers(members).map(({ named }) => named("reads").name);
const formerNamesOf = (...members: pulumi.Input<string>[]) =>
  grantedMembers(members).map(({ named }) => named("reads").opts.aliases ?? []);

describe("A grant to a member", () => {
  test("is called by the member's short name and a digest of all of it", () => {
    const pool = "projects/1/locations/global/workloadIdentityPools/my-project.svc.id.goog";
    expect(
      namesOf(
        "serviceAccount:ingest@my-project.iam.gserviceaccount.com",
        `principal://iam.googleapis.com/${pool}/subject/ns/mpegflow/sa/coordinator`,
        "group:Écran@example.com",
      ),
    ).toEqual([
      expect.stringMatching(/^reads-ingest-[0-9a-f]{8}$/),
      expect.stringMatching(/^reads-coordinator-[0-9a-f]{8}$/),
      expect.stringMatching(/^reads-cran-[0-9a-f]{8}$/),
    ]);
  });

  test("has a name that depends on no other member", () => {
    const member = fc.stringMatching(/^(?:user|group):[a-z0-9.-]{1,40}@[a-z]{1,10}\.com$/);
    fc.assert(
      fc.property(fc.uniqueArray(member, { minLength: 1, maxLength: 5 }), (members) => {
        const together = namesOf(...members);
        expect(new Set(together).size).toBe(members.length);
        expect(together).toEqual(members.flatMap((one) => namesOf(one)));
      }),
    );
  });

  test("is found under the name that its place gave it", () => {
    expect(
      formerNamesOf("user:zoe@example.com", output("user:anna@example.com"), "user:max@example.com"),
    ).toEqual([[{ name: "reads-0" }], [], [{ name: "reads-2" }]]);
  });

  test("is called by its place where the member is an output without a name", () => {
    const named = namedMember("anna", output("user:anna@example.com"));
    expect(namesOf(output("user:zoe@example.com"), named)).toEqual(["reads-0", "reads-anna"]);
    expect(formerNamesOf(named)).toEqual([[{ name: "reads-0" }]]);
  });

  test("that is made twice is taken away once", () => {
    const twice = grantedMembers(["user:zoe@example.com", "user:zoe@example.com"]).map(({ named }) =>
      named("reads"),
    );
    expect(twice.map(({ name }) => name)).toEqual([
      expect.stringMatching(/^reads-zoe-[0-9a-f]{8}$/),
      expect.stringMatching(/^reads-zoe-[0-9a-f]{8}-again-1$/),
    ]);
    expect(twice.map(({ opts }) => opts.retainOnDelete)).toEqual([undefined, true]);
  });
});

describe("Names of members", () => {
  test("are short, begin with a letter, and are there once", () => {
    const members = ["anna", "0", "anna", "a-"].map((name) =>
      namedMember(name, output("user:anna@example.com")),
    );
    expect(memberNameProblems("members", members).map(({ path, given }) => [path, given])).toEqual([
      ["members[1]", 'the name "0"'],
      ["members[2]", 'the name "anna"'],
      ["members[3]", 'the name "a-"'],
    ]);
  });

  test("are asked for where the order of several tells one from the others", () => {
    const nameless = output("user:anna@example.com");
    expect(memberWarnings("members", [nameless])).toEqual([]);
    expect(memberWarnings("members", ["user:zoe@example.com", namedMember("anna", nameless)])).toEqual([]);
    expect(memberWarnings("members", ["user:zoe@example.com", nameless])).toEqual([
      "members[1]: an output, whose grants are called by its place in the list. Taking an earlier one out, or moving it, " +
        "would take a permission away that is still needed. Write it as text, or name it: namedMember(NAME, member).",
    ]);
  });
});

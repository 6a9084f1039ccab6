import { describe, expect, test } from "vitest";
import { policies } from "../../../policy/policies.ts";
import { judge, UNKNOWN, type Violation } from "../../../testing/index.ts";
import { any, bucketGrant, deployment } from "./cases/case.ts";
import { cases } from "./cases/index.ts";

/** What is wrong, without names and numbers: the fault that a fix has to be for. */
function faultOf({ message }: Violation): string {
  const [first = ""] = message.split("\n");
  return first
    .replace(/^\S+ "[^"]*" /, "")
    .replaceAll(/"[^"]*"|\S*[^a-z\s,;:.'-]\S*/g, "…")
    .replaceAll(/(?:… ?(?:and |or )?)+/g, "… ");
}

const partOf = ({ message }: Violation, part: "Fix" | "Reason"): string =>
  new RegExp(`^ {2}- ${part}: (.*)$`, "m").exec(message)?.[1] ?? "";

const found = await Promise.all(
  cases.map(async ({ policy, resources, config, stack }) => {
    const own = policies.filter(({ name }) => name === policy);
    const { violations } = await judge(own, resources, {
      ...(stack !== undefined && { stack }),
      ...(config && { config: { [policy]: config } }),
    });
    return violations.filter((one) => one.policy === policy);
  }),
);
const byPolicy = Map.groupBy(found.flat(), ({ policy }) => policy);

/** Policies that find several faults for which one fix is right, and why. */
const ONE_FIX: Readonly<Record<string, string>> = {
  "two-region-writers-require-dual-region": "whoever writes, the bucket's placement is what has to change",
  "clusters-run-in-bucket-regions": "whichever buckets count, cluster and bucket have to meet",
  "worker-accounts-are-unbound": "the annotation goes, whatever it says",
  "hmac-keys-belong-to-signers": "whatever else the account does, a signer of its own is needed",
  "buckets-keep-deleted-objects": "off and too short are the same number",
  "customer-managed-keys-where-asked": "every kind of resource needs a key in its location",
  "supplied-keys-stay-private": "a CDN and a transfer need the same: another key or another bucket",
  "subscriptions-never-expire": "the default and a given time have the same cure",
  "subscriptions-have-dead-letters": "whatever makes the topic needed, it is added in one way",
  "s3-buckets-block-public-access": "none and an incomplete block need the same four settings",
  "everything-is-judged": "one message lists all, and says of each reason what to do",
};

describe.each([...byPolicy])("%s", (policy, violations) => {
  const fixes = new Set(violations.map((one) => partOf(one, "Fix")));
  const faults = new Set(violations.map(faultOf));

  test("says what to do about each fault that it finds", () => {
    expect([...fixes].filter((fix) => fix === "")).toEqual([]);
    if (faults.size > 1 && !(policy in ONE_FIX))
      expect(fixes.size, [...faults].join("\n")).toBeGreaterThan(1);
  });
});

test("names as policies with one fix only those that there are", () => {
  expect(policies.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(ONE_FIX)));
});

async function only(
  policy: string,
  ...resources: Parameters<typeof judge>[1]
): Promise<readonly Violation[]> {
  const { violations } = await judge(
    policies.filter(({ name }) => name === policy),
    resources,
    { stack: "prod" },
  );
  return violations;
}

test("a worker on the host's network is not sent to network policies, which do not apply there", async () => {
  const found = await only(
    "workers-cannot-reach-metadata",
    deployment("encoder", { spec: { hostNetwork: true } }),
  );
  expect(found.map((one) => partOf(one, "Fix"))).toEqual(["leave hostNetwork out of the workers' pods"]);
});

test("what is known only after the first update is left to it, and nothing else is asked for", async () => {
  const own = policies.filter(({ name }) => ["workers-hold-no-roles", "everything-is-judged"].includes(name));
  const later = bucketGrant("later", {
    bucket: "b",
    role: "roles/storage.objectUser",
    member: UNKNOWN.string,
  });
  const { violations } = await judge(own, [later], { stack: "prod" });
  expect(violations.map((one) => partOf(one, "Fix"))).toEqual([
    "nothing to do before the first update; read what `pulumi up` says of these policies then",
  ]);
});

test.each([
  ["allUsers", "allAuthenticatedUsers"],
  ["allAuthenticatedUsers", "allUsers"],
])("a grant to %s is explained by what that is, and not by %s", async (member, other) => {
  const invoker = any("gcp:cloudrunv2/serviceIamMember:ServiceIamMember")("invoker", {
    role: "roles/run.invoker",
    member,
  });
  const reader = bucketGrant("reader", { bucket: "b", role: "roles/storage.objectViewer", member });
  const [ofService, ofBucket] = [
    await only("grants-are-not-public", invoker),
    await only("grants-are-not-public", reader),
  ];
  for (const one of [...ofService, ...ofBucket]) {
    expect(partOf(one, "Reason")).toContain(member);
    expect(partOf(one, "Reason")).not.toContain(other);
  }
  expect(ofService.map((one) => partOf(one, "Fix"))).toEqual(["name the members that need the role"]);
  expect(ofBucket.map((one) => partOf(one, "Fix"))).toEqual([expect.stringContaining("viewers")]);
});

test.each(policies.map(({ name, description }) => [name, description] as const))(
  "%s describes itself in a sentence that fits a terminal",
  (_, description) => {
    const sentences = description.replace(/ Remediates\.$/, "").match(/\.(?: |$)/g) ?? [];
    expect(sentences).toHaveLength(1);
    expect(description.length).toBeLessThan(240);
  },
);

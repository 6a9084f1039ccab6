import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { getIamPolicy } from "../../../sandbox/providers/gcp/iam-policy.ts";
import type { Properties } from "../../../sandbox/providers/values.ts";

const neverAsked = () => {
  throw new Error("asked a cloud");
};
const answer = (args: Properties) => getIamPolicy.call(args, { cloud: neverAsked, config: {} }) as Properties;
const policyData = (args: Properties) => answer(args)["policyData"];

const viewer = "roles/storage.objectViewer";

/** What the stock provider's own tests expect: https://github.com/hashicorp/terraform-provider-google */
describe("a policy document", () => {
  test("sorts roles, merges members of one role, and sorts those", () => {
    const bindings = [
      { role: viewer, members: ["user:b@example.com"] },
      { role: "roles/owner", members: ["user:a@example.com"] },
      { role: viewer, members: ["user:a@example.com"] },
    ];
    expect(policyData({ bindings })).toBe(
      '{"bindings":[{"members":["user:a@example.com"],"role":"roles/owner"},' +
        `{"members":["user:a@example.com","user:b@example.com"],"role":"${viewer}"}]}`,
    );
  });

  test("keeps a role under a condition apart, after the one without", () => {
    const condition = { title: "t", expression: "request.time < x && true" };
    const bindings = [
      { role: viewer, members: ["allUsers"], condition },
      { role: viewer, members: ["group:a@example.com"] },
    ];
    expect(policyData({ bindings })).toBe(
      `{"bindings":[{"members":["group:a@example.com"],"role":"${viewer}"},` +
        '{"condition":{"expression":"request.time \\u003c x \\u0026\\u0026 true","title":"t"},' +
        `"members":["allUsers"],"role":"${viewer}"}]}`,
    );
  });

  test("has audit logs before bindings", () => {
    const auditConfigs = [{ service: "storage.googleapis.com", auditLogConfigs: [{ logType: "DATA_READ" }] }];
    expect(policyData({ auditConfigs })).toBe(
      '{"auditConfigs":[{"auditLogConfigs":[{"logType":"DATA_READ"}],"service":"storage.googleapis.com"}]}',
    );
  });

  test("of nothing is empty", () => {
    expect(policyData({})).toBe("{}");
  });

  test("is the same whatever the order of its bindings and members", () => {
    const binding = fc.record({
      role: fc.constantFrom(viewer, "roles/owner", "roles/viewer"),
      members: fc.uniqueArray(
        fc.emailAddress().map((address) => `user:${address}`),
        { minLength: 1 },
      ),
    });
    const twice = fc
      .array(binding)
      .chain((bindings) =>
        fc.tuple(
          fc.constant(bindings),
          fc.shuffledSubarray(bindings, { minLength: bindings.length, maxLength: bindings.length }),
        ),
      );
    fc.assert(
      fc.property(twice, ([one, other]) => {
        expect(policyData({ bindings: other })).toBe(policyData({ bindings: one }));
      }),
    );
  });
});

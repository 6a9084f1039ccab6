import { expect, test } from "vitest";
import { assumptionLines } from "../../../sandbox/preview/summary.ts";
import type { Assumption } from "../../../sandbox/providers/assumptions.ts";

const notes: Assumption[] = [
  { kind: "resource", what: "gcp:cloudrunv2/service:Service", which: "urn:b" },
  { kind: "resource", what: "aws:ec2/instance:Instance", which: "urn:a" },
  { kind: "resource", what: "gcp:cloudrunv2/service:Service", which: "urn:c" },
  { kind: "function", what: "gcp:compute/getZones:getZones", which: "" },
  { kind: "read", what: "gcp:storage/bucket:Bucket", which: "urn:d" },
];

test("each way of taking is one line, with every type once and how many there are", () => {
  const [resources, ...more] = assumptionLines(notes);
  expect(resources).toMatch(/: aws:ec2\/instance:Instance, gcp:cloudrunv2\/service:Service \(2\)$/);
  expect(more).toHaveLength(2);
  expect(assumptionLines([])).toEqual([]);
});

import { expect, test } from "vitest";
import { takenLines } from "../../../sandbox/preview/summary.ts";
import type { Note } from "../../../sandbox/providers/taken.ts";

const notes: Note[] = [
  { kind: "resource", what: "gcp:cloudrunv2/service:Service", which: "urn:b" },
  { kind: "resource", what: "aws:ec2/instance:Instance", which: "urn:a" },
  { kind: "resource", what: "gcp:cloudrunv2/service:Service", which: "urn:c" },
  { kind: "function", what: "gcp:compute/getZones:getZones", which: "" },
  { kind: "read", what: "gcp:storage/bucket:Bucket", which: "urn:d" },
];

test("each way of taking is one line, with every type once and how many there are", () => {
  const [resources, ...more] = takenLines(notes);
  expect(resources).toMatch(/: aws:ec2\/instance:Instance, gcp:cloudrunv2\/service:Service \(2\)$/);
  expect(more).toHaveLength(2);
  expect(takenLines([])).toEqual([]);
});

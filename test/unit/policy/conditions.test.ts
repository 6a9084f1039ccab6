import { expect, test } from "vitest";
import { conditionMayHold } from "../../../policy/model/conditions.ts";

const OWN = 'resource.name.startsWith("projects/_/buckets/media")';
const OTHER = 'resource.name.startsWith("projects/_/buckets/other/")';
const OBJECTS = 'resource.type == "storage.googleapis.com/Object"';

test.each([
  [OWN, true],
  [OTHER, false],
  ['resource.name.startsWith("projects/_/buckets/media/objects/out/")', true],
  ["resource.name.startsWith('projects/_/buckets/media-us-central1')", false],
  ['resource.name.startsWith("projects/_/buckets/")', true],
  [`!${OTHER}`, true],
  [`!${OWN}`, false],
  ['!resource.name.startsWith("projects/_/buckets/media/objects/out/")', true],
  [`${OWN} && ${OTHER}`, false],
  [`${OWN} || ${OTHER}`, true],
  [`${OBJECTS} && ${OWN}`, true],
  [`resource.type == "storage.googleapis.com/Bucket"`, false],
  [`resource.type != "storage.googleapis.com/Object"`, false],
  [`resource.service == "storage.googleapis.com" && (${OTHER} || ${OWN})`, true],
  [`resource.service == "pubsub.googleapis.com" || ${OTHER}`, false],
  [`${OTHER} || (${OWN} && request.time < timestamp("2030-01-01T00:00:00Z"))`, true],
  [`(${OTHER}) && resource.matchTag("1/env", "prod")`, false],
  [`(${OWN}) && resource.matchTag("1/env", "prod")`, undefined],
  ['resource.name.extract("/objects/{x}/") == "out"', undefined],
  ['resource.name == "projects/_/buckets/media/objects/a"', true],
  ['resource.name == "projects/_/buckets/media"', false],
  ["[1, 2].exists(x, x == 1)", undefined],
  [`${OWN} &&`, undefined],
  [`(${OWN}`, undefined],
  ["", undefined],
])("%s lets something of the bucket media through: %s", (expression, expected) => {
  expect(conditionMayHold(expression, "media")).toBe(expected);
});

test("a bucket whose name is not known may be any", () => {
  expect(conditionMayHold(OWN, undefined)).toBeUndefined();
  expect(conditionMayHold(`${OWN} && resource.service == "run.googleapis.com"`, undefined)).toBe(false);
});

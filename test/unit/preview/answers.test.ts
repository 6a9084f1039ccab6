import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { resultFields, unknownAnswer } from "../../../sandbox/preview/answers.ts";
import { unknown } from "../../../sandbox/providers/values.ts";

const here = fileURLToPath(new URL(".", import.meta.url));

test.each([
  ["gcp:compute/getZones:getZones", ["names", "region"]],
  ["gcp:container/getEngineVersions:getEngineVersions", ["latestMasterVersion", "validNodeVersions"]],
  ["aws:index/getAvailabilityZones:getAvailabilityZones", ["names", "zoneIds"]],
  ["aws:ec2/getAmi:getAmi", ["id", "architecture"]],
])("%s has the fields that its SDK declares, all of them unknown", (token, fields) => {
  const answer = unknownAnswer(token, here) ?? {};
  expect(Object.keys(answer)).toEqual(expect.arrayContaining(fields));
  expect(new Set(Object.values(answer).flat())).toEqual(new Set([unknown]));
});

test("a list has items, for programs that take the first ones", () => {
  expect(unknownAnswer("gcp:compute/getZones:getZones", here)?.["names"]).toEqual([
    unknown,
    unknown,
    unknown,
  ]);
});

test("a function of a package that is not installed has no fields", () => {
  expect(unknownAnswer("cloudflare:index/getZone:getZone", here)).toBeUndefined();
  expect(unknownAnswer("gcp:compute/getNothing:getNothing", here)).toBeUndefined();
});

test("only the result's own fields count", () => {
  const declarations = [
    "export interface GetThingArgs {",
    "    name: string;",
    "}",
    "export interface GetThingResult {",
    "    /**",
    "     * readonly inComment: string;",
    "     */",
    "    readonly id: string;",
    "    readonly parts?: outputs.Part[];",
    "}",
  ].join("\n");
  expect(resultFields(declarations, "getThing")).toEqual([
    { name: "id", isList: false },
    { name: "parts", isList: true },
  ]);
});

import { expect, it } from "vitest";
import { InvalidArguments, requireArguments } from "../../../components/validation/index.ts";

it("A list is not another thing, nor is an object a text", () => {
  const args = JSON.parse('{ "regions": "us-east1", "placement": "NAM4", "projectId": "p" }') as {
    regions: string[];
    placement: { location: string };
    projectId: string;
    labels?: object;
  };
  const making = (): void => {
    requireArguments("it", args, { regions: "list", placement: "object", projectId: "value" });
  };
  expect(making).toThrow(InvalidArguments);
  expect(making).toThrow(
    /regions: given "us-east1"; allowed: a list.*placement: given "NAM4"; allowed: an object/s,
  );
});

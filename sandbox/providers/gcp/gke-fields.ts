import { boolean, object, string, type Field } from "../fields.ts";
import { textOf, type Properties } from "../values.ts";
import { projectProblems } from "./common.ts";

/** A feature that is on or off. */
export const enabled = (traits: Parameters<typeof object>[1] = {}): Field =>
  object({ enabled: boolean({ required: true }) }, traits);
/** Of clusters and of node pools. */
export const clusterName: Field = string({
  computed: true,
  replaces: true,
  pattern: /^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/,
  rule: "1 to 40 characters of a-z, 0-9 and -, starting with a letter, not ending with -",
});
export const location = string({ computed: true, replaces: true });

export const locationOf = (inputs: Properties, config: Properties): string | undefined =>
  textOf(inputs["location"]) ?? textOf(config["region"]) ?? textOf(config["zone"]);

export const placeProblems = (inputs: Properties, config: Properties): string[] => [
  ...projectProblems(inputs, config),
  ...(locationOf(inputs, config) === undefined ? ["no location: set the field location"] : []),
];

import { boolean, object, string, type Field } from "../fields.ts";

/** A feature that is on or off. */
export const enabled = (traits: Parameters<typeof object>[1] = {}): Field =>
  object({ enabled: boolean() }, traits);
/** Of clusters and of node pools. */
export const clusterName: Field = string({
  pattern: /^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/,
  rule: "1 to 40 characters of a-z, 0-9 and -, starting with a letter, not ending with -",
});
export const location = string();

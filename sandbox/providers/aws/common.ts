import { map, string } from "../fields.ts";
import { parsed } from "../gcp/common.ts";
import { Refusal } from "../refusal.ts";
import { isUnknown, listOf, objectOf, textOf, unknown, type Properties, type Value } from "../values.ts";

/** AWS's own example number, where the provider's configuration names no account. */
export const localAccount = "111122223333";

/** The account that the provider would work in: that of the role it assumes, else the only one it is allowed. */
export function accountOf(config: Properties): string {
  const assumed = textOf(objectOf(listOf(parsed(config["assumeRoles"])).at(-1))["roleArn"]);
  const allowed = listOf(parsed(config["allowedAccountIds"])).map(String);
  const forbidden = listOf(parsed(config["forbiddenAccountIds"])).map(String);
  const account = /^arn:aws:iam::(\d{12}):role\//.exec(assumed ?? "")?.[1] ?? allowed[0] ?? localAccount;
  if (forbidden.includes(account) || (allowed.length > 0 && !allowed.includes(account))) {
    throw new Refusal(`AWS account ID not allowed: ${account}`);
  }
  return account;
}

/** The input `region` of a regional resource: the provider's when left out; another region is another resource. */
export const region = string({
  computed: true,
  replaces: true,
  pattern: /^[a-z]{2}(-[a-z]+)+-\d$/,
  rule: 'a region such as "eu-central-1"',
});

/** @returns the region, or the mark of the unknown */
export const regionOf = (inputs: Properties, config: Properties): string | undefined =>
  textOf(inputs["region"]) ?? textOf(config["region"]);

export function regionProblems(inputs: Properties, config: Properties): string[] {
  return regionOf(inputs, config) === undefined
    ? [
        "no region: set the field region, the provider's, or the stack's, such as by --config aws:region=REGION",
      ]
    : [];
}

/** Region of a resource that has passed {@link regionProblems}. */
export function knownRegion(inputs: Properties, config: Properties): string {
  const found = regionOf(inputs, config);
  if (found === undefined || isUnknown(found)) throw new Refusal("the region is not known");
  return found;
}

/** https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
export const tags = map(
  string({
    pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u,
    rule: "at most 256 letters, digits, spaces and _ . : / = + - @",
  }),
);

/** `tags` are the program's own; the resource also has the provider's. */
export function allTags(inputs: Properties, config: Properties): Value {
  if (isUnknown(inputs["tags"])) return unknown;
  return {
    ...objectOf(objectOf(parsed(config["defaultTags"]))["tags"]),
    ...objectOf(inputs["tags"]),
  };
}

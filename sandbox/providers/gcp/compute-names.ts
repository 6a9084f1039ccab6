import { string } from "../fields.ts";
import { named } from "../naming.ts";
import { textOf, type Properties, type Value } from "../values.ts";

/** Names of Compute Engine's resources (RFC 1035). https://docs.cloud.google.com/compute/docs/naming-resources */
export const computeName = string({
  pattern: /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/,
  rule: "1 to 63 characters of a-z, 0-9 and -, starting with a letter, not ending with -",
});

/** Makes names up where the program gives none. */
export const computeNamed = named("name", 63);

/** `https://www.googleapis.com/compute/v1/` and the resource's path. */
export const selfLinkOf = (path: string): string => `https://www.googleapis.com/compute/v1/${path}`;

/** Two spellings of one resource: self link, path, or path without the project. */
export const sameResource = (one: string, other: string): boolean => {
  const [shorter, longer] = [pathOf(one), pathOf(other)].sort((a, b) => a.length - b.length);
  return shorter === longer || longer?.endsWith(`/${shorter ?? ""}`) === true;
};

const pathOf = (reference: string): string =>
  reference.replace(/^https:\/\/[^/]+\/compute\/(v1|beta)\//, "").replace(/^projects\/[^/]+\//, "");

/** The path of a network or another global resource, from any spelling. */
export const globalPath = (project: string, kind: string, reference: Value | undefined): string => {
  const text = textOf(reference) ?? "";
  return `projects/${/projects\/([^/]+)/.exec(text)?.[1] ?? project}/global/${kind}/${text.replace(/^.*\//, "")}`;
};

/** The physical name in complete inputs. */
export const nameOf = (inputs: Properties): string => textOf(inputs["name"]) ?? "";

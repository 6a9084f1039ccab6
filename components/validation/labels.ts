import type * as pulumi from "@pulumi/pulumi";
import { shown, type Problem } from "./problem.ts";

/** Labels by key; keys are plain so that they can be checked, values may be known later. */
export type Labels = Record<string, pulumi.Input<string>>;

/**
 * Labels of one resource.
 *
 * Source: https://docs.cloud.google.com/resource-manager/docs/creating-managing-labels#requirements
 */
const MOST_LABELS = 64;

/**
 * Labels that the Pulumi provider adds to all resources with labels, unless its `addPulumiAttributionLabel` is false.
 *
 * Source: https://www.pulumi.com/registry/packages/gcp/how-to-guides/8-0-migration/
 */
const BY_THE_PROVIDER = ["goog-pulumi-provisioned"] as const;

/**
 * Problems of labels; paths begin with `labels`.
 *
 * @param own what the component adds, by key: the argument that it is made from
 */
export function labelProblems(labels: Labels, own: Readonly<Record<string, string>> = {}): Problem[] {
  return [
    ...countProblems(Object.keys(labels).length, [...Object.keys(own), ...BY_THE_PROVIDER]),
    ...Object.entries(labels).flatMap(([key, value]) => [
      ...keyProblems(key, own[key]),
      ...valueProblems(key, value),
    ]),
  ];
}

function countProblems(count: number, added: readonly string[]): Problem[] {
  const most = MOST_LABELS - added.length;
  if (count <= most) return [];
  return [
    {
      path: "labels",
      given: `${count} labels`,
      allowed: `up to ${most}`,
      because: `a resource has ${MOST_LABELS} at most, and gets ${added.join(" and ")} as well.`,
      fix: "remove some",
    },
  ];
}

function keyProblems(key: string, madeFrom: string | undefined): Problem[] {
  const path = `labels[${shown(key)}]`;
  if (madeFrom !== undefined) {
    return [
      {
        path,
        given: "a value",
        allowed: "nothing",
        because: `the component sets this label from ${madeFrom}.`,
        fix: "remove it",
      },
    ];
  }
  if (/^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u.test(key)) return [];
  return [
    {
      path,
      given: shown(key),
      allowed: "up to 63 lower-case letters, digits, - and _, the first a letter",
      fix: "rename the label",
    },
  ];
}

function valueProblems(key: string, value: pulumi.Input<string>): Problem[] {
  if (typeof value !== "string" || /^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u.test(value)) return [];
  return [
    {
      path: `labels[${shown(key)}]`,
      given: shown(value),
      allowed: "up to 63 lower-case letters, digits, - and _",
      fix: "change the value",
    },
  ];
}

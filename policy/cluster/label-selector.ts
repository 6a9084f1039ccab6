import { block, blocks, text, texts, type Properties } from "../model/known.ts";

/**
 * Labels that controllers and Cilium add to pods, which no template has: whether a pod has them is not in the stack.
 *
 * Sources: https://kubernetes.io/docs/reference/labels-annotations-taints/,
 * https://docs.cilium.io/en/stable/network/kubernetes/policy/
 */
const ADDED_LATER =
  /^(?:pod-template-hash|pod-template-generation|controller-revision-hash|controller-uid|job-name|batch\.kubernetes\.io\/.+|statefulset\.kubernetes\.io\/pod-name|apps\.kubernetes\.io\/pod-index|io\.cilium\.k8s\..+)$/;

/**
 * Whether a label selector matches these labels; an empty one matches all. Nothing where that depends on labels that are
 * added later. `keyOf` converts a selector's key to a label's key.
 */
export function selects(
  selector: Properties,
  labels: Properties,
  keyOf: (key: string) => string = (key) => key,
): boolean | undefined {
  const answers = [
    ...Object.entries(block(selector, "matchLabels") ?? {}).map(([key, value]) => {
      const own = labels[keyOf(key)];
      return own === undefined && ADDED_LATER.test(keyOf(key)) ? undefined : own === value;
    }),
    ...blocks(selector, "matchExpressions").map((expression) => isMet(expression, labels, keyOf)),
  ];
  return allOf(answers);
}

/** Whether a label selector matches whatever there is. */
export const isEmptySelector = (selector: Properties): boolean =>
  Object.keys(block(selector, "matchLabels") ?? {}).length === 0 &&
  blocks(selector, "matchExpressions").length === 0;

/** Whether all are true; nothing where that depends on one that is not known. */
export function allOf(answers: readonly (boolean | undefined)[]): boolean | undefined {
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

function isMet(
  expression: Properties,
  labels: Properties,
  keyOf: (key: string) => string,
): boolean | undefined {
  const key = keyOf(text(expression, "key") ?? "");
  const value = text(labels, key);
  const values = texts(expression, "values");
  if (value === undefined && ADDED_LATER.test(key)) return undefined;
  switch (text(expression, "operator")) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    case undefined:
    default:
      return false;
  }
}

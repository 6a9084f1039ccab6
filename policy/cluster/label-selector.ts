import { block, blocks, text, texts, type Properties } from "../model/known.ts";

/**
 * Whether a label selector matches these labels; an empty one matches all. `keyOf` converts a selector's key to a
 * label's key.
 */
export function selects(
  selector: Properties,
  labels: Properties,
  keyOf: (key: string) => string = (key) => key,
): boolean {
  const wanted = Object.entries(block(selector, "matchLabels") ?? {});
  if (wanted.some(([key, value]) => labels[keyOf(key)] !== value)) return false;
  return blocks(selector, "matchExpressions").every((expression) => {
    const value = text(labels, keyOf(text(expression, "key") ?? ""));
    const values = texts(expression, "values");
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
  });
}

import { accountsAt } from "./accounts.ts";
import type { StackGraph } from "./graph.ts";
import { read, text, UNKNOWN, type Known, type Properties } from "./known.ts";
import { isOwnValue } from "./own-images.ts";
import type { StackResource } from "./stack-resource.ts";

/** The annotation that binds a Kubernetes service account to a Google service account. */
export const ACCOUNT_ANNOTATION = "iam.gke.io/gcp-service-account";

/** Why charts are not judged. */
export const IN_A_CHART = "what a chart makes is not in this stack";

/** A Kubernetes service account that a chart creates or uses. */
export interface ChartAccount {
  readonly account: string;
  /** Keys of the Google service accounts that it is bound to. */
  readonly standsFor: readonly string[];
}

/** Depth limit of the search in a chart's values. */
const DEEPEST = 8;

/** The service accounts in a chart's values: by the annotation, whatever it is in, or by the usual name. */
export function accountsOfChart(release: StackResource, stack: StackGraph): ChartAccount[] {
  const objects = objectsOfChart(release.props);
  const nameAt = (path: readonly string[]): string | undefined =>
    objects
      .filter((one) => one.path.join("\0") === path.join("\0"))
      .map(({ object }) => known(() => text(object, "name")))
      .find((name) => name !== undefined);
  return objects.flatMap(({ object, path }) => {
    if (ACCOUNT_ANNOTATION in object) {
      const { accounts } = accountsAt(release, [...path, ACCOUNT_ANNOTATION], stack);
      return [{ account: nameAt(path.slice(0, -1)) ?? release.name, standsFor: accounts }];
    }
    const name = path.at(-1) === "serviceAccount" ? known(() => text(object, "name")) : undefined;
    return name === undefined ? [] : [{ account: name, standsFor: [] }];
  });
}

/** Whether a chart's values name one of this product's images or variables. */
export const isOwnChart = (props: Properties): boolean =>
  objectsOfChart(props).some(({ object }) => isOwnValue(object));

interface Found {
  readonly object: Properties;
  /** Its keys; lists on the way have none. */
  readonly path: readonly string[];
}

/** Every object in a chart's values; what is not known is left out. */
export function objectsOfChart(props: Properties): Found[] {
  const values = read(() => props["values"]);
  return values === UNKNOWN ? [] : objectsIn(values, ["values"], DEEPEST);
}

function objectsIn(value: unknown, path: readonly string[], depth: number): Found[] {
  if (depth === 0 || typeof value !== "object" || value === null) return [];
  const isList = Array.isArray(value);
  const object = value as Properties;
  const below = Object.keys(object).flatMap((key) => {
    const one = read(() => object[key]);
    return one === UNKNOWN ? [] : objectsIn(one, isList ? path : [...path, key], depth - 1);
  });
  return isList ? below : [{ object, path }, ...below];
}

function known<T>(get: () => T | undefined): T | undefined {
  const value: Known<T | undefined> = read(get);
  return value === UNKNOWN ? undefined : value;
}

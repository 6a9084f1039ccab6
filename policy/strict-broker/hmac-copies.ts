import { sourcesOf, type StackGraph } from "../model/graph.ts";
import { HMAC_KEY, KUBERNETES_SECRET, SECRET_VERSION } from "../model/kinds.ts";
import { read, text, UNKNOWN, type Properties } from "../model/known.ts";
import type { StackResource } from "../model/stack-resource.ts";

/** A resource outside Secret Manager that contains a key's secret, or may. */
export interface HmacCopy {
  readonly resource: StackResource;
  /** Absent while the values are not known. */
  readonly holds: true | undefined;
}

/**
 * Resources that contain a key's secret. Known values decide; an unknown property that comes from the key may be the
 * secret, or only the access id.
 */
export function copiesOf(key: StackResource, stack: StackGraph): HmacCopy[] {
  const secret = knownText(key.props, "secret");
  const accessId = knownText(key.props, "accessId");
  const needles = secret === undefined ? [] : [secret, Buffer.from(secret).toString("base64")];
  return stack.once(holdersIn, holdersIn).flatMap(({ resource, search }): HmacCopy[] => {
    const properties = Object.keys(resource.propertyDependencies).filter((property) =>
      sourcesOf(resource, [property]).includes(key.urn),
    );
    if (properties.length === 0 && secret === undefined) return [];
    const { texts } = search();
    if (texts.some((one) => needles.some((needle) => one.includes(needle)))) {
      return [{ resource, holds: true }];
    }
    const isUnclear = properties.some((property) => {
      const own = textsWithin({ [property]: read(() => resource.props[property]) }, DEEPEST);
      if (own.unknown) return true;
      return !own.texts.some((one) => accessId !== undefined && one.includes(accessId));
    });
    return isUnclear ? [{ resource, holds: undefined }] : [];
  });
}

interface Holder {
  readonly resource: StackResource;
  readonly search: () => Texts;
}

/** Resources that may contain a secret: all except the engine's own, components, and those judged separately. */
function holdersIn(stack: StackGraph): Holder[] {
  const parents = new Set(stack.resources.flatMap(({ parent }) => parent?.urn ?? []));
  return stack.resources.flatMap((resource) => {
    const { type, urn, props } = resource;
    const isOther = [HMAC_KEY, SECRET_VERSION, KUBERNETES_SECRET].some((kind) => kind.has(type));
    if (isOther || parents.has(urn) || type.startsWith("pulumi:")) return [];
    return [{ resource, search: () => stack.once(`texts of ${urn}`, () => textsWithin(props, DEEPEST)) }];
  });
}

/** Depth limit of the search: variables of a CronJob's containers are nine levels deep. */
const DEEPEST = 12;

interface Texts {
  readonly texts: readonly string[];
  readonly unknown: boolean;
}

function textsWithin(value: unknown, depth: number): Texts {
  if (value === UNKNOWN) return { texts: [], unknown: true };
  if (typeof value === "string") return { texts: [value], unknown: false };
  if (depth === 0 || typeof value !== "object" || value === null) return { texts: [], unknown: false };
  const below = Object.keys(value).map((key) =>
    textsWithin(
      read(() => (value as Properties)[key]),
      depth - 1,
    ),
  );
  return { texts: below.flatMap(({ texts }) => texts), unknown: below.some(({ unknown }) => unknown) };
}

function knownText(props: Properties, key: string): string | undefined {
  const value = read(() => text(props, key));
  return value === UNKNOWN ? undefined : value;
}

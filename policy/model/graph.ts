import { groupBy } from "./group-by.ts";
import { withInputs } from "./inputs.ts";
import { BUCKET, SERVICE_ACCOUNT, type Kind } from "./kinds.ts";
import {
  block,
  keysOf,
  read,
  text,
  textsAt,
  UNKNOWN,
  type Known,
  type Path,
  type Properties,
} from "./known.ts";
import { mayBeSameProject, projectIn, projectOf } from "./projects.ts";
import type { StackResource } from "./stack-resource.ts";

/** A reference of one resource to another, by name. */
interface Reference {
  readonly resource: StackResource;
  readonly value: string;
}

/** Resources of one kind by what one of their properties names. */
interface References {
  /** By name, where the property's value is known. */
  readonly byName: ReadonlyMap<string, readonly Reference[]>;
  /** By the URN that the value comes from, where it is not known. */
  readonly unknownByUrn: ReadonlyMap<string, readonly StackResource[]>;
  /** By the URN that the value comes from, where it is known. */
  readonly knownByUrn: ReadonlyMap<string, readonly StackResource[]>;
}

/**
 * A stack's resources by kind, with their references. Known names decide; for unknown ones the engine knows which
 * resource a property's value comes from. Indexes are built once, so that rules are linear in the size of the stack.
 */
export class StackGraph {
  readonly resources: readonly StackResource[];
  readonly #byUrn: ReadonlyMap<string, StackResource>;
  readonly #byType: ReadonlyMap<string, readonly StackResource[]>;
  readonly #memory = new Map<unknown, unknown>();
  readonly #indexes = new Map<Kind, Map<string, References>>();

  constructor(resources: readonly StackResource[]) {
    this.resources = resources.map(withInputs);
    this.#byUrn = new Map(this.resources.map((resource) => [resource.urn, resource]));
    this.#byType = groupBy(this.resources, ({ type }) => type);
  }

  /** The resources of a kind. */
  ofKind(kind: Kind): StackResource[] {
    return [...this.#byType].flatMap(([type, resources]) => (kind.has(type) ? resources : []));
  }

  byUrn(urn: string): StackResource | undefined {
    return this.#byUrn.get(urn);
  }

  /** The result of `make` for this stack, computed once per key. */
  once<T>(key: unknown, make: (stack: StackGraph) => T): T {
    if (!this.#memory.has(key)) this.#memory.set(key, make(this));
    return this.#memory.get(key) as T;
  }

  /** The resources of a kind whose property at `path` (`transferSpec.gcsDataSink.bucketName`) names `target`. */
  referring(target: StackResource, kind: Kind, path: string): StackResource[] {
    const { byName, unknownByUrn, knownByUrn } = this.#references(kind, path);
    const names = namesOf(target);
    return [
      ...names
        .flatMap((name) => byName.get(name) ?? [])
        .flatMap(({ resource, value }) => (this.#mayMean(resource, value, target) ? [resource] : [])),
      ...(unknownByUrn.get(target.urn) ?? []),
      ...(names.length === 0 ? (knownByUrn.get(target.urn) ?? []) : []),
    ];
  }

  /** The resource of a kind that the property at `path` of `resource` names, if it is in this stack. */
  referred(resource: StackResource, path: string, kind: Kind): StackResource | undefined {
    const value = read(() => textAt(resource.props, path));
    if (value === undefined) return undefined;
    const named = this.once(kind, () => namedOf(this.ofKind(kind)));
    if (value !== UNKNOWN) {
      const found = named.get(lastSegment(value))?.find((one) => this.#mayMean(resource, value, one));
      if (found !== undefined) return found;
    }
    return sourcesOf(resource, path)
      .map((urn) => this.byUrn(urn))
      .find(
        (source) =>
          source !== undefined &&
          kind.has(source.type) &&
          (value === UNKNOWN || namesOf(source).length === 0),
      );
  }

  /** Every resource of a kind that the property at `path` of `resource` names, where lists have several. */
  referredAll(resource: StackResource, path: string, kind: Kind): StackResource[] {
    const { known, unknown } = textsAt(resource.props, path);
    const named = this.once(kind, () => namedOf(this.ofKind(kind)));
    const found = known.flatMap(
      (name) => named.get(lastSegment(name))?.find((one) => this.#mayMean(resource, name, one)) ?? [],
    );
    if (!unknown && found.length === known.length) return found;
    const sources = sourcesOf(resource, path).flatMap((urn) => this.byUrn(urn) ?? []);
    return [
      ...new Set([
        ...found,
        ...sources.filter((source) => kind.has(source.type) && (unknown || namesOf(source).length === 0)),
      ]),
    ];
  }

  /** Whether a reference by name can mean this resource: other projects may have resources of the same name. */
  #mayMean(resource: StackResource, name: string, target: StackResource): boolean {
    if (NAMED_WORLDWIDE.some((kind) => kind.has(target.type))) return true;
    return mayBeSameProject(projectIn(name) ?? projectOf(resource, this), projectOf(target, this));
  }

  #references(kind: Kind, path: string): References {
    const ofKind = this.#indexes.get(kind) ?? new Map<string, References>();
    this.#indexes.set(kind, ofKind);
    const references = ofKind.get(path) ?? indexed(this.ofKind(kind), path);
    ofKind.set(path, references);
    return references;
  }
}

/** Kinds whose names are unique across projects. */
const NAMED_WORLDWIDE: readonly Kind[] = [BUCKET, SERVICE_ACCOUNT];

function indexed(resources: readonly StackResource[], path: string): References {
  const byName = new Map<string, Reference[]>();
  const unknownByUrn = new Map<string, StackResource[]>();
  const knownByUrn = new Map<string, StackResource[]>();
  for (const resource of resources) {
    const value = read(() => textAt(resource.props, path));
    if (value === undefined) continue;
    if (value !== UNKNOWN) push(byName, lastSegment(value), { resource, value });
    const byUrn = value === UNKNOWN ? unknownByUrn : knownByUrn;
    for (const urn of sourcesOf(resource, path)) push(byUrn, urn, resource);
  }
  return { byName, unknownByUrn, knownByUrn };
}

function push<V>(map: Map<string, V[]>, key: string, value: V): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}

function namedOf(resources: readonly StackResource[]): ReadonlyMap<string, readonly StackResource[]> {
  const byName = new Map<string, StackResource[]>();
  for (const resource of resources) for (const name of namesOf(resource)) push(byName, name, resource);
  return byName;
}

function textAt(props: Properties, path: string): string | undefined {
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  return text(
    keys.reduce<Properties>((value, key) => block(value, key) ?? {}, props),
    last,
  );
}

/** The URNs that a property's value comes from. */
export function sourcesOf({ propertyDependencies }: StackResource, path: Path): string[] {
  const [property = ""] = keysOf(path);
  return (propertyDependencies[property] ?? []).map(({ urn }) => urn);
}

/** Whether a property's value comes from another resource. */
export function comesFrom(resource: StackResource, property: string, target: StackResource): boolean {
  return sourcesOf(resource, property).includes(target.urn);
}

/** The names under which others refer to a resource, as far as they are known. */
function namesOf({ props }: StackResource): string[] {
  const names = ["name", "id", "secretId", "bucket"].flatMap((key) => {
    const value: Known<unknown> = read(() => props[key]);
    return typeof value === "string" && value !== "" ? [lastSegment(value)] : [];
  });
  return [...new Set(names)];
}

/** `projects/p/topics/t` → `t`: Google's services take a name or a path; an instance template's may end in `?uniqueId=1`. */
export function lastSegment(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1).replace(/\?.*$/, "");
}

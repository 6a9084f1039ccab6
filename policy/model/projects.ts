import { read, text, UNKNOWN } from "./known.ts";
import type { StackResource } from "./stack-resource.ts";

/** The project in a path such as `projects/P/topics/T`; services write `_` or `-` where it does not matter. */
export function projectIn(name: string): string | undefined {
  const project = /(?:^|\/)projects\/([^/]+)\//.exec(name)?.[1];
  return project === "_" || project === "-" ? undefined : project;
}

interface Stack {
  byUrn(urn: string): StackResource | undefined;
}

/** The project of a resource: its own, otherwise its provider's; undefined while not known. */
export function projectOf(resource: StackResource, stack: Stack): string | undefined {
  const own = read(() => text(resource.props, "project"));
  if (own === UNKNOWN) return undefined;
  if (own !== undefined) return projectIn(`${own}/`) ?? own;
  const provider = resource.provider && stack.byUrn(resource.provider.urn);
  const ofProvider = provider && read(() => text(provider.props, "project"));
  return ofProvider === UNKNOWN ? undefined : ofProvider;
}

/** An unknown project may be any project; so may a number compared with a name. */
export function mayBeSameProject(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined || one === other) return true;
  return isNumber(one) !== isNumber(other);
}

function isNumber(project: string): boolean {
  return /^\d+$/.test(project);
}

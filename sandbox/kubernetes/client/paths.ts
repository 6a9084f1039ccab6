import { z } from "zod";
import { ApiError, type ApiClient } from "./client.ts";

/** An object's place, or that of all objects of its kind. */
export interface ObjectLocation {
  apiVersion: string;
  kind: string;
  namespace?: string | undefined;
  name?: string | undefined;
}

const resourcesSchema = z.looseObject({
  resources: z.array(z.looseObject({ name: z.string(), kind: z.string(), namespaced: z.boolean() })),
});

export const groupPath = (apiVersion: string): string =>
  apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;

/** Paths of objects whose kinds the API server tells. */
export interface Paths {
  /**
   * @throws ApiError 404 for a group that is not there
   * @throws NoSuchKind for a kind that the group does not have
   */
  of(place: ObjectLocation): Promise<string>;
}

/** The group is there and does not have the kind. */
export class NoSuchKind extends ApiError {
  override readonly name = "NoSuchKind";
  constructor({ apiVersion, kind }: ObjectLocation) {
    super(404, "NotFound", `no matches for kind "${kind}" in version "${apiVersion}"`);
  }
}

/** Of a failure nothing is kept: an API that is not there yet may come later, and so may a kind. */
export function discoverPaths(client: ApiClient): Paths {
  const known = new Map<string, { plural: string; namespaced: boolean }>();
  const kindOf = async ({ apiVersion, kind }: ObjectLocation) => {
    const id = `${apiVersion} ${kind}`;
    const cached = known.get(id);
    if (cached !== undefined) return cached;
    const { resources } = resourcesSchema.parse(await client.call("GET", groupPath(apiVersion)));
    for (const { name, kind: found, namespaced } of resources) {
      if (!name.includes("/")) known.set(`${apiVersion} ${found}`, { plural: name, namespaced });
    }
    const found = known.get(id);
    if (found === undefined) throw new NoSuchKind({ apiVersion, kind });
    return found;
  };
  return {
    of: async (place) => {
      const { plural, namespaced } = await kindOf(place);
      const { apiVersion, namespace, name } = place;
      return [
        groupPath(apiVersion),
        ...(namespaced && namespace !== undefined ? ["namespaces", encodeURIComponent(namespace)] : []),
        plural,
        ...(name === undefined ? [] : [encodeURIComponent(name)]),
      ].join("/");
    },
  };
}

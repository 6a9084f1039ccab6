import { z } from "zod";
import type { ApiClient } from "./client.ts";

/** An object's place, or that of all objects of its kind. */
export interface ObjectPlace {
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
  of(place: ObjectPlace): Promise<string>;
}

export class NoSuchKind extends Error {}

export function discoverPaths(client: ApiClient): Paths {
  const known = new Map<string, { plural: string; namespaced: boolean }>();
  const kindOf = async ({ apiVersion, kind }: ObjectPlace) => {
    const id = `${apiVersion} ${kind}`;
    const cached = known.get(id);
    if (cached !== undefined) return cached;
    const { resources } = resourcesSchema.parse(await client.json(groupPath(apiVersion)));
    for (const { name, kind: found, namespaced } of resources) {
      if (!name.includes("/")) known.set(`${apiVersion} ${found}`, { plural: name, namespaced });
    }
    const found = known.get(id);
    if (found === undefined) throw new NoSuchKind(`no matches for kind "${kind}" in version "${apiVersion}"`);
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

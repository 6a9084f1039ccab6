import { createHash } from "node:crypto";
import dockerBuild from "@pulumi/docker-build/package.json" with { type: "json" };
import { any, boolean, list, map, object, string } from "../fields.ts";
import type { ResourceModel } from "../model.ts";
import type { ProviderModel } from "../provider.ts";
import { isList, isUnknown, objectOf, textOf, type Properties } from "../values.ts";
import { readBuild } from "./dockerfile.ts";

/** In the place of a digest: nothing was built, and nothing pushed. */
const NOT_PUSHED = "not-pushed";

const filesOf = (inputs: Properties) => {
  const context = textOf(objectOf(inputs["context"])["location"]);
  const location = textOf(objectOf(inputs["dockerfile"])["location"]);
  if (context === undefined || isUnknown(context) || (location !== undefined && isUnknown(location))) {
    return undefined;
  }
  return readBuild(context, location);
};

/** What a build would have made, as far as that is known without building. */
function planned(inputs: Properties): Properties {
  const contextHash = createHash("sha256")
    .update(filesOf(inputs)?.dockerfile ?? "")
    .digest("hex");
  const tags = inputs["tags"];
  const tag = isList(tags) ? textOf(tags[0]) : undefined;
  return { contextHash, digest: NOT_PUSHED, ref: tag === undefined ? NOT_PUSHED : `${tag}@${NOT_PUSHED}` };
}

/**
 * A build on paper: there is no Docker engine here. Whether Dockerfile, context and what is copied are there is looked
 * up; the digest says that nothing was pushed.
 * https://www.pulumi.com/registry/packages/docker-build/api-docs/image/
 */
const image: ResourceModel = {
  type: "docker-build:index:Image",
  fields: {
    context: object({ location: string({ required: true }), named: any() }, { required: true }),
    dockerfile: object({ location: string(), inline: string() }),
    platforms: list(string({ pattern: /^[a-z0-9]+\/[a-z0-9/]+$/, rule: "OS/ARCHITECTURE" })),
    tags: list(string()),
    push: boolean({ required: true }),
    load: boolean(),
    buildOnPreview: boolean(),
    buildArgs: map(string()),
    labels: map(string()),
    target: string(),
    pull: boolean(),
    noCache: boolean(),
    // The SDK always says it.
    network: string({ allowed: ["default", "host", "none"], default: "default" }),
    registries: any(),
    cacheFrom: any(),
    cacheTo: any(),
  },
  outputs: ["contextHash", "digest", "ref"],
  changing: ["contextHash", "digest", "ref"],
  problems: (inputs) => [
    ...(filesOf(inputs)?.problems ?? []),
    ...(inputs["push"] === true && inputs["tags"] === undefined ? ["push needs tags to push by"] : []),
  ],
  create: (inputs, context) => {
    context.report("recorded only: nothing is built or pushed here");
    return Promise.resolve({ id: context.name, properties: { ...inputs, ...planned(inputs) } });
  },
  read: (id, { state }) =>
    Promise.resolve(Object.keys(state).length === 0 ? undefined : { id, properties: state }),
  update: (id, inputs) => Promise.resolve({ id, properties: { ...inputs, ...planned(inputs) } }),
  delete: () => Promise.resolve(),
};

/** Docker builds as far as they can be checked without Docker. */
export const dockerBuildModel: ProviderModel = {
  name: "docker-build",
  version: dockerBuild.version,
  configuration: { host: string(), registries: any(), version: string() },
  resources: [image],
  functions: [],
};

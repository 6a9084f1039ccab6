import type { StackGraph } from "./graph.ts";
import { APP_ENGINE } from "./kinds.ts";
import { textsAt } from "./known.ts";
import { mayBeSameProject, projectOf } from "./projects.ts";
import type { StackResource } from "./stack-resource.ts";

/** The region of the project's application, where all its versions run. */
export function regionsOfAppEngine(version: StackResource, stack: StackGraph): string[] {
  const project = projectOf(version, stack);
  return stack
    .ofKind(APP_ENGINE)
    .filter((application) => mayBeSameProject(projectOf(application, stack), project))
    .flatMap(({ props }) => textsAt(props, "locationId").known)
    .map((location) => APP_ENGINE_REGIONS[location] ?? location);
}

/**
 * App Engine's own names of two regions.
 *
 * Source: https://docs.cloud.google.com/appengine/docs/standard/locations
 */
const APP_ENGINE_REGIONS: Readonly<Record<string, string>> = {
  "us-central": "us-central1",
  "europe-west": "europe-west1",
};

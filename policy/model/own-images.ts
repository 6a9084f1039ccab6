import { blocks, read, text, type Properties } from "./known.ts";

/** Variables that coordinators and workers are told what to do by. */
export const OWN_VARIABLE = "MPEGFLOW_";

const imageOf = (programs: string): RegExp =>
  new RegExp(`(?:^|[/-])mpegflow[/-](?:[^:@]*[/-])?(?:${programs})(?:[-_.][^/:@]*)?(?:[:@].*)?$`);

/** `us-docker.pkg.dev/p/mpegflow/worker:1`, `registry/mpegflow-worker-gpu@sha256:…`: images as `Images` calls them. */
const OWN_IMAGE = imageOf("coordinator|worker");
const WORKER_IMAGE = imageOf("worker");

/** Workers alone are told where their coordinator is. */
const WORKER_VARIABLE = "MPEGFLOW_COORDINATOR_URL";

/** Whether a container is one of this product's by its image or by a variable. */
export function isOwn(container: Properties): boolean {
  const image = read(() => text(container, "image"));
  return (
    (typeof image === "string" && OWN_IMAGE.test(image)) ||
    blocks(container, "env").some((entry) => text(entry, "name")?.startsWith(OWN_VARIABLE) === true) ||
    blocks(container, "envFrom").some((entry) => text(entry, "prefix")?.startsWith(OWN_VARIABLE) === true)
  );
}

/** Whether a container is a worker by its image or by a variable; what is not known yet shows none. */
export function isWorker(container: Properties): boolean {
  const image = read(() => text(container, "image"));
  const hasVariable = read(() =>
    blocks(container, "env").some((entry) => text(entry, "name") === WORKER_VARIABLE),
  );
  return (typeof image === "string" && WORKER_IMAGE.test(image)) || hasVariable === true;
}

/** Whether an object in a chart's values names one of this product's images or variables. */
export const isOwnValue = (object: Properties): boolean =>
  namesOf(object).some((name) => name.startsWith(OWN_VARIABLE)) ||
  imagesOf(object).some((image) => OWN_IMAGE.test(image));

/** The same of a worker's. */
export const isWorkerValue = (object: Properties): boolean =>
  namesOf(object).includes(WORKER_VARIABLE) || imagesOf(object).some((image) => WORKER_IMAGE.test(image));

function namesOf(object: Properties): string[] {
  const name = read(() => text(object, "name"));
  return [...Object.keys(object), ...(typeof name === "string" ? [name] : [])];
}

function imagesOf(object: Properties): string[] {
  return ["image", "repository"].flatMap((key) => {
    const image = read(() => text(object, key));
    return typeof image === "string" ? [image] : [];
  });
}

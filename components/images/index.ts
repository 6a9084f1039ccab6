/**
 * The entry `mpegflow-gcs/images`: apart from the others, because it needs `@pulumi/docker-build`, which nobody has to
 * install who gives images by digest.
 */
export type { ImagesArgs } from "./images-args.ts";
export { Images, mirrorRegistryOf } from "./images.ts";

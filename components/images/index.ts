/**
 * The entry `mpegflow-gcs/images`: separate, because it needs `@pulumi/docker-build`, which is unnecessary if images
 * are given by digest.
 */
export type { ImagesArgs } from "./images-args.ts";
export type { ImagesResources } from "./images-resources.ts";
export { Images, mirrorRegistryOf } from "./images.ts";

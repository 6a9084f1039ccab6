import type * as dockerBuild from "@pulumi/docker-build";
import type * as gcp from "@pulumi/gcp";

/** What {@link Images} made. */
export interface ImagesResources {
  /** The repository of both images. */
  readonly repository: gcp.artifactregistry.Repository;
  /** The coordinator's image. */
  readonly coordinator: dockerBuild.Image;
  /** The worker's image. */
  readonly worker: dockerBuild.Image;
  /** The mirror of KEDA's images; undefined unless `mirror` is set. */
  readonly mirror: gcp.artifactregistry.Repository | undefined;
}

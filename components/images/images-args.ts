import type * as pulumi from "@pulumi/pulumi";

/** Arguments of {@link Images}. */
export interface ImagesArgs {
  /** Project id. */
  readonly projectId: string;
  /** Location of the repository: a region, or `us`, `europe`, `asia`. A change replaces it. */
  readonly location: string;
  /** Directory of the project's sources, relative to the program's: `.`. */
  readonly source: string;
  /**
   * Tag of the images, one that was never used before, such as the commit: tags cannot be moved. What is deployed is
   * the digest.
   */
  readonly tag: string;
  /** Name of the repository, 1 to 56 characters of a-z, 0-9 and -. A change replaces it. @default the component's name */
  readonly repositoryId?: string;
  /** Builds for Arm machines too. @default false */
  readonly arm?: boolean;
  /** Newest versions of each image to keep regardless of age, 1 to 1000. @default 10 */
  readonly keepVersions?: number;
  /** Days after which other versions are deleted, 1 to 3650. @default 90 */
  readonly deleteAfterDays?: number;
  /** Adds a mirror of KEDA's images, for clusters without a way to the internet. @default false */
  readonly mirror?: boolean;
  /** Key that encrypts the images; Artifact Registry's agent has to be granted its use. @default Google's */
  readonly kmsKeyName?: pulumi.Input<string>;
  /** Labels of the repositories. */
  readonly labels?: Record<string, pulumi.Input<string>>;
  /** Lets `pulumi destroy` delete the repositories with their images. @default false */
  readonly disposable?: boolean;
}

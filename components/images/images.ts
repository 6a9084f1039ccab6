import { Image, Platform } from "@pulumi/docker-build";
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { problems, shown, requireArguments } from "../validation/index.ts";
import type { ImagesArgs } from "./images-args.ts";
import { imagesProblems } from "./images-checks.ts";
import type { ImagesResources } from "./images-resources.ts";
import { madeResources } from "../properties/made-resources.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

/** Newest versions of each image to keep regardless of age. */
const KEEP_VERSIONS = 10;
const DAY_SECONDS = 86_400;

const mirrorId = (name: string, { repositoryId = name }: Pick<ImagesArgs, "repositoryId">): string =>
  `${repositoryId}-mirror`;

/** Address of the mirror of {@link Images}, known in advance because `Keda.imageRegistry` needs it. */
export function mirrorRegistryOf(
  name: string,
  args: Pick<ImagesArgs, "projectId" | "location" | "repositoryId">,
): string {
  return `${args.location}-docker.pkg.dev/${args.projectId}/${mirrorId(name, args)}`;
}

const made = madeResources<ImagesResources>();

/**
 * A repository of Artifact Registry with the images of coordinator and worker, built from their Dockerfiles and pushed
 * to it. Building needs Docker with BuildKit where Pulumi runs, logged in to the registry:
 * `gcloud auth configure-docker LOCATION-docker.pkg.dev`.
 */
export class Images extends pulumi.ComponentResource {
  /** The coordinator's image by digest, for `Coordinator.image`. */
  readonly coordinator: pulumi.Output<string>;
  /** The worker's image by digest, for `EncoderPool.image`. */
  readonly worker: pulumi.Output<string>;
  /** `LOCATION-docker.pkg.dev/PROJECT/REPOSITORY`. */
  readonly registry: pulumi.Output<string>;
  /** Name of the repository, for `EncoderCluster.imageRepositories`. */
  readonly repositoryId: pulumi.Output<string>;
  /** With `mirror`: where the mirror is, for `Keda.imageRegistry`. */
  readonly mirrorRegistry: pulumi.Output<string> | undefined;
  /** With `mirror`: the name of its repository, for `EncoderCluster.imageRepositories`. */
  readonly mirrorRepositoryId: pulumi.Output<string> | undefined;

  /** The resources that it made, for programs in TypeScript. */
  get resources(): ImagesResources {
    return made.of(this);
  }

  /** @throws InvalidArguments naming every wrong argument */
  constructor(name: string, args: ImagesArgs, opts?: pulumi.ComponentResourceOptions) {
    requireArguments(`Images ${shown(name)}`, args, {
      projectId: "value",
      location: "value",
      source: "value",
      tag: "value",
    });
    const found = problems();
    found.addAll(imagesProblems(name, args));
    found.throwIfAny(`Images ${shown(name)}`);
    super("mpegflow-gcs:index:Images", name, args, opts);

    const parent = { parent: this };
    const disposable = args.disposable ?? false;
    const shared = {
      project: args.projectId,
      location: args.location,
      format: "DOCKER",
      ...withoutUndefined({ kmsKeyName: args.kmsKeyName, labels: args.labels }),
      deletionPolicy: disposable ? "DELETE" : "PREVENT",
    };
    const repository = new gcp.artifactregistry.Repository(
      name,
      {
        ...shared,
        repositoryId: args.repositoryId ?? name,
        description: "Images of MpegFlow's coordinator and worker.",
        dockerConfig: { immutableTags: true },
        cleanupPolicies: [
          {
            id: "keep-newest",
            action: "KEEP",
            mostRecentVersions: { keepCount: args.keepVersions ?? KEEP_VERSIONS },
          },
          {
            id: "delete-old",
            action: "DELETE",
            condition: { tagState: "ANY", olderThan: `${(args.deleteAfterDays ?? 90) * DAY_SECONDS}s` },
          },
        ],
      },
      { ...parent, protect: !disposable },
    );
    const registryOf = ({ location, project, repositoryId }: gcp.artifactregistry.Repository) =>
      pulumi.interpolate`${location}-docker.pkg.dev/${project}/${repositoryId}`;
    const registry = registryOf(repository);
    const build = (program: "coordinator" | "worker") =>
      new Image(
        `${name}-${program}`,
        {
          context: { location: args.source },
          dockerfile: { location: `${args.source}/services/${program}/Dockerfile` },
          platforms:
            args.arm === true ? [Platform.Linux_amd64, Platform.Linux_arm64] : [Platform.Linux_amd64],
          tags: [pulumi.interpolate`${registry}/${program}:${args.tag}`],
          push: true,
          // A preview shows that something would be built; building there would take minutes and prove little.
          buildOnPreview: false,
        },
        parent,
      );
    const mirror =
      args.mirror === true
        ? new gcp.artifactregistry.Repository(
            `${name}-mirror`,
            {
              ...shared,
              repositoryId: mirrorId(name, args),
              description: "A mirror of GitHub's registry, where KEDA's images are.",
              mode: "REMOTE_REPOSITORY",
              remoteRepositoryConfig: {
                description: "GitHub's registry",
                commonRepository: { uri: "https://ghcr.io" },
              },
            },
            parent,
          )
        : undefined;

    const resources = {
      repository,
      coordinator: build("coordinator"),
      worker: build("worker"),
      mirror,
    };
    made.keep(this, resources);

    this.coordinator = resources.coordinator.ref;
    this.worker = resources.worker.ref;
    this.registry = registry;
    this.repositoryId = repository.repositoryId;
    this.mirrorRegistry = mirror && registryOf(mirror);
    this.mirrorRepositoryId = mirror?.repositoryId;
    this.registerOutputs({
      coordinator: this.coordinator,
      worker: this.worker,
      registry: this.registry,
      repositoryId: this.repositoryId,
      mirrorRegistry: this.mirrorRegistry,
      mirrorRepositoryId: this.mirrorRepositoryId,
    });
  }
}

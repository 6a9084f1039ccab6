/** The steps by which an image is published: pure, each a program with its arguments. */

export interface Publication {
  /** `coordinator`, `worker` */
  readonly program: string;
  /** `us-docker.pkg.dev/my-project/mpegflow` */
  readonly registry: string;
  readonly tag: string;
  /** Builds for Arm machines too. */
  readonly arm: boolean;
  /** Directory of the bills and of what the build reports. */
  readonly directory: string;
  readonly attestation?: Attestation;
}

/** Who vouches for an image by Binary Authorization, and the key that signs. */
export interface Attestation {
  /** `projects/PROJECT/attestors/NAME` */
  readonly attestor: string;
  /** `projects/P/locations/L/keyRings/R/cryptoKeys/K/cryptoKeyVersions/N` */
  readonly keyVersion: string;
}

export type Step = readonly [program: string, ...args: string[]];

export const imageOf = ({ registry, program }: Pick<Publication, "registry" | "program">): string =>
  `${registry}/${program}`;
/** The bill of materials of the image's packages of npm. */
export const billFile = ({ directory, program }: Pick<Publication, "directory" | "program">): string =>
  `${directory}/${program}.cdx.json`;
/** What BuildKit reports of a build, the image's digest with it. */
export const buildFile = ({ directory, program }: Pick<Publication, "directory" | "program">): string =>
  `${directory}/${program}.build.json`;

/**
 * Builds an image and pushes it with two attestations in its index: how it was built, from which sources and base, and
 * what BuildKit's scanner finds in it, Debian's packages included.
 *
 * Source: https://docs.docker.com/build/metadata/attestations/
 */
export function buildStep(publication: Publication): Step {
  const { program, tag, arm } = publication;
  return [
    "docker",
    ...["buildx", "build", "--file", `services/${program}/Dockerfile`],
    ...["--platform", arm ? "linux/amd64,linux/arm64" : "linux/amd64"],
    ...["--tag", `${imageOf(publication)}:${tag}`],
    "--provenance=mode=max,version=v1",
    "--sbom=true",
    ...["--metadata-file", buildFile(publication)],
    ...["--push", "."],
  ];
}

/**
 * What is said of the pushed image: its bill of npm's packages, and with an attestor that this release made it.
 *
 * Source: https://docs.cloud.google.com/artifact-analysis/docs/upload-sbom and
 * https://docs.cloud.google.com/sdk/gcloud/reference/beta/container/binauthz/attestations/sign-and-create
 *
 * @param digest `sha256:…`, of the index, which is what pods name
 */
export function statementSteps(publication: Publication, digest: string): Step[] {
  const pushed = `${imageOf(publication)}@${digest}`;
  const { attestation } = publication;
  return [
    ["gcloud", "artifacts", "sbom", "load", `--source=${billFile(publication)}`, `--uri=${pushed}`],
    ...(attestation === undefined
      ? []
      : [
          [
            "gcloud",
            ...["beta", "container", "binauthz", "attestations", "sign-and-create"],
            `--project=${projectOf(attestation.attestor)}`,
            `--artifact-url=${pushed}`,
            `--attestor=${attestation.attestor}`,
            `--keyversion=${attestation.keyVersion}`,
          ] satisfies Step,
        ]),
  ];
}

/** Where the attestation is kept: beside its attestor. */
const projectOf = (attestor: string): string => attestor.split("/")[1] ?? "";

/** The digest that BuildKit reports. @throws Error where it reports none */
export function digestIn(report: string, file: string): string {
  const parsed: unknown = JSON.parse(report);
  const digest: unknown =
    typeof parsed === "object" && parsed !== null ? Reflect.get(parsed, "containerimage.digest") : undefined;
  if (typeof digest === "string" && /^sha256:[0-9a-f]{64}$/.test(digest)) return digest;
  throw new Error(`${file} names no containerimage.digest, so it is not known what was pushed`);
}

/** The image that a Dockerfile's last stage is built on. */
export function baseOf(dockerfile: string): string {
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
  const last = bases.at(-1);
  if (last === undefined) throw new Error("the Dockerfile has no FROM");
  return last;
}

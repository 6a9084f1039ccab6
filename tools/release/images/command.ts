import { defineCommand } from "../../cli/command.ts";
import { outputDirectory } from "../../cli/files.ts";
import { flag, required, text, withDefault } from "../../cli/parameter.ts";

export const releaseImages = defineCommand({
  description: [
    "Writes a bill of materials (CycloneDX 1.5) of each image's packages of npm, and prints the commands that build and push both images with attestations of provenance and content. With --push it runs them.",
  ],
  arguments: {
    registry: required(
      text({
        placeholder: "REGISTRY",
        meaning: "where the images go, such as us-docker.pkg.dev/my-project/mpegflow",
        rule: {
          // https://docs.docker.com/reference/cli/docker/image/tag/
          pattern: /^[a-z0-9.-]+(?::\d+)?(?:\/[a-z0-9]+(?:[._-][a-z0-9]+)*)+$/,
          allowed: "a registry and a path in it, such as us-docker.pkg.dev/my-project/mpegflow",
        },
      }),
    ),
  },
  options: {
    tag: text({
      placeholder: "TAG",
      meaning: "the images' tag, used once, such as the commit; the package's version where it is left out",
      rule: {
        pattern: /^(?!latest$)\w[\w.-]{0,127}$/,
        allowed: "1 to 128 characters of A-Z, a-z, 0-9, _, . and -, and not latest",
      },
    }),
    into: withDefault(outputDirectory({ meaning: "directory of the bills" }), "dist/images"),
    arm: flag({ meaning: "build for Arm machines too" }),
    attestor: text({
      placeholder: "ATTESTOR",
      meaning: "the attestor of Binary Authorization that vouches for the images; with --key",
      rule: {
        pattern: /^projects\/[^/\s]+\/attestors\/[^/\s]+$/,
        allowed: "projects/PROJECT/attestors/NAME",
      },
    }),
    key: text({
      placeholder: "KEY",
      meaning: "the version of a Cloud KMS key that signs for the attestor",
      rule: {
        pattern:
          /^projects\/[^/\s]+\/locations\/[^/\s]+\/keyRings\/[^/\s]+\/cryptoKeys\/[^/\s]+\/cryptoKeyVersions\/\d+$/,
        allowed: "projects/P/locations/L/keyRings/R/cryptoKeys/K/cryptoKeyVersions/N",
      },
    }),
    push: flag({ meaning: "build, push and attest; needs docker with buildx, and gcloud" }),
  },
  examples: [
    ["us-docker.pkg.dev/my-project/mpegflow", "write the bills, show the commands"],
    [
      "us-docker.pkg.dev/my-project/mpegflow --tag 3f1c2aa --push",
      "build and push both images, with attestations",
    ],
  ],
  exits: {
    0: "the bills are written; with --push, both images are pushed and attested",
    1: "a step failed, which is named; what was pushed before stays",
    2: "the command line is wrong; nothing was done",
  },
  docs: "docs/releasing.md",
  check: ({ attestor, key }) =>
    (attestor === undefined) === (key === undefined)
      ? []
      : ["--attestor and --key: an attestor vouches by a key of its own. Give both, or neither."],
  run: async ({ registry, tag, into, arm, attestor, key, push }) => {
    const { packageVersion, publishImages } = await import("./publish-images.ts");
    return publishImages({
      ...{ registry, tag: tag ?? packageVersion(), arm, push, directory: into },
      ...(attestor !== undefined && key !== undefined && { attestation: { attestor, keyVersion: key } }),
    });
  },
});

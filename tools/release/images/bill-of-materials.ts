import { Enums, Models, Serialize, Spec, SPDX } from "@cyclonedx/cyclonedx-library";
import type { ImagePackage } from "./locked-packages.ts";

/** What is in an image, of what the project itself puts there. */
export interface ImageContent {
  /** `worker` */
  readonly program: string;
  /** The release's version or the commit: the image's tag. */
  readonly version: string;
  /** The image that it is built on, as its Dockerfile names it: `node:24.21.0-trixie-slim`. */
  readonly base: string;
  readonly packages: readonly ImagePackage[];
}

/**
 * The bill of materials of an image's packages of npm, as CycloneDX 1.5 in JSON, with the digest that each was installed
 * by. The same content gives the same text. What the base image and Debian's packages bring is in the other bill, which
 * BuildKit's scanner makes of the built image.
 *
 * Source: https://cyclonedx.org/docs/1.5/json/
 */
export function billOfMaterials({ program, version, base, packages }: ImageContent): string {
  const image = new Models.Component(Enums.ComponentType.Container, `mpegflow-${program}`, {
    version,
    bomRef: "image",
    properties: new Models.PropertyRepository([new Models.Property("mpegflow:base-image", base)]),
  });
  const bom = new Models.Bom({ metadata: new Models.Metadata({ component: image }) });
  const components = new Map(packages.map((one) => [one.place, componentOf(one)]));
  for (const { place, needs } of packages) {
    const component = components.get(place);
    if (component === undefined) continue;
    for (const need of needs) {
      const needed = components.get(need);
      if (needed !== undefined) component.dependencies.add(needed.bomRef);
    }
    bom.components.add(component);
    if (place === `services/${program}`) image.dependencies.add(component.bomRef);
  }
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot5));
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

function componentOf({ place, name, version, isOwn, integrity, license }: ImagePackage): Models.Component {
  const slash = name.lastIndexOf("/");
  const component = new Models.Component(Enums.ComponentType.Library, name.slice(slash + 1), {
    version,
    bomRef: place,
    purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
    properties: new Models.PropertyRepository([
      // https://github.com/CycloneDX/cyclonedx-property-taxonomy/blob/main/cdx/npm.md
      new Models.Property("cdx:npm:package:path", place),
      ...(isOwn ? [new Models.Property("cdx:npm:package:private", "true")] : []),
    ]),
  });
  if (slash > 0) component.group = name.slice(0, slash);
  for (const [algorithm, digest] of integrity === undefined ? [] : digestsOf(place, integrity))
    component.hashes.set(algorithm, digest);
  if (license !== undefined) component.licenses.add(licenseOf(license));
  return component;
}

const ALGORITHMS: Readonly<Record<string, Enums.HashAlgorithm>> = {
  sha256: Enums.HashAlgorithm["SHA-256"],
  sha384: Enums.HashAlgorithm["SHA-384"],
  sha512: Enums.HashAlgorithm["SHA-512"],
};

/** `sha512-<base64>`, several parted by spaces: https://www.w3.org/TR/SRI/#the-integrity-attribute */
function digestsOf(place: string, integrity: string): (readonly [Enums.HashAlgorithm, string])[] {
  const found = integrity.split(/\s+/).flatMap((one) => {
    const [, name = "", digest = ""] = /^(\w+)-([A-Za-z0-9+/]+=*)$/.exec(one) ?? [];
    const algorithm = ALGORITHMS[name];
    return algorithm === undefined
      ? []
      : [[algorithm, Buffer.from(digest, "base64").toString("hex")] as const];
  });
  if (found.length === 0)
    throw new Error(`package-lock.json has no digest of ${place} that is strong enough: ${integrity}`);
  return found;
}

/** A name or an expression of SPDX's. */
function licenseOf(license: string): Models.NamedLicense | Models.SpdxLicense | Models.LicenseExpression {
  if (SPDX.isSupportedSpdxId(license)) return new Models.SpdxLicense(license);
  return /\s/.test(license) ? new Models.LicenseExpression(license) : new Models.NamedLicense(license);
}

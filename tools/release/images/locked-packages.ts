import { z } from "zod";

/**
 * What of package-lock.json an image's content is read from.
 *
 * Source: https://docs.npmjs.com/cli/configuring-npm/package-lock-json#packages
 */
const lockSchema = z.object({
  lockfileVersion: z.literal(3),
  packages: z.record(
    z.string(),
    z.object({
      name: z.string().optional(),
      version: z.string().optional(),
      resolved: z.string().optional(),
      integrity: z.string().optional(),
      license: z.string().optional(),
      link: z.boolean().default(false),
      dependencies: z.record(z.string(), z.string()).default({}),
      optionalDependencies: z.record(z.string(), z.string()).default({}),
      peerDependencies: z.record(z.string(), z.string()).default({}),
      peerDependenciesMeta: z.record(z.string(), z.object({ optional: z.boolean().optional() })).default({}),
      os: z.array(z.string()).optional(),
      cpu: z.array(z.string()).optional(),
      libc: z.array(z.string()).optional(),
    }),
  ),
});

type Lock = z.infer<typeof lockSchema>;
type Locked = Lock["packages"][string];

/** A machine that packages are installed on, in the words of npm. */
export interface Target {
  readonly os: "linux";
  readonly cpu: "x64" | "arm64";
  readonly libc: "glibc";
}

/** A package in an image. */
export interface ImagePackage {
  /** Where it is in the image, below /app: `services/worker`, `node_modules/pino`. */
  readonly place: string;
  readonly name: string;
  readonly version: string;
  /** One of the project's own workspaces, whose sources are in the image themselves. */
  readonly isOwn: boolean;
  /** Digest of what was installed, `sha512-<base64>`. Always there but for the project's own. */
  readonly integrity?: string;
  readonly license?: string;
  /** Places of what it imports. */
  readonly needs: readonly string[];
}

/**
 * The packages that `npm ci --workspace FOLDER --omit=dev` installs, in the order of their places.
 *
 * @param lock text of package-lock.json
 * @param folder of the workspace: `services/worker`
 * @throws Error where the lock file lacks something that is needed
 */
export function lockedPackages(lock: string, folder: string, target: Target): ImagePackage[] {
  const { packages } = lockSchema.parse(JSON.parse(lock));
  const found = new Map<string, ImagePackage>();
  const add = (place: string): void => {
    if (found.has(place)) return;
    const { version, integrity, license, ...one } = locked(packages, place);
    const isOwn = !place.includes("node_modules/");
    const name = one.name ?? place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length);
    if (version === undefined) throw new Error(`package-lock.json has no version of ${place}`);
    if (!isOwn && integrity === undefined) throw new Error(`package-lock.json has no integrity of ${place}`);
    const needs = neededBy(packages, place, target);
    const rest = { ...(integrity !== undefined && { integrity }), ...(license !== undefined && { license }) };
    found.set(place, { place, name, version, isOwn, needs, ...rest });
    for (const next of needs) add(next);
  };
  add(folder);
  return [...found.values()].sort((one, other) => (one.place < other.place ? -1 : 1));
}

function locked(packages: Lock["packages"], place: string): Locked {
  const found = packages[place];
  if (found === undefined) throw new Error(`package-lock.json has no ${place}`);
  return found;
}

function neededBy(packages: Lock["packages"], place: string, target: Target): string[] {
  const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = locked(
    packages,
    place,
  );
  const optional = new Set([
    ...Object.keys(optionalDependencies),
    ...Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional === true),
  ]);
  // npm writes an optional dependency among the others as well in some manifests; it is then optional.
  const names = new Set([...Object.keys(dependencies), ...Object.keys(peerDependencies), ...optional]);
  return [...names].sort().flatMap((name) => {
    const installed = placeOf(packages, place, name);
    if (installed === undefined) {
      if (optional.has(name)) return [];
      throw new Error(`package-lock.json has no ${name}, which ${place} needs`);
    }
    const isOptionalPeer = peerDependenciesMeta[name]?.optional === true && !(name in dependencies);
    // A peer that may be absent is there for somebody else, or not at all.
    if (isOptionalPeer) return [];
    return fits(locked(packages, installed), target) ? [installed] : [];
  });
}

/** Where Node.js finds a package from another's place: https://nodejs.org/api/modules.html#loading-from-node_modules-folders */
function placeOf(packages: Lock["packages"], from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(folder.lastIndexOf("/"), 0))) {
    const place = folder === "" ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    const found = packages[place];
    if (found !== undefined) return found.link ? found.resolved : place;
    if (folder === "") return undefined;
  }
}

/** Source: https://docs.npmjs.com/cli/configuring-npm/package-json#os */
function fits({ os, cpu, libc }: Locked, target: Target): boolean {
  return allows(os, target.os) && allows(cpu, target.cpu) && allows(libc, target.libc);
}

function allows(listed: readonly string[] | undefined, own: string): boolean {
  if (listed === undefined) return true;
  const [refused, wanted] = [
    listed.filter((one) => one.startsWith("!")),
    listed.filter((one) => !one.startsWith("!")),
  ];
  return !refused.includes(`!${own}`) && (wanted.length === 0 || wanted.includes(own));
}

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildGo, moduleSource, requiredVersion, type Report } from "../../process/index.ts";

const kubernetesModule = fileURLToPath(new URL("kubernetes/", import.meta.url));
const kedaModule = fileURLToPath(new URL("keda/", import.meta.url));
const keda = "github.com/kedacore/keda/v2";

/** Paths of executables. */
export interface KubernetesPrograms {
  readonly etcd: string;
  readonly apiServer: string;
  readonly controllerManager: string;
  readonly scheduler: string;
  /** `keeper PROGRAM ARGUMENT...` ends the program when the keeper's standard input closes. */
  readonly keeper: string;
}

/** Paths of executables, and of their custom resource definitions. */
export interface KedaPrograms {
  readonly operator: string;
  readonly adapter: string;
  readonly webhooks: string;
  /** A directory of YAML files. */
  readonly definitions: string;
}

/** "1.34.4" */
export const kubernetesVersion = requiredVersion(kubernetesModule, "k8s.io/kubernetes").slice(1);

/** "2.20.2": version of KEDA and of its chart, which go together from 2.20 on. */
export const kedaVersion = requiredVersion(kedaModule, keda).slice(1);

/**
 * Builds etcd, kube-apiserver, kube-controller-manager and kube-scheduler from their Go modules, once.
 *
 * @throws SetupError when there is no Go, or the build fails
 */
export async function kubernetesPrograms(
  cacheDirectory: string,
  report: Report,
  env: NodeJS.ProcessEnv = process.env,
): Promise<KubernetesPrograms> {
  const [major = "", minor = ""] = kubernetesVersion.split(".");
  const version = "k8s.io/component-base/version";
  const directory = await build({
    what: "Kubernetes' control plane",
    name: `kubernetes-${kubernetesVersion}`,
    sources: [
      "go.mod",
      "go.sum",
      "keeper/main.go",
      "keeper/attributes_linux.go",
      "keeper/attributes_other.go",
    ],
    moduleDirectory: kubernetesModule,
    mainPackage: [
      "go.etcd.io/etcd/server/v3",
      "k8s.io/kubernetes/cmd/kube-apiserver",
      "k8s.io/kubernetes/cmd/kube-controller-manager",
      "k8s.io/kubernetes/cmd/kube-scheduler",
      "./keeper",
    ],
    variables: {
      [`${version}.gitVersion`]: `v${kubernetesVersion}`,
      [`${version}.gitMajor`]: major,
      [`${version}.gitMinor`]: minor,
    },
    expected: "about 9 min on two cores",
    cacheDirectory,
    env,
    report,
  });
  return {
    etcd: join(directory, "server"),
    apiServer: join(directory, "kube-apiserver"),
    controllerManager: join(directory, "kube-controller-manager"),
    scheduler: join(directory, "kube-scheduler"),
    keeper: join(directory, "keeper"),
  };
}

/**
 * Builds KEDA's operator, metrics adapter and admission webhooks from their Go module, once.
 *
 * @throws SetupError when there is no Go, or the build fails
 */
export async function kedaPrograms(
  cacheDirectory: string,
  report: Report,
  env: NodeJS.ProcessEnv = process.env,
): Promise<KedaPrograms> {
  const directory = await build({
    what: "KEDA",
    name: `keda-${kedaVersion}`,
    sources: ["go.mod", "go.sum"],
    moduleDirectory: kedaModule,
    mainPackage: ["operator", "adapter", "webhooks"].map((program) => `${keda}/cmd/${program}`),
    variables: { [`${keda}/version.Version`]: kedaVersion },
    expected: "about 12 min on two cores",
    complete: async (temporary) => {
      const source = join(await moduleSource(kedaModule, keda, env), "config/crd/bases");
      await cp(source, join(temporary, "definitions"), { recursive: true });
    },
    cacheDirectory,
    env,
    report,
  });
  return {
    operator: join(directory, "operator"),
    adapter: join(directory, "adapter"),
    webhooks: join(directory, "webhooks"),
    definitions: join(directory, "definitions"),
  };
}

type Build = Omit<Parameters<typeof buildGo>[0], "output" | "env"> & {
  /** Begins the name of its directory in the cache. */
  readonly name: string;
  /** Files that decide what is built: another content is built anew. */
  readonly sources: readonly string[];
  readonly cacheDirectory: string;
  readonly env: NodeJS.ProcessEnv;
};

async function build({ name, sources, cacheDirectory, ...rest }: Build): Promise<string> {
  const hash = createHash("sha256");
  for (const file of sources) hash.update(readFileSync(join(rest.moduleDirectory, file)));
  const directory = `${name}-${hash.digest("hex").slice(0, 12)}-${process.platform}-${process.arch}`;
  return await buildGo({ ...rest, output: join(cacheDirectory, directory) });
}

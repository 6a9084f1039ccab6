import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import { z } from "zod";
import type { Report } from "../../process/index.ts";
import { kedaPrograms, kedaVersion, type KedaPrograms } from "../binaries/programs.ts";
import type { KubernetesClient } from "../client/index.ts";
import type { Credentials } from "../programs/credentials.ts";
import { portsFor } from "../programs/ports.ts";
import {
  startProgram,
  type ProgramOptions,
  type RunningProgram,
  type StopOptions,
} from "../programs/program.ts";
import type { KedaOfControlPlane } from "../programs/types.ts";
import { waitFor } from "../programs/wait.ts";
import { kedaObjects, metricsService } from "./objects.ts";
import { kedaAccounts } from "./permissions.ts";
import { adapterFlags, operatorEnvironment, operatorFlags, webhookFlags, type KedaPorts } from "./flags.ts";
import { KedaReleaseError, kedaSettings, type KedaSettings } from "./release.ts";

/** What KEDA needs of the control plane beside which it runs. */
export interface KedaHost {
  readonly directory: string;
  readonly region: string;
  readonly cacheDirectory: string;
  readonly keeper: string;
  readonly credentials: Credentials;
  readonly client: KubernetesClient;
  readonly clusterProxy: string | undefined;
  readonly report: Report;
  readonly onFailure: (error: Error) => void;
}

export interface Keda extends KedaOfControlPlane {
  /** Starts again what was installed when the control plane last stopped. */
  resume(): Promise<void>;
  programs(): readonly RunningProgram[];
  /** Ends the programs; the release stays installed. */
  stop(how?: StopOptions): Promise<void>;
}

const releaseSchema = z.object({
  version: z.string().optional(),
  namespace: z.string(),
  createNamespace: z.boolean().optional(),
  values: z.record(z.string(), z.unknown()),
});

/** KEDA for one control plane. Nothing runs until it is installed. */
export function openKeda(host: KedaHost): Keda {
  const { directory, client, credentials } = host;
  const releaseFile = join(directory, "keda-release.json");
  let running: RunningProgram[] = [];

  const installed = (): KedaSettings | undefined =>
    existsSync(releaseFile)
      ? kedaSettings(releaseSchema.parse(JSON.parse(readFileSync(releaseFile, "utf8"))), kedaVersion)
      : undefined;
  const endpoints = async () => {
    const ports = await portsFor(join(directory, "keda-ports.json"), portNames);
    return { ports, ca: credentials.authority.certificate };
  };
  const stop = async (how?: StopOptions): Promise<void> => {
    const ending = running;
    running = [];
    await Promise.all(ending.map((program) => program.stop(how)));
  };
  const start = async (settings: KedaSettings, programs: KedaPrograms, ports: KedaPorts): Promise<void> => {
    running = await startPrograms(host, settings, programs, ports);
    for (const program of running) {
      void program.ended.then((error) => {
        if (error !== undefined) host.onFailure(error);
      });
    }
    await waitFor("KEDA", running, 60, () => serves(client, ports, settings));
  };

  return {
    install: async (release) => {
      const settings = kedaSettings(release, kedaVersion);
      const programs = await kedaPrograms(host.cacheDirectory, host.report);
      const before = installed();
      await stop();
      const { ports, ca } = await endpoints();
      const objects = kedaObjects(settings, { ...ports, ca });
      if (before !== undefined) {
        const kept = new Set(objects.map(idOf));
        const gone = kedaObjects(before, { ...ports, ca }).filter((object) => !kept.has(idOf(object)));
        for (const object of gone.reverse()) await remove(client, object);
      }
      if (settings.createNamespace) await client.apply(objects.shift());
      for (const definition of definitions(programs)) await client.apply(annotated(definition, settings));
      for (const object of objects) await client.apply(object);
      writeFileSync(releaseFile, JSON.stringify(release), { mode: 0o600 });
      await start(settings, programs, ports);
    },
    uninstall: async () => {
      const settings = installed();
      if (settings === undefined) return;
      await stop();
      const { ports, ca } = await endpoints();
      for (const object of kedaObjects({ ...settings, createNamespace: false }, { ...ports, ca }).reverse())
        await remove(client, object);
      const programs = await kedaPrograms(host.cacheDirectory, host.report);
      // Helm leaves alone what says so. https://helm.sh/docs/howto/charts_tips_and_tricks/#tell-helm-not-to-uninstall-a-resource
      const kept = settings.definitionAnnotations["helm.sh/resource-policy"] === "keep";
      const removed = kept ? [] : definitions(programs);
      for (const definition of removed) await remove(client, definition);
      rmSync(releaseFile);
      for (const definition of removed) await gone(client, definition);
    },
    running: () => running.length > 0,
    resume: async () => {
      const settings = installed();
      if (settings === undefined) return;
      const programs = await kedaPrograms(host.cacheDirectory, host.report);
      const { ports, ca } = await endpoints();
      // The ports may be others than last time.
      for (const object of kedaObjects(settings, { ...ports, ca })) await client.apply(object);
      await start(settings, programs, ports);
    },
    programs: () => running,
    stop,
  };
}

const portNames = [
  "operatorHealth",
  "operatorMetrics",
  "metricsService",
  "adapter",
  "adapterMetrics",
  "webhooks",
  "webhooksHealth",
] as const satisfies readonly (keyof KedaPorts)[];

async function startPrograms(
  host: KedaHost,
  settings: KedaSettings,
  programs: KedaPrograms,
  ports: KedaPorts,
): Promise<RunningProgram[]> {
  const { directory, region, credentials, keeper, clusterProxy } = host;
  const certificates = await credentials.directory("keda", [
    // The API server expects an aggregated one to have its Service's name.
    `${metricsService}.${settings.namespace}.svc`,
  ]);
  const start = (
    name: string,
    executable: string,
    arguments_: readonly string[],
    environment: ProgramOptions["environment"],
  ) =>
    startProgram({
      name: `${name} (${region})`,
      keeper,
      executable,
      arguments: arguments_,
      environment: environment ?? {},
      logFile: join(directory, "logs", `${name}.log`),
    });
  const kubeconfig = (account: string) =>
    credentials.kubeconfigFile(account, `system:serviceaccount:${settings.namespace}:${account}`, [
      "system:serviceaccounts",
      `system:serviceaccounts:${settings.namespace}`,
    ]);
  const environment = operatorEnvironment(settings, clusterProxy);
  return [
    start(
      "keda-operator",
      programs.operator,
      operatorFlags(settings, ports, certificates, await kubeconfig(kedaAccounts.operator)),
      environment,
    ),
    start(
      "keda-metrics-adapter",
      programs.adapter,
      adapterFlags(ports, certificates, await kubeconfig(kedaAccounts.adapter)),
      environment,
    ),
    ...(settings.webhooks
      ? [
          start(
            "keda-webhooks",
            programs.webhooks,
            webhookFlags(ports, certificates, await kubeconfig(kedaAccounts.webhooks)),
            environment,
          ),
        ]
      : []),
  ];
}

/** Whether operator, aggregated API and webhooks answer. */
async function serves(client: KubernetesClient, ports: KedaPorts, settings: KedaSettings): Promise<void> {
  const ready = async (port: number): Promise<void> => {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
    if (!answer.ok) throw new Error(`not ready: ${answer.status}`);
  };
  await ready(ports.operatorHealth);
  if (settings.webhooks) await ready(ports.webhooksHealth);
  await client.call("GET", "/apis/external.metrics.k8s.io/v1beta1");
}

const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});

type Declared = z.infer<typeof objectSchema>;

function definitions({ definitions: directory }: KedaPrograms): Declared[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => objectSchema.parse(parse(readFileSync(join(directory, file), "utf8"))));
}

/** A definition with what the release's values add. */
function annotated(definition: Declared, { definitionAnnotations }: KedaSettings): Declared {
  const { metadata } = definition;
  const own = annotationsSchema.parse(metadata["annotations"] ?? {});
  return { ...definition, metadata: { ...metadata, annotations: { ...own, ...definitionAnnotations } } };
}

const annotationsSchema = z.record(z.string(), z.string());

function idOf(object: object): string {
  const { apiVersion, kind, metadata } = objectSchema.parse(object);
  return [apiVersion, kind, metadata.namespace ?? "", metadata.name].join("/");
}

/** @throws KedaReleaseError for a kind with objects left, whose finalizers KEDA would have to remove */
async function gone(client: KubernetesClient, { apiVersion, kind, metadata }: Declared): Promise<void> {
  const deadline = Date.now() + 15_000;
  while ((await client.get(apiVersion, kind, metadata.name)) !== undefined) {
    if (Date.now() > deadline) {
      throw new KedaReleaseError(
        `KEDA is gone, but objects of ${metadata.name} are left, whose finalizers nobody takes off now: remove them before the release.`,
      );
    }
    await sleep(200);
  }
}

async function remove(client: KubernetesClient, object: object): Promise<void> {
  const { apiVersion, kind, metadata } = objectSchema.parse(object);
  await client.delete(apiVersion, kind, metadata.name, metadata.namespace);
}

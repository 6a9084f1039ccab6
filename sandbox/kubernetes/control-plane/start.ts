import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { kubernetesPrograms } from "../binaries/programs.ts";
import { openKeda } from "../keda/keda.ts";
import { kubernetesClient } from "../client/index.ts";
import { openCredentials } from "../programs/credentials.ts";
import { apiServerFlags, controllerManagerFlags, etcdFlags, schedulerFlags } from "./flags.ts";
import { portsFor } from "../programs/ports.ts";
import { startProgram, type RunningProgram, type StopOptions } from "../programs/program.ts";
import type { ControlPlane, ControlPlaneOptions } from "../programs/types.ts";
import { waitFor } from "../programs/wait.ts";

/** A busy machine may need long; a program that exits is reported at once. */
const readySeconds = 120;

/**
 * Starts a control plane on loopback and waits until it can be used. It ends with this process at the latest, however that ends.
 *
 * @throws SetupError when its programs cannot be built, or one of them does not start: with the end of its log
 */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { directory, region, cacheDirectory, report } = options;
  const programs = await kubernetesPrograms(cacheDirectory, report);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const ports = await portsFor(join(directory, "ports.json"), ["apiServer", "etcd", "etcdPeer"]);
  const url = `https://127.0.0.1:${ports.apiServer}`;
  const issuer = options.issuer ?? url;
  const credentials = await openCredentials(join(directory, "credentials"), region, url);
  const {
    onFailure = (error: Error) => {
      report(error.message);
    },
  } = options;

  const running: RunningProgram[] = [];
  let stopping = false;
  const start = (name: string, executable: string, arguments_: readonly string[]): void => {
    running.push(
      startProgram({
        name: `${name} (${region})`,
        keeper: programs.keeper,
        executable,
        arguments: arguments_,
        logFile: join(directory, "logs", `${name}.log`),
      }),
    );
  };
  const stop = async (how?: StopOptions): Promise<void> => {
    stopping = true;
    if (how === "power cut") {
      await Promise.all(running.map((program) => program.stop(how)));
      return;
    }
    // The store last: the others would complain of its absence.
    const [store, ...others] = running;
    await Promise.all(others.map((program) => program.stop()));
    await store?.stop();
  };

  try {
    const etcdOwn = await credentials.server("etcd");
    start("etcd", programs.etcd, etcdFlags(join(directory, "etcd"), ports, credentials.caFile, etcdOwn));
    start(
      "kube-apiserver",
      programs.apiServer,
      apiServerFlags(ports, issuer, credentials, {
        server: await credentials.server("kube-apiserver", [
          "localhost",
          "127.0.0.1",
          "10.96.0.1",
          "kubernetes",
          "kubernetes.default",
          "kubernetes.default.svc",
          "kubernetes.default.svc.cluster.local",
        ]),
        etcdClient: await credentials.client("etcd-client", "kube-apiserver"),
        kubeletClient: await credentials.client("kubelet-client", "kube-apiserver-kubelet-client", [
          "system:masters",
        ]),
      }),
    );
    const admin = await credentials.authority.issue({
      commonName: "sandbox-admin",
      organizations: ["system:masters"],
    });
    const client = kubernetesClient({ server: url, ca: credentials.authority.certificate, ...admin });
    await waitFor(`The API server (${region})`, running, readySeconds, async () => {
      await client.call("GET", "/readyz");
    });
    start(
      "kube-controller-manager",
      programs.controllerManager,
      controllerManagerFlags(
        await credentials.kubeconfigFile("controller-manager", "system:kube-controller-manager"),
        credentials,
      ),
    );
    start(
      "kube-scheduler",
      programs.scheduler,
      schedulerFlags(await credentials.kubeconfigFile("scheduler", "system:kube-scheduler")),
    );
    await waitFor(`The controller manager (${region})`, running, readySeconds, async () => {
      // Pods need it, and its controller makes it.
      await client.call("GET", "/api/v1/namespaces/default/serviceaccounts/default");
    });
    for (const program of running) {
      void program.ended.then((error) => {
        if (error !== undefined && !stopping) onFailure(error);
      });
    }

    const { clusterProxy } = options;
    const host = { directory, region, cacheDirectory, report, credentials, client, clusterProxy, onFailure };
    const keda = openKeda({ ...host, keeper: programs.keeper });
    await keda.resume();
    return {
      url,
      ca: credentials.authority.certificate,
      issuer,
      adminKubeconfig: await credentials.kubeconfig("sandbox-admin", ["system:masters"]),
      newClientKubeconfig: (user, groups) => credentials.kubeconfig(user, groups),
      newServerCertificate: (hosts) =>
        credentials.authority.issue({ commonName: hosts[0] ?? "localhost", hosts }),
      keda,
      processes: () =>
        [...running, ...keda.programs()].flatMap((program) => {
          const processId = program.processId();
          return processId === undefined ? [] : [{ name: program.name, processId }];
        }),
      stop: async (how) => {
        stopping = true;
        const kedaGone = keda.stop(how);
        if (how !== "power cut") await kedaGone;
        await Promise.all([kedaGone, stop(how)]);
        await client.close();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

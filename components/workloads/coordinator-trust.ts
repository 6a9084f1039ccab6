import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { serviceOf } from "../kubernetes/network-rules.ts";
import { describeProblem, shown, type Problem } from "../validation/index.ts";
import { coordinatorEgressProblems } from "./coordinator-egress.ts";
import type { EncoderPoolArgs } from "./encoder-pool-args.ts";
import type { WorkerVariables } from "./environment.ts";
import type { WorkloadLabels } from "../kubernetes/labels.ts";

/** Where a worker finds who vouches for the coordinator. */
const DIRECTORY = "/var/run/mpegflow-ca";
const FILE = "ca.crt";

/** Where a pool's objects are. */
export interface PoolPlace {
  readonly namespace: pulumi.Input<string>;
  readonly kubernetesName: string;
  readonly labels: WorkloadLabels;
  readonly parent: pulumi.Resource;
}

export type CoordinatorTrust = ReturnType<typeof coordinatorTrust>;

/**
 * Volume, mount and variables by which workers know the coordinator. The name of the ConfigMap never changes: the kubelet
 * brings another authority to the workers that run, a Job's included.
 */
export function coordinatorTrust(name: string, ca: pulumi.Input<string>, place: PoolPlace) {
  const map = new kubernetes.core.v1.ConfigMap(
    `${name}-coordinator-ca`,
    {
      metadata: {
        name: `${place.kubernetesName}-coordinator-ca`,
        namespace: place.namespace,
        labels: place.labels.all,
      },
      data: { [FILE]: ca },
    },
    { parent: place.parent },
  );
  return {
    map,
    volume: { name: "coordinator-ca", configMap: { name: map.metadata.name } },
    mount: { name: "coordinator-ca", mountPath: DIRECTORY, readOnly: true },
    variables: { MPEGFLOW_COORDINATOR_CA_FILE: `${DIRECTORY}/${FILE}` } satisfies WorkerVariables,
  };
}

type Connection = Pick<
  EncoderPoolArgs,
  "coordinatorCa" | "plaintextCoordinator" | "coordinatorRanges" | "coordinatorByName"
>;

/** Problems of an address for a pool that knows the coordinator in this way. */
export function connectionProblems(url: string, args: Partial<Connection>): Problem[] {
  if (!/^https?:\/\/[^/\s?#]+\/?$/.test(url) || !URL.canParse(url)) {
    return [
      {
        path: "coordinatorUrl",
        given: shown(url),
        allowed: "https://HOST[:PORT]",
        fix: "use Coordinator.url",
      },
    ];
  }
  const address = new URL(url);
  const { protocol, hostname } = address;
  if (protocol === "http:" && args.plaintextCoordinator !== true) {
    return [
      {
        path: "coordinatorUrl",
        given: shown(url),
        allowed: "https://HOST[:PORT]",
        because: "workers' tokens, signed URLs and customer-supplied keys would cross the network in clear.",
        fix: "use Coordinator.url, or set plaintextCoordinator where something else encrypts it",
      },
    ];
  }
  if (protocol === "https:" && serviceOf(hostname) !== undefined && args.coordinatorCa === undefined) {
    return [
      {
        path: "coordinatorCa",
        given: "nothing",
        allowed: "the certificate of the coordinator's authority, in PEM",
        because: "no public authority vouches for a name of the cluster's own.",
        fix: "pass Coordinator.caCertificate",
      },
    ];
  }
  return coordinatorEgressProblems(address, args);
}

/** The address, refused when it is known only now and is wrong. */
export const checkedUrl = (args: EncoderPoolArgs): pulumi.Output<string> =>
  pulumi.output(args.coordinatorUrl).apply((url) => {
    const [problem] = connectionProblems(url, args);
    if (problem) throw new pulumi.RunError(describeProblem(problem));
    return url;
  });

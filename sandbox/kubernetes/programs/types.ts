import type { Report } from "../../process/index.ts";
import type { StopOptions } from "./program.ts";

/** What a control plane is started with. */
export interface ControlPlaneOptions {
  /** Below it are etcd's data, keys, certificates and logs. A later start there finds the same cluster again. */
  readonly directory: string;
  /** A name in messages and certificates: `europe-west1`. */
  readonly region: string;
  /** Where the programs are built once: {@link defaultCacheDirectory}. */
  readonly cacheDirectory: string;
  readonly report: Report;
  /**
   * `iss` of service accounts' tokens, and their default audience. On GKE
   * `https://container.googleapis.com/v1/projects/P/locations/L/clusters/C`.
   * @default the URL of the API server
   */
  readonly issuer?: string;
  /**
   * `http://HOST:PORT` of a proxy that knows the cluster's names, such as `http://coordinator.media.svc:8080`: KEDA runs outside the cluster,
   * and reads queues through it. @default KEDA reaches loopback and what the machine resolves
   */
  readonly clusterProxy?: string;
  /** Called when a program ends unexpectedly, with the last lines of its log. @default reported */
  readonly onFailure?: (error: Error) => void;
}

/** etcd, kube-apiserver, kube-controller-manager and kube-scheduler as processes of this machine. */
export interface ControlPlane {
  /** `https://127.0.0.1:PORT`; the same after a restart, unless the port was taken meanwhile. */
  readonly url: string;
  /** Certificate, in PEM, of the authority that vouches for the API server, its clients and its nodes. */
  readonly ca: string;
  /** `iss` of service accounts' tokens. */
  readonly issuer: string;
  /** Text of a kubeconfig in group `system:masters`; its context has the region's name. */
  readonly adminKubeconfig: string;
  /** A kubeconfig with a client certificate for that user: `system:node:n1` in `system:nodes`. */
  newClientKubeconfig(user: string, groups?: readonly string[]): Promise<string>;
  /** A server's certificate and key in PEM, by the cluster's authority: a node's own endpoint, which the API server checks. */
  newServerCertificate(hosts: readonly string[]): Promise<{ certificate: string; key: string }>;
  readonly keda: KedaOfControlPlane;
  /** Live programs: `kube-apiserver` and its process id. */
  processes(): readonly { name: string; processId: number }[];
  /** Ends every program and waits until it is gone. State stays in the directory, what etcd had not written yet apart in a power cut. */
  stop(how?: StopOptions): Promise<void>;
}

/** KEDA beside a control plane, in place of what its chart would install into it. */
export interface KedaOfControlPlane {
  /**
   * Does what `helm upgrade --install` of chart `keda` would: custom resource definitions, namespaced permissions, API service and webhook,
   * then operator, metrics adapter and admission webhooks as processes of this machine. Resolves when the aggregated API answers.
   *
   * @throws KedaReleaseError naming every value that the sandbox does not know
   */
  install(release: KedaRelease): Promise<void>;
  /** Ends the programs and takes away all that the chart would, its custom resource definitions too. */
  uninstall(): Promise<void>;
  running(): boolean;
}

/** A Helm release of chart `keda`. */
export interface KedaRelease {
  /** Of the chart. @default the one that the sandbox builds */
  readonly version?: string | undefined;
  /** Has to exist, unless `createNamespace` is set. */
  readonly namespace: string;
  /** @default false */
  readonly createNamespace?: boolean | undefined;
  readonly values: Readonly<Record<string, unknown>>;
}

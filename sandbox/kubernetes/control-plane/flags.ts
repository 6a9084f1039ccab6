import type { CertifiedFiles, Credentials } from "../programs/credentials.ts";

/** Loopback ports of a control plane. */
export interface ControlPlanePorts {
  readonly apiServer: number;
  readonly etcd: number;
  readonly etcdPeer: number;
}

const flags = (values: Readonly<Record<string, string | number | boolean>>): string[] =>
  Object.entries(values).map(([name, value]) => `--${name}=${value}`);

/** https://etcd.io/docs/v3.6/op-guide/configuration/ */
export function etcdFlags(
  dataDirectory: string,
  ports: ControlPlanePorts,
  caFile: string,
  own: CertifiedFiles,
): string[] {
  const client = `https://127.0.0.1:${ports.etcd}`;
  const peer = `https://127.0.0.1:${ports.etcdPeer}`;
  return flags({
    name: "sandbox",
    "data-dir": dataDirectory,
    "listen-client-urls": client,
    "advertise-client-urls": client,
    "listen-peer-urls": peer,
    "initial-advertise-peer-urls": peer,
    "initial-cluster": `sandbox=${peer}`,
    // Only the API server may connect, even on this machine.
    "client-cert-auth": true,
    "trusted-ca-file": caFile,
    "cert-file": own.certificateFile,
    "key-file": own.keyFile,
    "peer-client-cert-auth": true,
    "peer-trusted-ca-file": caFile,
    "peer-cert-file": own.certificateFile,
    "peer-key-file": own.keyFile,
    // A sandbox that loses power may lose its last writes; a sync for each write would take most of the time of a start.
    "unsafe-no-fsync": true,
    "log-level": "warn",
  });
}

/** Files of the API server beside the credentials' own. */
export interface ApiServerFiles {
  readonly server: CertifiedFiles;
  readonly etcdClient: CertifiedFiles;
  readonly kubeletClient: CertifiedFiles;
}

/** https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/ */
export function apiServerFlags(
  ports: ControlPlanePorts,
  issuer: string,
  credentials: Credentials,
  files: ApiServerFiles,
): string[] {
  const { caFile, frontProxy, serviceAccounts } = credentials;
  return flags({
    "bind-address": "127.0.0.1",
    "secure-port": ports.apiServer,
    // Endpoints must not be loopback addresses. This address is for documentation only (RFC 5737) and is not used.
    "advertise-address": "192.0.2.1",
    "endpoint-reconciler-type": "none",
    "service-cluster-ip-range": "10.96.0.0/16",
    "etcd-servers": `https://127.0.0.1:${ports.etcd}`,
    "etcd-cafile": caFile,
    "etcd-certfile": files.etcdClient.certificateFile,
    "etcd-keyfile": files.etcdClient.keyFile,
    "tls-cert-file": files.server.certificateFile,
    "tls-private-key-file": files.server.keyFile,
    "client-ca-file": caFile,
    "authorization-mode": "Node,RBAC",
    // As on GKE; namespaces decide by Pod Security.
    "allow-privileged": true,
    // It taints a new node until the node life cycle controller, which is left out here, takes the taint off.
    "disable-admission-plugins": "TaintNodesByCondition",
    "service-account-issuer": issuer,
    "service-account-key-file": serviceAccounts.publicKeyFile,
    "service-account-signing-key-file": serviceAccounts.keyFile,
    "requestheader-client-ca-file": frontProxy.caFile,
    "requestheader-allowed-names": "front-proxy-client",
    "requestheader-extra-headers-prefix": "X-Remote-Extra-",
    "requestheader-group-headers": "X-Remote-Group",
    "requestheader-username-headers": "X-Remote-User",
    "proxy-client-cert-file": frontProxy.certificateFile,
    "proxy-client-key-file": frontProxy.keyFile,
    "kubelet-certificate-authority": caFile,
    "kubelet-client-certificate": files.kubeletClient.certificateFile,
    "kubelet-client-key": files.kubeletClient.keyFile,
    "kubelet-preferred-address-types": "InternalIP",
    profiling: false,
  });
}

/**
 * Left out is what would look for a cloud, and what would evict pods of nodes that send no heartbeats.
 * https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/
 */
export function controllerManagerFlags(kubeconfigFile: string, credentials: Credentials): string[] {
  return flags({
    kubeconfig: kubeconfigFile,
    // Nothing asks it anything; whether it lives shows by its process.
    "secure-port": 0,
    "leader-elect": false,
    controllers: [
      "*",
      "-node-ipam-controller",
      "-cloud-node-lifecycle-controller",
      "-node-lifecycle-controller",
      "-node-route-controller",
      "-service-lb-controller",
      "-persistentvolume-attach-detach-controller",
    ].join(","),
    "use-service-account-credentials": true,
    "service-account-private-key-file": credentials.serviceAccounts.keyFile,
    "root-ca-file": credentials.caFile,
    "horizontal-pod-autoscaler-sync-period": "5s",
    "kube-api-qps": 100,
    "kube-api-burst": 200,
    profiling: false,
  });
}

/** https://kubernetes.io/docs/reference/command-line-tools-reference/kube-scheduler/ */
export function schedulerFlags(kubeconfigFile: string): string[] {
  return flags({ kubeconfig: kubeconfigFile, "secure-port": 0, "leader-elect": false, profiling: false });
}

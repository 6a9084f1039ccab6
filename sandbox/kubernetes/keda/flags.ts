import type { KedaSettings } from "./release.ts";

/** Loopback ports of KEDA's programs. */
export interface KedaPorts {
  readonly operatorHealth: number;
  readonly operatorMetrics: number;
  /** Between operator and adapter. */
  readonly metricsService: number;
  readonly adapter: number;
  readonly adapterMetrics: number;
  readonly webhooks: number;
  readonly webhooksHealth: number;
}

/**
 * The chart's flags, adapted for a process outside of the cluster: a kubeconfig, its own ports, our certificates.
 *
 * https://github.com/kedacore/charts/blob/main/keda/templates/manager/deployment.yaml
 */
export function operatorFlags(
  { operatorMetrics }: KedaSettings,
  ports: KedaPorts,
  certificates: string,
  kubeconfig: string,
): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--cert-dir=${certificates}`,
    "--leader-elect=false",
    "--enable-cert-rotation=false",
    "--enable-apiservice-patching=false",
    "--enable-webhook-patching=false",
    `--health-probe-bind-address=127.0.0.1:${ports.operatorHealth}`,
    `--metrics-service-bind-address=127.0.0.1:${ports.metricsService}`,
    `--enable-prometheus-metrics=${operatorMetrics}`,
    `--metrics-bind-address=127.0.0.1:${ports.operatorMetrics}`,
    "--zap-log-level=info",
    "--zap-encoder=console",
  ];
}

export function operatorEnvironment(
  { namespace, watchNamespace, restrictSecrets }: KedaSettings,
  clusterProxy: string | undefined,
): Record<string, string> {
  return {
    WATCH_NAMESPACE: watchNamespace,
    POD_NAMESPACE: namespace,
    POD_NAME: "keda-operator-sandbox",
    OPERATOR_NAME: "keda-operator",
    KEDA_CLUSTER_OBJECT_NAMESPACE: namespace,
    ...(restrictSecrets && { KEDA_RESTRICT_SECRET_ACCESS: "true" }),
    // Go asks no proxy for loopback, so the API server and the other programs are reached directly.
    ...(clusterProxy !== undefined && { HTTP_PROXY: clusterProxy, HTTPS_PROXY: clusterProxy }),
  };
}

/**
 * KEDA has no flag for the address on which the adapter's metrics (`--port`) and the webhooks listen: both take all of this machine's. The
 * webhooks ask for the API server's TLS, and the metrics are counts.
 */
export function adapterFlags(ports: KedaPorts, certificates: string, kubeconfig: string): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--lister-kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    "--bind-address=127.0.0.1",
    `--secure-port=${ports.adapter}`,
    `--port=${ports.adapterMetrics}`,
    `--metrics-service-address=localhost:${ports.metricsService}`,
    `--client-ca-file=${certificates}/ca.crt`,
    `--tls-cert-file=${certificates}/tls.crt`,
    `--tls-private-key-file=${certificates}/tls.key`,
    `--cert-dir=${certificates}`,
    "--zap-log-level=info",
    "--zap-encoder=console",
  ];
}

export function webhookFlags(ports: KedaPorts, certificates: string, kubeconfig: string): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--cert-dir=${certificates}`,
    `--port=${ports.webhooks}`,
    `--health-probe-bind-address=127.0.0.1:${ports.webhooksHealth}`,
    "--metrics-bind-address=0",
    "--zap-log-level=info",
    "--zap-encoder=console",
  ];
}

/** Period, timeout and failure threshold of a probe. */
interface ProbeTiming {
  readonly periodSeconds: number;
  /** Failures in a row that count. */
  readonly failureThreshold: number;
  /** @default 2 */
  readonly timeoutSeconds?: number;
}

/** An HTTP probe on the container port named `http`. */
export function httpProbe(path: string, timing: ProbeTiming) {
  return { httpGet: { path, port: "http" }, timeoutSeconds: 2, ...timing };
}

/**
 * A probe by HTTPS on the container port named `https`. The kubelet checks no certificate, and sends nothing.
 *
 * Source: https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#http-probes
 */
export function httpsProbe(path: string, timing: ProbeTiming) {
  return { httpGet: { path, port: "https", scheme: "HTTPS" }, timeoutSeconds: 2, ...timing };
}

import { COORDINATOR_AUDIENCE } from "./accounts.ts";

/** Path of the coordinator's token: the default one, which the program's client libraries use. */
const API_ACCESS = "/var/run/secrets/kubernetes.io/serviceaccount";
/** Path of a worker's token. */
const WORKER_TOKEN = "/var/run/secrets/mpegflow";
/** Seconds; the kubelet brings a new token when 80 % are over. */
const LIFETIME = 3600;

/**
 * A token for the API server in place of the automatic mount, which the service account has switched off: this one is
 * for the pod that needs it, and ends with it.
 *
 * Source: https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#serviceaccount-token-volume-projection
 */
export const apiAccess = {
  volume: {
    name: "kubernetes-api",
    projected: {
      sources: [
        { serviceAccountToken: { path: "token", expirationSeconds: LIFETIME } },
        { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
        { downwardAPI: { items: [{ path: "namespace", fieldRef: { fieldPath: "metadata.namespace" } }] } },
      ],
    },
  },
  mount: { name: "kubernetes-api", mountPath: API_ACCESS, readOnly: true },
};

/** A worker's proof of who it is, of use to the coordinator alone. */
export const coordinatorToken = {
  volume: {
    name: "coordinator-token",
    projected: {
      sources: [
        {
          serviceAccountToken: {
            path: "token",
            audience: COORDINATOR_AUDIENCE,
            expirationSeconds: LIFETIME,
          },
        },
      ],
    },
  },
  mount: { name: "coordinator-token", mountPath: WORKER_TOKEN, readOnly: true },
  file: `${WORKER_TOKEN}/token`,
};

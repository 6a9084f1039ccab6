import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

const labels = { app: "ledger" };
const template = {
  metadata: { labels },
  spec: {
    serviceAccountName: "ledger",
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: "zone",
        whenUnsatisfiable: "DoNotSchedule",
        labelSelector: { matchLabels: labels },
      },
    ],
    containers: [
      {
        name: "ledger",
        image: "ghcr.io/example/ledger:3",
        lifecycle: { preStop: { sleep: { seconds: 5 } } },
        volumeMounts: [{ name: "data", mountPath: "/data" }],
      },
    ],
  },
};

const set = new k8s.apps.v1.StatefulSet("ledger", {
  spec: {
    serviceName: "ledger",
    selector: { matchLabels: labels },
    template,
    volumeClaimTemplates: [
      {
        metadata: { name: "data" },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "10Gi" } } },
      },
    ],
  },
});
new k8s.apps.v1.DaemonSet("logs", {
  metadata: { namespace: "kube-system" },
  spec: {
    selector: { matchLabels: { app: "logs" } },
    template: {
      metadata: { labels: { app: "logs" } },
      spec: {
        hostNetwork: true,
        containers: [{ name: "logs", image: "fluent/fluent-bit:4" }],
        volumes: [{ name: "var", hostPath: { path: "/var/log" } }],
      },
    },
  },
});
new k8s.batch.v1.CronJob("report", {
  metadata: { name: "report" },
  spec: {
    schedule: "@daily",
    jobTemplate: {
      spec: {
        template: {
          spec: { restartPolicy: "OnFailure", containers: [{ name: "report", image: "alpine:3" }] },
        },
      },
    },
  },
});
new k8s.autoscaling.v2.HorizontalPodAutoscaler("ledger", {
  spec: {
    minReplicas: 1,
    maxReplicas: 5,
    scaleTargetRef: { apiVersion: "apps/v1", kind: "StatefulSet", name: set.metadata.name },
  },
});
new k8s.networking.v1.Ingress("ledger", {
  metadata: { annotations: { "kubernetes.io/ingress.class": "gce" } },
  spec: { defaultBackend: { service: { name: "ledger", port: { number: 80 } } } },
});
new k8s.core.v1.ConfigMapPatch("coredns", {
  metadata: { name: "coredns", namespace: "kube-system" },
  data: { more: "yes" },
});
const token = new k8s.core.v1.Secret("ledger", { stringData: { token: pulumi.secret("not-to-be-shown") } });
const claim = new k8s.core.v1.PersistentVolumeClaim("scratch", {
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
});
const existing = k8s.core.v1.Service.get("dns", "kube-system/kube-dns");

export const clusterIp = existing.spec.clusterIP;
export const names = pulumi.all([token.metadata.name, claim.metadata.name]);

import * as gcp from "@pulumi/gcp";
import * as k8s from "@pulumi/kubernetes";

/** A stack of somebody who uses none of our components. */
export interface OutsideStack {
  readonly title: string;
  readonly program: () => void;
  /** The policy and the resource that is refused; nothing for a stack that breaks no rule. */
  readonly refused?: readonly [policy: string, resource: string];
}

export const project = "studio-dailies";
export const safe = {
  project,
  uniformBucketLevelAccess: true,
  publicAccessPrevention: "enforced",
  lifecycleRules: [{ action: { type: "AbortIncompleteMultipartUpload" }, condition: { age: 7 } }],
};
export const logged = (): void => {
  new gcp.projects.IAMAuditConfig("audit", {
    project,
    service: "allServices",
    auditLogConfigs: [{ logType: "DATA_READ" }, { logType: "DATA_WRITE" }],
  });
};
export const bucket = (name: string, more: Partial<gcp.storage.BucketArgs> = {}): gcp.storage.Bucket =>
  new gcp.storage.Bucket(name, { ...safe, name, location: "US-CENTRAL1", ...more });
export const pod = (more: object = {}) => ({
  containers: [{ name: "main", image: "registry/app:1" }],
  ...more,
});
export const deployment = (name: string, spec: object): k8s.apps.v1.Deployment =>
  new k8s.apps.v1.Deployment(name, {
    metadata: { name, namespace: "media" },
    spec: {
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: pod(spec) },
    },
  });
export const privateCluster = (name: string, more: object = {}): gcp.container.Cluster =>
  new gcp.container.Cluster(name, {
    project,
    location: "us-central1",
    datapathProvider: "ADVANCED_DATAPATH",
    workloadIdentityConfig: { workloadPool: `${project}.svc.id.goog` },
    privateClusterConfig: { enablePrivateNodes: true },
    ...more,
  });

import { projectId } from "../local-cloud.ts";
import type { Example } from "./example.ts";

const clusterId = `projects/${projectId}/locations/us-central1/clusters/encoders`;
const repositoryId = `projects/${projectId}/locations/us-central1/repositories/images`;

/** In the order of their dependencies. */
export const clusterExamples: Example[] = [
  {
    type: "gcp:container/cluster:Cluster",
    inputs: {
      name: "encoders",
      location: "us-central1",
      network: `projects/${projectId}/global/networks/encoders`,
      subnetwork: `projects/${projectId}/regions/us-central1/subnetworks/encoders`,
      networkingMode: "VPC_NATIVE",
      ipAllocationPolicy: { clusterSecondaryRangeName: "pods", servicesSecondaryRangeName: "services" },
      removeDefaultNodePool: true,
      initialNodeCount: 1,
      datapathProvider: "ADVANCED_DATAPATH",
      controlPlaneEndpointsConfig: {
        dnsEndpointConfig: { allowExternalTraffic: true },
        ipEndpointsConfig: { enabled: false },
      },
      releaseChannel: { channel: "REGULAR" },
      deletionProtection: false,
    },
    update: { releaseChannel: { channel: "STABLE" }, costManagementConfig: { enabled: true } },
    id: clusterId,
    outputs: {
      controlPlaneEndpointsConfig: {
        dnsEndpointConfig: { allowExternalTraffic: true, endpoint: "gke-encoders.us-central1.gke.goog" },
        ipEndpointsConfig: { enabled: false },
      },
    },
  },
  {
    type: "gcp:container/nodePool:NodePool",
    inputs: {
      name: "spot",
      location: "us-central1",
      cluster: clusterId,
      autoscaling: { totalMinNodeCount: 0, totalMaxNodeCount: 20, locationPolicy: "ANY" },
      nodeConfig: {
        machineType: "c3d-standard-16",
        spot: true,
        taints: [{ key: "mpegflow-pool", value: "spot", effect: "NO_SCHEDULE" }],
        workloadMetadataConfig: { mode: "GKE_METADATA" },
      },
    },
    update: { autoscaling: { totalMinNodeCount: 1, totalMaxNodeCount: 40, locationPolicy: "ANY" } },
    id: `${clusterId}/nodePools/spot`,
    outputs: { cluster: "encoders", maxPodsPerNode: 110 },
  },
  {
    type: "gcp:gkebackup/backupPlan:BackupPlan",
    inputs: {
      name: "encoders",
      location: "us-east1",
      cluster: clusterId,
      backupConfig: { allNamespaces: true, includeSecrets: false, includeVolumeData: false },
      backupSchedule: { cronSchedule: "0 3 * * *" },
      retentionPolicy: { backupRetainDays: 14 },
    },
    update: { retentionPolicy: { backupRetainDays: 30 } },
    id: `projects/${projectId}/locations/us-east1/backupPlans/encoders`,
    outputs: { state: "READY" },
  },
  {
    type: "gcp:artifactregistry/repository:Repository",
    inputs: { repositoryId: "images", location: "us-central1", format: "DOCKER" },
    update: { description: "coordinator and worker" },
    another: { repositoryId: "own-copy", location: "us-central1", format: "DOCKER" },
    id: repositoryId,
    outputs: { registryUri: `us-central1-docker.pkg.dev/${projectId}/images` },
  },
  {
    type: "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
    inputs: {
      repository: "images",
      location: "us-central1",
      role: "roles/artifactregistry.reader",
      member: "user:reader@example.com",
    },
    id: `${repositoryId}/roles/artifactregistry.reader/user:reader@example.com`,
    importIds: [`${repositoryId} roles/artifactregistry.reader user:reader@example.com`],
    outputs: { repository: repositoryId },
  },
];

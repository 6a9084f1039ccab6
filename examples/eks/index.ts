import * as gcp from "@pulumi/gcp";
import * as kubernetes from "@pulumi/kubernetes";
import {
  AccessPattern,
  BrokerIdentity,
  Coordinator,
  EncoderPool,
  EncoderScalingKind,
  JobMessaging,
  Keda,
  MediaBucket,
  predefined,
  RESTRICTED_NAMESPACE_LABELS,
  SignerKind,
} from "mpegflow-gcs";
import { eksCluster, ENCODERS } from "./cluster.ts";
import { federation } from "./identity.ts";

const project = { projectId: "studio-media", projectNumber: "210987654321" };
const placement = predefined("NAM4");
// To be replaced: the digests that pushing the images printed.
const images = {
  coordinator:
    "us-docker.pkg.dev/studio-media/mpegflow/coordinator@sha256:0000000000000000000000000000000000000000000000000000000000000000",
  worker:
    "us-docker.pkg.dev/studio-media/mpegflow/worker@sha256:0000000000000000000000000000000000000000000000000000000000000000",
};
const google = { provider: new gcp.Provider("google", { project: project.projectId }) };

const { provider, issuer } = eksCluster("encoders", {
  region: "us-east-1",
  subnetIds: ["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"],
});
const inCluster = { provider };
const names = { coordinators: "mpegflow", encoders: "mpegflow-encoders" };
const identity = federation({ ...project, issuer, namespace: names.coordinators });

const media = new MediaBucket(
  "media",
  { placement, accessPattern: AccessPattern.SingleWriter, projectId: project.projectId },
  google,
);
const coordinatorPrincipals = [identity.principal];
const messaging = new JobMessaging(
  "encoding",
  { ...project, regions: placement.regions, coordinatorPrincipals },
  google,
);
const broker = new BrokerIdentity(
  "broker",
  {
    projectId: project.projectId,
    bucket: media.bucketName,
    regions: placement.regions,
    coordinatorPrincipals,
    signer: SignerKind.Hmac,
  },
  google,
);
// Given to this component only where it signs with HMAC keys, as here.
if (broker.signerSecretVersion === undefined) throw new Error("the signer has no HMAC key");

const namespaces = Object.values(names).map(
  (name) =>
    new kubernetes.core.v1.Namespace(
      name,
      { metadata: { name, labels: { ...RESTRICTED_NAMESPACE_LABELS } } },
      inCluster,
    ),
);
const credentials = new kubernetes.core.v1.Secret(
  "google-credentials",
  {
    metadata: { name: "google-credentials", namespace: names.coordinators },
    stringData: { "credentials.json": identity.configuration },
  },
  { ...inCluster, dependsOn: namespaces },
);
const keda = new Keda(
  "keda",
  { watchedNamespaces: Object.values(names) },
  { ...inCluster, dependsOn: namespaces },
);
const coordinator = new Coordinator(
  "coordinator",
  {
    region: "us-east1",
    namespace: names.coordinators,
    encoderNamespace: names.encoders,
    image: images.coordinator,
    projectId: project.projectId,
    bucket: media.bucketName,
    jobsTopic: messaging.jobsTopic,
    jobsSubscription: messaging.jobsSubscription,
    deadLetterSubscription: messaging.jobsDeadLetterSubscription,
    jobEventsTopic: messaging.jobEventsTopic,
    signer: SignerKind.Hmac,
    signerSecretVersion: broker.signerSecretVersion,
    leaseSecretVersion: broker.leaseSecretVersion,
    googleCredentials: { secretName: credentials.metadata.name, tokenAudience: identity.audience },
    // Google's private addresses are not to be reached from AWS unless a VPN or an interconnect leads there.
    publicEgress: true,
  },
  { ...inCluster, dependsOn: [messaging, broker, ...namespaces] },
);
new EncoderPool(
  "encoders",
  {
    region: "us-east1",
    namespace: names.encoders,
    image: images.worker,
    coordinatorUrl: coordinator.url,
    coordinatorCa: coordinator.caCertificate,
    publicEgress: true,
    scaling: { kind: EncoderScalingKind.ScaledJob, maxReplicas: 40 },
    resources: { cpu: "8", memory: "8Gi" },
    placement: {
      nodeSelector: { [ENCODERS.key]: ENCODERS.value },
      tolerations: [{ ...ENCODERS, effect: "NoSchedule" }],
    },
  },
  { ...inCluster, dependsOn: [keda, ...namespaces] },
);

export const bucket = media.url;
export const jobs = messaging.jobsTopic;

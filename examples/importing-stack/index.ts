import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import {
  AccessPattern,
  BrokerIdentity,
  dualRegion,
  JobMessaging,
  kubernetesPrincipal,
  MediaBucket,
} from "mpegflow-gcs";

// Both are in Pulumi.dev.yaml.
const project = {
  projectId: new pulumi.Config("gcp").require("project"),
  projectNumber: new pulumi.Config().require("projectNumber"),
};
const google = new gcp.Provider("google", { project: project.projectId });
const placement = dualRegion("us-central1", "us-west1");
const coordinator = kubernetesPrincipal({ ...project, namespace: "encoding", serviceAccount: "coordinator" });

const media = new MediaBucket(
  "media",
  { placement, accessPattern: AccessPattern.ActiveActive, projectId: project.projectId },
  { provider: google },
);

const messaging = new JobMessaging(
  "encoding",
  { ...project, regions: placement.regions, coordinatorPrincipals: [coordinator] },
  { provider: google },
);

const broker = new BrokerIdentity(
  "broker",
  {
    projectId: project.projectId,
    bucket: media.bucketName,
    regions: placement.regions,
    coordinatorPrincipals: [coordinator],
  },
  { provider: google },
);

export const bucket = media.url;
export const jobs = messaging.jobsTopic;
export const signer = broker.signerEmail;

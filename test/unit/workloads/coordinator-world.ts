import type { CoordinatorArgs } from "../../../components/workloads/index.ts";

/** A coordinator with nothing that could be left out. */
export const coordinatorArgs: CoordinatorArgs = {
  region: "us-central1",
  namespace: "mpegflow",
  image: "registry/coordinator:1",
  projectId: "my-project",
  bucket: "media",
  jobsTopic: "jobs",
  jobsSubscription: "jobs-pull",
  jobEventsTopic: "job-events",
  signerEmail: "signer@my-project.iam.gserviceaccount.com",
  leaseSecretVersion: "projects/my-project/secrets/lease/versions/latest",
};

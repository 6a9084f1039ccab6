import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

/** A project as users know it. */
export interface ProjectReference {
  /** Project id. */
  readonly projectId: string;
  /** Project number; when given, nothing is looked up. */
  readonly projectNumber?: pulumi.Input<string>;
}

/**
 * The project's number. The only place that looks it up: a configured number makes no call to Google, so that a
 * preview needs no credentials.
 */
export function projectNumberOf(
  project: ProjectReference,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<string> {
  if (project.projectNumber !== undefined) return pulumi.output(project.projectNumber);
  return gcp.organizations.getProjectOutput({ projectId: project.projectId }, opts).number;
}

/**
 * IAM member of Pub/Sub's own account in a project: it forwards dead letters.
 *
 * Source: https://docs.cloud.google.com/pubsub/docs/handling-failures#grant_forwarding_permissions
 */
export function pubsubServiceAgent(projectNumber: string): string {
  return `serviceAccount:service-${projectNumber}@gcp-sa-pubsub.iam.gserviceaccount.com`;
}

/**
 * IAM member of Cloud Storage's own account in a project: it publishes notifications.
 *
 * Source: https://docs.cloud.google.com/storage/docs/getting-service-agent
 */
export function storageServiceAgent(projectNumber: string): string {
  return `serviceAccount:service-${projectNumber}@gs-project-accounts.iam.gserviceaccount.com`;
}

import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

/** Storage Transfer Service's own account in a project. */
export interface TransferAgent {
  /** As IAM names it: `serviceAccount:project-N@storage-transfer-service.iam.gserviceaccount.com`. */
  readonly member: pulumi.Output<string>;
  /** Its unique id, which AWS is to trust. */
  readonly subjectId: pulumi.Output<string>;
}

/**
 * The only place that looks the account up, which also makes it where it is not there yet. With both number and id
 * configured there is no call to Google, so that a preview needs no credentials.
 *
 * Source: https://docs.cloud.google.com/storage-transfer/docs/reference/rest/v1/googleServiceAccounts/get
 */
export function transferAgentOf(
  project: {
    readonly projectId: string;
    readonly projectNumber?: pulumi.Input<string>;
    readonly transferSubjectId?: pulumi.Input<string>;
  },
  opts: pulumi.InvokeOutputOptions,
): TransferAgent {
  const { projectNumber, transferSubjectId } = project;
  if (projectNumber !== undefined && transferSubjectId !== undefined) {
    return {
      member: pulumi.interpolate`serviceAccount:project-${projectNumber}@storage-transfer-service.iam.gserviceaccount.com`,
      subjectId: pulumi.output(transferSubjectId),
    };
  }
  const found = gcp.storage.getTransferProjectServiceAccountOutput({ project: project.projectId }, opts);
  return { member: found.member, subjectId: found.subjectId };
}

import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { InvalidArguments } from "../validation/index.ts";
import type { AuditTrailArgs } from "./audit-trail-args.ts";
import type { AuditTrailResources } from "./audit-trail-resources.ts";
import { exemptedSignerProblems } from "./audit-trail-checks.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

type LogType = "ADMIN_READ" | "DATA_READ" | "DATA_WRITE";

/**
 * Which Data Access logs the project writes. Signatures by `signBlob` are ADMIN_READ of `iam.googleapis.com`: the service
 * that signs, `iamcredentials.googleapis.com`, cannot be configured on its own.
 *
 * Sources: https://docs.cloud.google.com/storage/docs/audit-logging,
 * https://docs.cloud.google.com/iam/docs/audit-logging/audit-logging-iamcreds,
 * https://docs.cloud.google.com/secret-manager/docs/audit-logging
 */
export function dataAccessLogs(
  name: string,
  args: AuditTrailArgs,
  parent: pulumi.Resource,
): AuditTrailResources["dataAccessLogs"] {
  const configure = (
    suffix: string,
    logTypes: readonly LogType[],
    exemptedMembers?: pulumi.Input<string[]>,
  ) =>
    new gcp.projects.IAMAuditConfig(
      `${name}-${suffix}`,
      {
        project: args.projectId,
        service: `${suffix}.googleapis.com`,
        auditLogConfigs: logTypes.map((logType) => ({
          logType,
          ...withoutUndefined({ exemptedMembers }),
        })),
      },
      { parent },
    );
  return {
    storage: configure("storage", ["DATA_READ", "DATA_WRITE"], exemptedMembersOf(name, args)),
    iam: configure("iam", ["ADMIN_READ"]),
    ...((args.signerSecrets ?? []).length > 0 && {
      secretmanager: configure("secretmanager", ["DATA_READ"]),
    }),
  };
}

/** The signer may become known only now. */
function exemptedMembersOf(name: string, args: AuditTrailArgs): pulumi.Output<string[]> | undefined {
  const members = args.exemptedMembers ?? [];
  if (members.length === 0) return undefined;
  return pulumi.all(args.signerEmails).apply((signers) => {
    const found = exemptedSignerProblems(members, signers);
    if (found.length > 0) throw new InvalidArguments(`AuditTrail "${name}"`, found);
    return members;
  });
}

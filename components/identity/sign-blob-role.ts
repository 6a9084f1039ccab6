import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { shown, type Problem } from "../validation/index.ts";

/** The one permission of keyless signing. https://docs.cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/signBlob */
const SIGN_BLOB_PERMISSION = "iam.serviceAccounts.signBlob";

/** Longest beginning of a role's id that leaves room for `_signer_` and six digits in 64 characters. */
const LONGEST_PREFIX = 50;

/**
 * A custom role of the project that allows nothing but to sign in the name of those accounts on which it is granted.
 *
 * A deleted role keeps its id for up to 37 days, and can come back in 7 of them only. So the id ends in random digits:
 * a stack that is destroyed and made again, or a second one in the project, does not meet it. The digits are in the
 * state, so that the id stays.
 */
export function signBlobRole(
  name: string,
  projectId: pulumi.Input<string>,
  parent: pulumi.Resource,
): { readonly role: gcp.projects.IAMCustomRole; readonly digits: random.RandomId } {
  const digits = new random.RandomId(`${name}-signer-role`, { byteLength: 3 }, { parent });
  // Ids of roles take no dash.
  const prefix = name.replaceAll(/[^a-zA-Z0-9_.]/g, "_").slice(0, LONGEST_PREFIX);
  const role = new gcp.projects.IAMCustomRole(
    `${name}-signer`,
    {
      roleId: pulumi.interpolate`${prefix}_signer_${digits.hex}`,
      project: projectId,
      title: "MpegFlow signer",
      description: "Signs in the name of the accounts on which it is granted, and nothing else.",
      permissions: [SIGN_BLOB_PERMISSION],
      stage: "GA",
    },
    { parent },
  );
  return { role, digits };
}

/** Problems of an existing role. */
export function signerRoleProblems(role: pulumi.Input<string> | undefined): Problem[] {
  if (typeof role !== "string" || /^(?:(?:projects|organizations)\/[^/]+\/)?roles\/[\w.]+$/.test(role))
    return [];
  return [
    {
      path: "signerRole",
      given: shown(role),
      allowed: "the full name of a role, projects/P/roles/R, organizations/O/roles/R or roles/R",
      fix: `name a role that holds ${SIGN_BLOB_PERMISSION}, or leave signerRole out`,
    },
  ];
}

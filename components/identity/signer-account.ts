import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

/** What signed URLs of the account allow. */
export const SignerPower = {
  READ: { suffix: "reads", role: "roles/storage.objectViewer" },
  CREATE: { suffix: "creates", role: "roles/storage.objectCreator" },
} as const;
export type SignerPower = (typeof SignerPower)[keyof typeof SignerPower];

/** An account in whose name URLs are signed. */
export interface SignerAccountArgs {
  readonly projectId: pulumi.Input<string>;
  readonly bucket: pulumi.Input<string>;
  readonly accountId: string;
  readonly displayName: string;
  readonly description: string;
  readonly powers: readonly SignerPower[];
  /** Whether deletion is refused. */
  readonly kept: boolean;
}

/** The account and its grants on the bucket: `name` is that of the account, which the grants' names begin with. */
export interface SignerAccount {
  readonly name: string;
  readonly account: gcp.serviceaccount.Account;
  readonly grants: ReadonlyMap<SignerPower, gcp.storage.BucketIAMMember>;
}

/** Makes the account and gives it its powers over the bucket's objects, and none over anything else. */
export function signerAccount(name: string, args: SignerAccountArgs, parent: pulumi.Resource): SignerAccount {
  const account = new gcp.serviceaccount.Account(
    name,
    {
      accountId: args.accountId,
      project: args.projectId,
      displayName: args.displayName,
      description: args.description,
      deletionPolicy: args.kept ? "PREVENT" : "DELETE",
    },
    { parent, ...(args.kept && { protect: true }) },
  );
  const member = pulumi.interpolate`serviceAccount:${account.email}`;
  const grants = args.powers.map((power) => {
    const { suffix, role } = power;
    const grant = new gcp.storage.BucketIAMMember(
      `${name}-${suffix}`,
      { bucket: args.bucket, role, member },
      { parent },
    );
    return [power, grant] as const;
  });
  return { name, account, grants: new Map(grants) };
}

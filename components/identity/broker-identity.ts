import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { problems, shown, requireArguments } from "../validation/index.ts";
import { brokerIdentityProblems, brokerSettings, type BrokerIdentityArgs } from "./broker-identity-args.ts";
import { grantedMembers, memberWarnings } from "./grants.ts";
import { signBlobRole } from "./sign-blob-role.ts";
import { signerAccount, SignerPower, type SignerAccount } from "./signer-account.ts";
import { SignerKind } from "./signer-kind.ts";
import { signingKey } from "./signing-key.ts";
import { storedSecret } from "./stored-secret.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

export type { BrokerIdentityArgs } from "./broker-identity-args.ts";

/**
 * The signer's service account, and the grants of those who may sign in its name. The signer can read and create
 * objects; it can neither overwrite nor delete any, so no signed URL can. With SIGN_BLOB, the default, there is no key
 * to store: a custom role gives the coordinators `iam.serviceAccounts.signBlob` on the signer and nothing else. With
 * HMAC the signer's keys are in Secret Manager, readable by the coordinators alone. No secret is an input or output of
 * this component.
 *
 * Two organisation policies can prevent HMAC: `constraints/iam.disableServiceAccountKeyCreation` forbids creating keys
 * (412 `conditionNotMet`); `constraints/storage.restrictAuthTypes` with `SERVICE_ACCOUNT_HMAC_SIGNED_REQUESTS` forbids
 * creating, activating and using them (403). SIGN_BLOB needs no key.
 *
 * Sources: https://docs.cloud.google.com/storage/docs/authentication/hmackeys,
 * https://docs.cloud.google.com/storage/docs/authentication/creating-signatures. Rotation and emergency revoke, step by
 * step: docs/runbooks/hmac-rotation.md, docs/runbooks/sign-blob.md.
 *
 * @example
 * const broker = new BrokerIdentity("mpegflow-broker", {
 * projectId: "my-project",
 * bucket: media.bucketName,
 * regions: ["us-central1", "us-east1"],
 * coordinatorPrincipals: [kubernetesPrincipal({ ... })],
 * waitFor: [cluster],
 * });
 */
export class BrokerIdentity extends pulumi.ComponentResource {
  /** E-mail address of the account in whose name URLs are signed; with `separateSigners` those that write. */
  readonly signerEmail: pulumi.Output<string>;
  /** E-mail address of the account in whose name URLs that read are signed: `signerEmail` unless `separateSigners`. */
  readonly readSignerEmail: pulumi.Output<string>;
  /**
   * With HMAC: `projects/P/secrets/S/versions/latest`; its payload is `{"accessId", "secret"}` of the active key of
   * `signerEmail`.
   */
  readonly signerSecretVersion: pulumi.Output<string> | undefined;
  /** With HMAC: the same of `readSignerEmail`. */
  readonly readSignerSecretVersion: pulumi.Output<string> | undefined;
  /** `projects/P/secrets/S/versions/latest`; its payload is the base64 text of 32 random bytes that sign lease tokens. */
  readonly leaseSecretVersion: pulumi.Output<string>;

  /** @throws InvalidArguments naming every wrong argument */
  constructor(name: string, args: BrokerIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    requireArguments(`BrokerIdentity ${shown(name)}`, args, {
      projectId: "value",
      bucket: "value",
      regions: "list",
      coordinatorPrincipals: "list",
    });
    const settings = brokerSettings(name, args);
    const found = problems();
    found.addAll(brokerIdentityProblems(name, args));
    found.throwIfAny(`BrokerIdentity ${shown(name)}`);
    // Resources to wait for are no values.
    const { waitFor = [], ...inputs } = args;
    super("mpegflow-gcs:index:BrokerIdentity", name, inputs, opts);

    for (const warning of memberWarnings("coordinatorPrincipals", args.coordinatorPrincipals)) {
      void pulumi.log.warn(warning, this);
    }
    const parent = { parent: this };
    const coordinators = grantedMembers(args.coordinatorPrincipals);
    const { kept, separateSigners } = settings;
    const shared = { projectId: args.projectId, bucket: args.bucket, kept };
    const write = signerAccount(
      `${name}-signer`,
      {
        ...shared,
        accountId: settings.signerAccountId,
        displayName: separateSigners ? "MpegFlow signer of uploads" : "MpegFlow signer",
        description: "Signs URLs for encoders. Only the coordinators sign in its name.",
        powers: separateSigners ? [SignerPower.CREATE] : [SignerPower.READ, SignerPower.CREATE],
      },
      this,
    );
    const read = separateSigners
      ? signerAccount(
          `${name}-reader`,
          {
            ...shared,
            accountId: settings.readSignerAccountId,
            displayName: "MpegFlow signer of downloads",
            description: "Signs URLs for encoders. Only the coordinators sign in its name.",
            powers: [SignerPower.READ],
          },
          this,
        )
      : write;
    // Job records are overwritten by compare-and-swap, and outputs of lost attempts removed: not the signer's business.
    for (const { value: member, named } of coordinators) {
      const grant = named(`${name}-coordinator-objects`);
      new gcp.storage.BucketIAMMember(
        grant.name,
        { bucket: args.bucket, role: "roles/storage.objectUser", member },
        { ...parent, dependsOn: waitFor, ...grant.opts },
      );
    }

    const place = {
      projectId: args.projectId,
      regions: args.regions,
      ...withoutUndefined({ kmsKeyNames: args.kmsKeyNames, labels: args.labels }),
      grantsAfter: waitFor,
      readers: args.coordinatorPrincipals,
      kept,
    };
    const signers = read === write ? [write] : [write, read];
    const { keys, signing } = settings.hmacKeys;
    /** The secret of the key that signs, by the account whose it is. */
    const signingSecrets = new Map<SignerAccount, pulumi.Output<string>>();
    for (const signer of signers) {
      // The only signer's keys have had their names since before there could be another.
      const prefix = signer === write ? name : signer.name;
      for (const declared of keys) {
        const secretVersion = signingKey(
          `${prefix}-hmac-${declared.name}`,
          { ...place, declared, signerEmail: signer.account.email, after: signer.grants },
          this,
        );
        if (declared.name === signing) signingSecrets.set(signer, secretVersion);
      }
    }
    const signsByKey = settings.signer === SignerKind.Hmac;
    this.signerSecretVersion = signsByKey ? signingSecrets.get(write) : undefined;
    this.readSignerSecretVersion = signsByKey ? signingSecrets.get(read) : undefined;
    if (!signsByKey) {
      const role = args.signerRole ?? signBlobRole(name, args.projectId, this);
      for (const { name: signerName, account } of signers) {
        for (const { value: member, named } of coordinators) {
          const grant = named(`${signerName}-signs`);
          new gcp.serviceaccount.IAMMember(
            grant.name,
            { serviceAccountId: account.name, role, member },
            { ...parent, dependsOn: waitFor, ...grant.opts },
          );
        }
      }
    }
    const leaseKey = new random.RandomBytes(`${name}-lease`, { length: 32 }, parent);

    this.signerEmail = write.account.email;
    this.readSignerEmail = read.account.email;
    this.leaseSecretVersion = storedSecret(`${name}-lease`, { ...place, payload: leaseKey.base64 }, this);
    this.registerOutputs({
      signerEmail: this.signerEmail,
      readSignerEmail: this.readSignerEmail,
      signerSecretVersion: this.signerSecretVersion,
      readSignerSecretVersion: this.readSignerSecretVersion,
      leaseSecretVersion: this.leaseSecretVersion,
    });
  }
}

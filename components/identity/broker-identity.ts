import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { problems, shown, requireArguments } from "../validation/index.ts";
import { brokerIdentityProblems, brokerSettings, type BrokerIdentityArgs } from "./broker-identity-args.ts";
import type { BrokerIdentityResources, SignerResources } from "./broker-identity-resources.ts";
import { grantedMembers, memberWarnings } from "./grants.ts";
import { madeResources } from "../properties/made-resources.ts";
import { signBlobRole } from "./sign-blob-role.ts";
import { signerAccount, SignerPower, type SignerAccount } from "./signer-account.ts";
import { SignerKind } from "./signer-kind.ts";
import { signer } from "./signer.ts";
import { storedSecret } from "./stored-secret.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

export type { BrokerIdentityArgs } from "./broker-identity-args.ts";

const made = madeResources<BrokerIdentityResources>();

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

  /** The resources that it made, for programs in TypeScript. */
  get resources(): BrokerIdentityResources {
    return made.of(this);
  }

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
    const objectGrants = coordinators.map(({ value: member, named }) => {
      const grant = named(`${name}-coordinator-objects`);
      return new gcp.storage.BucketIAMMember(
        grant.name,
        { bucket: args.bucket, role: "roles/storage.objectUser", member },
        { ...parent, dependsOn: waitFor, ...grant.opts },
      );
    });

    const place = {
      projectId: args.projectId,
      regions: args.regions,
      ...withoutUndefined({ kmsKeyNames: args.kmsKeyNames, labels: args.labels }),
      grantsAfter: waitFor,
      readers: args.coordinatorPrincipals,
      kept,
    };
    const { keys, signing } = settings.hmacKeys;
    const signsByKey = settings.signer === SignerKind.Hmac;
    const ownRole =
      signsByKey || args.signerRole !== undefined ? undefined : signBlobRole(name, args.projectId, this);
    const role = signsByKey ? undefined : (args.signerRole ?? ownRole?.role.name);
    const completed = (account: SignerAccount, keyPrefix: string) =>
      signer(account, { keyPrefix, keys, place, role, coordinators, waitFor }, this);
    // The only signer's keys have had their names since before there could be another.
    const writer = completed(write, name);
    const reader = read === write ? undefined : completed(read, read.name);
    const signingSecretOf = ({ hmacKeys }: SignerResources) =>
      signsByKey && signing !== undefined ? hmacKeys[signing]?.secret.latestVersion : undefined;
    const leaseKey = new random.RandomBytes(`${name}-lease`, { length: 32 }, parent);

    const leaseSecret = storedSecret(`${name}-lease`, { ...place, payload: leaseKey.base64 }, this);
    made.keep(this, {
      signer: writer,
      readSigner: reader,
      objectGrants,
      signBlobRole: ownRole?.role,
      signBlobRoleId: ownRole?.digits,
      leaseKey,
      leaseSecret,
    });

    this.signerEmail = write.account.email;
    this.readSignerEmail = read.account.email;
    this.signerSecretVersion = signingSecretOf(writer);
    this.readSignerSecretVersion = signingSecretOf(reader ?? writer);
    this.leaseSecretVersion = leaseSecret.latestVersion;
    this.registerOutputs({
      signerEmail: this.signerEmail,
      readSignerEmail: this.readSignerEmail,
      signerSecretVersion: this.signerSecretVersion,
      readSignerSecretVersion: this.readSignerSecretVersion,
      leaseSecretVersion: this.leaseSecretVersion,
    });
  }
}

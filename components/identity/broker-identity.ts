import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { problems, shown, type Problem } from "../validation/index.ts";
import { regionsProblems } from "./argument-checks.ts";
import { hmacKeyProblems, planHmacKeys, type BrokerHmacKey } from "./hmac-keys.ts";
import { signingKey } from "./signing-key.ts";
import { storedSecret } from "./stored-secret.ts";

/** Arguments of {@link BrokerIdentity}. */
export interface BrokerIdentityArgs {
  /** Project id. */
  readonly projectId: pulumi.Input<string>;
  /** Name of the bucket that signed URLs open. It needs uniform bucket-level access. */
  readonly bucket: pulumi.Input<string>;
  /** Regions, in lower case, that hold the secrets: the bucket's own, so that either can be lost. */
  readonly regions: string[];
  /**
   * IAM members of the coordinators, as `kubernetesPrincipal` makes them. They, and nobody else, read the secrets. An
   * Output that depends on a cluster makes the grants wait for the cluster, without which the principals do not exist.
   */
  readonly coordinatorPrincipals: pulumi.Input<string>[];
  /** HMAC keys by name, 1 to 10. Rotation: see {@link BrokerHmacKey}. @default [{ name: "a", state: "ACTIVE" }] */
  readonly hmacKeys?: BrokerHmacKey[];
  /** Name of the key that signs. @default the first ACTIVE one */
  readonly activeKey?: string;
  /** Id of the signer's service account, 6 to 30 characters. @default `${name}-signer` */
  readonly signerAccountId?: string;
  /** Labels of the secrets. */
  readonly labels?: Record<string, pulumi.Input<string>>;
  /** Lets the account, keys and secrets be deleted: for environments that hold nothing of worth. @default false */
  readonly disposable?: boolean;
}

/**
 * Who signs, and who may ask it to: a service account of its own whose HMAC keys live in Secret Manager, readable by
 * the coordinators alone. The signer reads and creates objects; it can neither overwrite nor delete any, so no signed
 * URL can. No secret is an output, nor an input of this component.
 *
 * An organisation policy can stand in the way by either of two gates, and both have to be open: where
 * `constraints/iam.disableServiceAccountKeyCreation` is enforced, keys cannot be made (412 `conditionNotMet`); where
 * `constraints/storage.restrictAuthTypes` denies `SERVICE_ACCOUNT_HMAC_SIGNED_REQUESTS`, they cannot be made, activated
 * or used (403).
 *
 * Source: https://docs.cloud.google.com/storage/docs/authentication/hmackeys. Rotation and emergency revoke, step by
 * step: docs/runbooks/hmac-rotation.md.
 */
export class BrokerIdentity extends pulumi.ComponentResource {
  /** E-mail address of the account in whose name URLs are signed. */
  readonly signerEmail: pulumi.Output<string>;
  /** `projects/P/secrets/S/versions/latest`; its payload is `{"accessId", "secret"}` of the active key. */
  readonly signerSecretVersion: pulumi.Output<string>;
  /** `projects/P/secrets/S/versions/latest`; its payload is the base64 text of 32 random bytes that sign lease tokens. */
  readonly leaseSecretVersion: pulumi.Output<string>;

  /** @throws InvalidArguments naming every wrong argument */
  constructor(name: string, args: BrokerIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    const accountId = accountIdOf(name, args);
    const plan = planHmacKeys(args.hmacKeys, args.activeKey);
    const found = problems();
    found.addAll([...brokerIdentityProblems(name, args), ...regionsProblems(args.regions)]);
    found.throwIfAny(`BrokerIdentity ${shown(name)}`);
    super("mpegflow-gcs:index:BrokerIdentity", name, args, opts);

    const parent = { parent: this };
    const kept = args.disposable !== true;
    const signer = new gcp.serviceaccount.Account(
      `${name}-signer`,
      {
        accountId,
        project: args.projectId,
        displayName: "MpegFlow signer",
        description: "Signs URLs for encoders. Its HMAC keys are read by the coordinators only.",
        deletionPolicy: kept ? "PREVENT" : "DELETE",
      },
      { ...parent, ...(kept && { protect: true }) },
    );
    const grantOnBucket = (suffix: string, role: string, member: pulumi.Input<string>) =>
      new gcp.storage.BucketIAMMember(`${name}-${suffix}`, { bucket: args.bucket, role, member }, parent);
    const signerMember = pulumi.interpolate`serviceAccount:${signer.email}`;
    const signerGrants = [
      grantOnBucket("signer-reads", "roles/storage.objectViewer", signerMember),
      grantOnBucket("signer-creates", "roles/storage.objectCreator", signerMember),
    ];
    // Job records are overwritten by compare-and-swap, and outputs of lost attempts removed: not the signer's business.
    args.coordinatorPrincipals.forEach((member, index) =>
      grantOnBucket(`coordinator-objects-${index}`, "roles/storage.objectUser", member),
    );

    const place = {
      projectId: args.projectId,
      regions: args.regions,
      ...(args.labels && { labels: args.labels }),
      kept,
    };
    const secretOf = (declared: Required<BrokerHmacKey>) =>
      signingKey(
        `${name}-hmac-${declared.name}`,
        {
          ...place,
          declared,
          signerEmail: signer.email,
          readers: args.coordinatorPrincipals,
          after: signerGrants,
        },
        this,
      );
    const leaseKey = new random.RandomBytes(`${name}-lease`, { length: 32 }, parent);

    this.signerEmail = signer.email;
    this.signerSecretVersion = secretOf(plan.active);
    plan.others.forEach(secretOf);
    this.leaseSecretVersion = storedSecret(
      `${name}-lease`,
      { ...place, payload: leaseKey.base64, readers: args.coordinatorPrincipals },
      this,
    );
    this.registerOutputs({
      signerEmail: this.signerEmail,
      signerSecretVersion: this.signerSecretVersion,
      leaseSecretVersion: this.leaseSecretVersion,
    });
  }
}

/** What is wrong with the arguments that are known before anything is made. */
export function brokerIdentityProblems(name: string, args: Partial<BrokerIdentityArgs>): Problem[] {
  return [
    ...hmacKeyProblems(planHmacKeys(args.hmacKeys, args.activeKey)),
    ...accountIdProblems(accountIdOf(name, args)),
  ];
}

function accountIdOf(name: string, args: Partial<BrokerIdentityArgs>): string {
  return args.signerAccountId ?? `${name}-signer`;
}

function accountIdProblems(accountId: string): Problem[] {
  if (/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(accountId)) return [];
  return [
    {
      path: "signerAccountId",
      given: shown(accountId),
      allowed: "6 to 30 characters of a-z, 0-9 and -, starting with a letter, not ending with -",
      fix: "set signerAccountId, or give the component a shorter name",
    },
  ];
}

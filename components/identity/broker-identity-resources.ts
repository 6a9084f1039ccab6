import type * as gcp from "@pulumi/gcp";
import type * as random from "@pulumi/random";
import type { StoredSecretResources } from "./stored-secret.ts";

/** An account in whose name URLs are signed, and who may sign. */
export interface SignerResources {
  /** The account. */
  readonly account: gcp.serviceaccount.Account;
  /** Lets the account read the bucket's objects; undefined where another account reads. */
  readonly readGrant: gcp.storage.BucketIAMMember | undefined;
  /** Lets the account create objects in the bucket; undefined where another account creates them. */
  readonly createGrant: gcp.storage.BucketIAMMember | undefined;
  /** With SIGN_BLOB: the right to sign, for each of `coordinatorPrincipals` in their order; else empty. */
  readonly signGrants: readonly gcp.serviceaccount.IAMMember[];
  /** The keys of `hmacKeys`, by their names; empty where there are none. */
  readonly hmacKeys: Readonly<Record<string, HmacKeyResources>>;
}

/** An HMAC key, and where it is kept. */
export interface HmacKeyResources {
  /** The key. Its `secret` is a secret output: pass it nowhere, read it from Secret Manager. */
  readonly key: gcp.storage.HmacKey;
  /** The secret that holds it. Coordinators may read it while the key is ACTIVE. */
  readonly secret: StoredSecretResources;
}

/** What a {@link BrokerIdentity} made. */
export interface BrokerIdentityResources {
  /** The signer; with `separateSigners` the one of uploads. */
  readonly signer: SignerResources;
  /** With `separateSigners`: the signer of downloads. */
  readonly readSigner: SignerResources | undefined;
  /** Access to the bucket's objects, for each of `coordinatorPrincipals` in their order. */
  readonly objectGrants: readonly gcp.storage.BucketIAMMember[];
  /** With SIGN_BLOB: the custom role that allows signing; undefined if `signerRole` names one. */
  readonly signBlobRole: gcp.projects.IAMCustomRole | undefined;
  /** With SIGN_BLOB: the digits that the role's id ends in; undefined if `signerRole` names one. */
  readonly signBlobRoleId: random.RandomId | undefined;
  /** The bytes that sign lease tokens. They are a secret output. */
  readonly leaseKey: random.RandomBytes;
  /** The secret that holds them. */
  readonly leaseSecret: StoredSecretResources;
}

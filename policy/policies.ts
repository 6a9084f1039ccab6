import type { Policies } from "@pulumi/policy";
import * as audit from "./audit.ts";
import * as aws from "./aws.ts";
import * as access from "./buckets/access.ts";
import * as lifecycle from "./buckets/lifecycle.ts";
import * as protection from "./buckets/protection.ts";
import * as clusters from "./cluster/clusters.ts";
import { workersCannotReachMetadata } from "./cluster/metadata-server.ts";
import { workersReachNamedHosts } from "./cluster/named-hosts.ts";
import * as delivery from "./delivery.ts";
import * as encryption from "./encryption.ts";
import { everythingIsJudged } from "./judged.ts";
import * as messaging from "./messaging.ts";
import { clustersRunInBucketRegions } from "./placement/cluster-regions.ts";
import { bucketPlacementIsValid } from "./placement/pairs.ts";
import { dataStaysWhereAllowed } from "./placement/residency.ts";
import {
  activeActiveRequiresDualRegion,
  twoRegionWritersRequireDualRegion,
} from "./placement/two-writers.ts";
import * as keys from "./strict-broker/keys.ts";
import { imagesArePinnedByDigest } from "./strict-broker/pinned-images.ts";
import { coordinatorsAreSpokenToByTls } from "./strict-broker/tls.ts";
import { signedUrlsAreShortLived } from "./strict-broker/url-lifetimes.ts";
import { workerAccountsAreUnbound, workersHoldNoRoles } from "./strict-broker/workers.ts";

/** Every policy of the pack, family by family. */
export const policies: Policies = [
  activeActiveRequiresDualRegion,
  twoRegionWritersRequireDualRegion,
  bucketPlacementIsValid,
  clustersRunInBucketRegions,
  dataStaysWhereAllowed,

  workersHoldNoRoles,
  workerAccountsAreUnbound,
  keys.noServiceAccountKeys,
  keys.hmacKeysBelongToSigners,
  keys.hmacSecretsAreTheCoordinators,
  signedUrlsAreShortLived,
  imagesArePinnedByDigest,
  coordinatorsAreSpokenToByTls,

  access.bucketsHaveUniformAccess,
  access.bucketsPreventPublicAccess,
  access.grantsAreNotPublic,
  protection.bucketsAreNotForceDestroyed,
  protection.bucketsKeepDeletedObjects,
  protection.bucketRetentionHolds,
  lifecycle.lifecycleRulesMakeSense,
  lifecycle.coldObjectsLiveLongEnough,
  lifecycle.unfinishedUploadsEnd,

  encryption.customerManagedKeysWhereAsked,
  encryption.suppliedKeysStayPrivate,

  messaging.subscriptionsNeverExpire,
  messaging.subscriptionsHaveDeadLetters,
  messaging.deadLettersAreComplete,

  clusters.nodesHideTheirCredentials,
  clusters.nodesArePrivate,
  clusters.clustersAreProtected,
  clusters.clustersEnforceNetworkPolicies,
  workersCannotReachMetadata,
  workersReachNamedHosts,

  delivery.privateBucketsAreNotForceCached,
  delivery.missesAreForgottenSoon,

  audit.dataAccessIsLogged,
  audit.auditArchivesAreLocked,

  aws.transfersHoldNoAccessKeys,
  aws.s3BucketsBlockPublicAccess,

  // Reports what the others could not judge.
  everythingIsJudged,
];

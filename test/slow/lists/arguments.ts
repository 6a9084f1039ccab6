/** A list among the arguments of a component. */
export interface ListArgument {
  /** The sample in which it is tried. */
  readonly sample: string;
  /** Where it is in the sample's arguments. */
  readonly path: string;
  /** Why the order matters. @default it is a set: the order changes nothing */
  readonly ordered?: string;
  /** Type of resources, of which each element has one, that share something among them all; and what they share. */
  readonly shared?: { readonly type: string; readonly what: string };
}

const set = (sample: string, path: string): ListArgument => ({ sample, path });
const ordered = (sample: string, path: string, because: string): ListArgument => ({
  sample,
  path,
  ordered: because,
});

const REPLICAS =
  "replicas of a secret are a list that no provider changes in place: sorting it would replace the secrets of stacks that are up. " +
  "A placement lists its regions in one order";
const FIRST_SIGNS = "the first active key signs, unless activeKey names another";
const FIRST_RULE =
  "Google does not say which of two rules that match an origin holds, so rules go out as written";
const BEST_FIRST = "encoders go to the later pools only where the earlier have no room";
const BY_CONSTRUCTORS =
  "made by functions that give two regions one order, whichever is written first; withFirstRegion chooses another";

/** Every list among the arguments, by the type and the property that declare it. */
export const LISTS: Readonly<Record<string, ListArgument>> = {
  "AuditAlerts.notificationChannels": set("AuditTrail", "alerts.notificationChannels"),
  "AuditAlerts.trustedRanges": set("AuditTrail", "alerts.trustedRanges"),
  "AuditTrailArgs.bucketNames": set("AuditTrail", "bucketNames"),
  "AuditTrailArgs.coordinatorPrincipals": set("AuditTrail", "coordinatorPrincipals"),
  "AuditTrailArgs.exclusions": set("AuditTrail", "exclusions"),
  "AuditTrailArgs.exemptedMembers": set("AuditTrail", "exemptedMembers"),
  "AuditTrailArgs.signerEmails": set("AuditTrail", "signerEmails"),
  "AuditTrailArgs.signerSecrets": set("AuditTrail", "signerSecrets"),
  "BrokerIdentityArgs.coordinatorPrincipals": set("BrokerIdentity", "coordinatorPrincipals"),
  "BrokerIdentityArgs.hmacKeys": ordered("BrokerIdentity", "hmacKeys", FIRST_SIGNS),
  "BrokerIdentityArgs.regions": ordered("BrokerIdentity", "regions", REPLICAS),
  "BrokerIdentityArgs.waitFor": ordered(
    "BrokerIdentity",
    "waitFor",
    "resources, not values: what grants depend on, which is a set to the engine",
  ),
  "CdnCaching.queryParameters": set("CdnDelivery", "caching.queryParameters"),
  "CdnDeliveryArgs.coordinatorPrincipals": set("CdnDelivery", "coordinatorPrincipals"),
  "CdnDeliveryArgs.domains": set("CdnDelivery", "domains"),
  "CdnDeliveryArgs.regions": ordered("CdnDelivery", "regions", REPLICAS),
  "CdnDeliveryArgs.responseHeaders": set("CdnDelivery", "responseHeaders"),
  "CdnDeliveryArgs.servedPrefixes": set("CdnDelivery", "servedPrefixes"),
  "CdnSignedRequests.keys": ordered("CdnDelivery", "signedRequests.keys", FIRST_SIGNS),
  "ClientAccess.emails": set("Coordinator", "clients.access.0.emails"),
  "ClientAccess.inputs": set("Coordinator", "clients.access.0.inputs"),
  "ClientAccess.keySecrets": set("Coordinator", "clients.access.0.keySecrets"),
  "ClientAccess.outputs": set("Coordinator", "clients.access.0.outputs"),
  "ClientAccess.serviceAccounts": set("Coordinator", "clients.access.0.serviceAccounts"),
  "CoordinatorArgs.encoderPools": set("Coordinator", "encoderPools"),
  "CoordinatorArgs.googleHosts": set("Coordinator", "googleHosts"),
  "CoordinatorArgs.googleRanges": set("Coordinator", "googleRanges"),
  "CoordinatorArgs.inputPrefixes": set("Coordinator", "inputPrefixes"),
  "CoordinatorArgs.outputPrefixes": set("Coordinator", "outputPrefixes"),
  "MpegFlowPlatformArgs.inputPrefixes": set("MpegFlowPlatform", "inputPrefixes"),
  "MpegFlowPlatformArgs.outputPrefixes": set("MpegFlowPlatform", "outputPrefixes"),
  "CoordinatorArgs.secretVariables": set("Coordinator", "secretVariables"),
  "CoordinatorClients.access": set("Coordinator", "clients.access"),
  "CoordinatorClients.emails": set("Coordinator", "clients.emails"),
  "CoordinatorClients.ranges": set("Coordinator", "clients.ranges"),
  "CoordinatorClients.serviceAccounts": set("Coordinator", "clients.serviceAccounts"),
  "CoordinatorTls.authorities": ordered(
    "Coordinator",
    "tls.authorities",
    "the first one issues, and the others are trusted while keys change",
  ),
  "CoordinatorTls.names": set("Coordinator", "tls.names"),
  "UploadJobs.suffixes": set("Coordinator", "uploads.suffixes"),
  "EncoderClusterArgs.encoderPools": set("EncoderCluster", "encoderPools"),
  "EncoderClusterArgs.imageRepositories": set("EncoderCluster", "imageRepositories"),
  "EncoderNodePool.zones": set("EncoderCluster", "encoderPools.0.zones"),
  "EncoderPlacement.nodePools": ordered("EncoderPool", "placement.nodePools", BEST_FIRST),
  "EncoderPlacement.tolerations": set("EncoderPool", "placement.tolerations"),
  "EncoderPoolArgs.coordinatorRanges": set("EncoderPool by names of hosts", "coordinatorRanges"),
  "EncoderPoolArgs.storageHosts": set("EncoderPool by names of hosts", "storageHosts"),
  "EncoderPoolArgs.storageRanges": set("EncoderPool", "storageRanges"),
  "EncryptionArgs.services": set("Encryption", "services"),
  "JobMessagingArgs.coordinatorPrincipals": set("JobMessaging", "coordinatorPrincipals"),
  "JobMessagingArgs.regions": set("JobMessaging", "regions"),
  "JobMessagingArgs.webhooks": set("JobMessaging", "webhooks"),
  "UploadTrigger.suffixes": set("JobMessaging", "uploads.suffixes"),
  "KedaArgs.tokensFor": set("Keda", "tokensFor"),
  "KedaArgs.watchedNamespaces": set("Keda", "watchedNamespaces"),
  "ArchiveLadder.steps": set("MediaBucket", "archive.steps"),
  "ArchiveStep.prefixes": set("MediaBucket", "archive.steps.0.prefixes"),
  "BucketNotification.eventTypes": set("MediaBucket", "notifications.0.eventTypes"),
  "CorsRule.methods": set("MediaBucket", "cors.0.methods"),
  "CorsRule.origins": set("MediaBucket", "cors.0.origins"),
  "CorsRule.responseHeaders": set("MediaBucket", "cors.0.responseHeaders"),
  "IpFilter.networks": set("MediaBucket", "ipFilter.networks"),
  "IpFilter.publicIpCidrRanges": set("MediaBucket", "ipFilter.publicIpCidrRanges"),
  "IpFilterNetwork.allowedIpCidrRanges": set("MediaBucket", "ipFilter.networks.0.allowedIpCidrRanges"),
  "MediaBucketArgs.cors": ordered("MediaBucket", "cors", FIRST_RULE),
  "MediaBucketArgs.iamMembers": set("MediaBucket", "iamMembers"),
  "MediaBucketArgs.notifications": set("MediaBucket", "notifications"),
  "MediaBucketArgs.temporaryPrefixes": set("MediaBucket", "temporaryPrefixes"),
  "Placement.dataLocations": ordered("MediaBucket", "placement.dataLocations", BY_CONSTRUCTORS),
  "Placement.regions": ordered("MediaBucket", "placement.regions", BY_CONSTRUCTORS),
  "MpegFlowPlatformArgs.clusters": {
    ...set("MpegFlowPlatform of clusters with default ranges", "clusters"),
    shared: {
      type: "kubernetes:apps/v1:Deployment",
      what: "the rate of signatures that a project may ask for",
    },
  },
  "MpegFlowPlatformArgs.cors": ordered("MpegFlowPlatform", "cors", FIRST_RULE),
  "MpegFlowPlatformArgs.hmacKeys": ordered("MpegFlowPlatform", "hmacKeys", FIRST_SIGNS),
  "MpegFlowPlatformArgs.iamMembers": set("MpegFlowPlatform", "iamMembers"),
  "MpegFlowPlatformArgs.temporaryPrefixes": set("MpegFlowPlatform", "temporaryPrefixes"),
  "MpegFlowPlatformArgs.webhooks": set("MpegFlowPlatform", "webhooks"),
  "PlatformEgress.hosts": set("MpegFlowPlatform", "egress.hosts"),
  "PlatformEgress.ranges": set("MpegFlowPlatform", "egress.ranges"),
  "PlatformNetwork.ranges": set("MpegFlowPlatform", "ownClusters.network.ranges"),
  "PlatformOwnClusters.encoderPools": ordered("MpegFlowPlatform", "ownClusters.encoderPools", BEST_FIRST),
  "PlatformOwnClusters.imageRepositories": set("MpegFlowPlatform", "ownClusters.imageRepositories"),
  "NetworkArgs.regions": set("Network", "regions"),
  "ArchiveMigrationArgs.waves": set("ArchiveMigration", "waves"),
  "MigrationFollow.prefixes": set("ArchiveMigration", "follow.prefixes"),
  "MigrationSource.kmsKeyArns": set("ArchiveMigration", "source.kmsKeyArns"),
  "MigrationWave.excludePrefixes": set("ArchiveMigration", "waves.2.excludePrefixes"),
  "MigrationWave.prefixes": set("ArchiveMigration", "waves.0.prefixes"),
  "S3AccessRoleArgs.kmsKeyArns": set("S3AccessRole", "kmsKeyArns"),
  "S3AccessRoleArgs.prefixes": set("S3AccessRole", "prefixes"),
  "S3BucketArgs.manage": set("S3Bucket", "manage"),
};

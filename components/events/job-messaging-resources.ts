import type * as gcp from "@pulumi/gcp";

/** Where messages go that could not be delivered. */
export interface DeadLetterResources {
  /** The topic that Pub/Sub forwards them to. */
  readonly topic: gcp.pubsub.Topic;
  /** The subscription that keeps them for inspection. */
  readonly subscription: gcp.pubsub.Subscription;
  /** Lets Pub/Sub publish to the topic. */
  readonly publisherGrant: gcp.pubsub.TopicIAMMember;
}

/** What one coordinator's account may do. */
export interface CoordinatorGrantResources {
  /** Take jobs. */
  readonly pullsJobs: gcp.pubsub.SubscriptionIAMMember;
  /** Take jobs that could not be delivered. */
  readonly pullsDeadLetters: gcp.pubsub.SubscriptionIAMMember;
  /** Publish jobs anew. */
  readonly publishesJobs: gcp.pubsub.TopicIAMMember;
  /** Publish events about jobs. */
  readonly publishesJobEvents: gcp.pubsub.TopicIAMMember;
  /** Take notifications of uploads; undefined without `uploads`. */
  readonly pullsUploads: gcp.pubsub.SubscriptionIAMMember | undefined;
}

/** The delivery of job events to one webhook. */
export interface WebhookResources {
  /** The subscription that pushes to it. */
  readonly subscription: gcp.pubsub.Subscription;
  /** Lets Pub/Sub acknowledge what it forwards to the dead letters. */
  readonly forwarderGrant: gcp.pubsub.SubscriptionIAMMember;
  /** The account in whose name deliveries are signed; undefined if `serviceAccountEmail` names one. */
  readonly account: gcp.serviceaccount.Account | undefined;
  /** Lets Pub/Sub make tokens of that account; undefined if `serviceAccountEmail` names one. */
  readonly tokenGrant: gcp.serviceaccount.IAMMember | undefined;
}

/** Job events in BigQuery. */
export interface BigQueryHistoryResources {
  /** The dataset. */
  readonly dataset: gcp.bigquery.Dataset;
  /** The table of job events. */
  readonly table: gcp.bigquery.Table;
  /** Lets Pub/Sub write to the dataset. */
  readonly writerGrant: gcp.bigquery.DatasetIamMember;
  /** The subscription that writes the rows. */
  readonly subscription: gcp.pubsub.Subscription;
}

/** Job events in files of Cloud Storage. */
export interface StorageHistoryResources {
  /** Lets Pub/Sub create files in the bucket. */
  readonly creatorGrant: gcp.storage.BucketIAMMember;
  /** Lets Pub/Sub look whether the bucket is there. */
  readonly readerGrant: gcp.storage.BucketIAMMember;
  /** The subscription that writes the files. */
  readonly subscription: gcp.pubsub.Subscription;
}

/** Uploads that start jobs. */
export interface UploadResources {
  /** The topic of notifications. */
  readonly topic: gcp.pubsub.Topic;
  /** Lets Cloud Storage publish to the topic. */
  readonly publisherGrant: gcp.pubsub.TopicIAMMember;
  /** What the bucket notifies of. */
  readonly notification: gcp.storage.Notification;
  /** The subscription that coordinators take notifications from. */
  readonly subscription: gcp.pubsub.Subscription;
  /** Lets Pub/Sub acknowledge what it forwards to the dead letters. */
  readonly forwarderGrant: gcp.pubsub.SubscriptionIAMMember;
  /** Notifications that could not start a job. */
  readonly deadLetters: DeadLetterResources;
}

/** What a {@link JobMessaging} made. */
export interface JobMessagingResources {
  /** The topic of job requests. */
  readonly jobsTopic: gcp.pubsub.Topic;
  /** The schema of job requests. */
  readonly jobsSchema: gcp.pubsub.Schema;
  /** The subscription that coordinators take jobs from. */
  readonly jobsSubscription: gcp.pubsub.Subscription;
  /** Lets Pub/Sub acknowledge the jobs that it forwards to the dead letters. */
  readonly jobsForwarderGrant: gcp.pubsub.SubscriptionIAMMember;
  /** Jobs that could not be delivered. */
  readonly jobsDeadLetters: DeadLetterResources;
  /** The topic of events about jobs. */
  readonly jobEventsTopic: gcp.pubsub.Topic;
  /** The schema of those events. */
  readonly jobEventsSchema: gcp.pubsub.Schema;
  /** The subscription to all of those events, for audit. */
  readonly jobEventsSubscription: gcp.pubsub.Subscription;
  /** What the coordinators may do, for each of `coordinatorPrincipals` in their order. */
  readonly coordinatorGrants: readonly CoordinatorGrantResources[];
  /** The webhooks, by their names. */
  readonly webhooks: Readonly<Record<string, WebhookResources>>;
  /** Events that no webhook took; undefined without `webhooks`. */
  readonly webhooksDeadLetters: DeadLetterResources | undefined;
  /** Undefined without `history.bigQuery`. */
  readonly bigQueryHistory: BigQueryHistoryResources | undefined;
  /** Undefined without `history.storage`. */
  readonly storageHistory: StorageHistoryResources | undefined;
  /** Undefined without `uploads`. */
  readonly uploads: UploadResources | undefined;
}

import type * as pulumi from "@pulumi/pulumi";
import type { MessageRetention, RetryPolicy } from "./delivery.ts";
import type { JobHistory } from "./history-args.ts";
import type { UploadTrigger } from "./upload-trigger.ts";
import type { Webhook } from "./webhook-args.ts";

/** Arguments of {@link JobMessaging}. */
export interface JobMessagingArgs {
  /** Project id. */
  readonly projectId: pulumi.Input<string>;
  /** Project number: Pub/Sub's own account, which forwards dead letters, is named after it. */
  readonly projectNumber: pulumi.Input<string>;
  /** Regions, in lower case, in which messages may be kept on disk: the bucket's own. */
  readonly regions: string[];
  /**
   * IAM members of the coordinators, as `kubernetesPrincipal` makes them. Of several, give those that are outputs a
   * name: `namedMember`.
   */
  readonly coordinatorPrincipals: pulumi.Input<string>[];
  /**
   * Seconds without a heartbeat after which a job goes to another worker: the acknowledgement deadline of `jobs`.
   * 10 to 600. @default 60
   */
  readonly leaseSeconds?: number;
  /**
   * Deliveries after which a message becomes a dead letter, 5 to 100. A coordinator that holds a job for which no
   * worker is free hands it back, and that counts as a delivery: a low number would drop jobs that only waited. What
   * limits attempts to encode is the coordinator. @default 100
   */
  readonly maxDeliveryAttempts?: number;
  /**
   * Back-off between deliveries of a job that was handed back.
   * @default 10 to 600 s
   */
  readonly retryPolicy?: RetryPolicy;
  /**
   * How long subscriptions, and the topics themselves, keep messages.
   * @default the longest for jobs and dead letters, 7 days for events, nothing in topics
   */
  readonly retention?: MessageRetention;
  /**
   * Accept publish and pull calls in `regions` only, beside keeping messages there only: clients elsewhere have to
   * use the locational endpoints of one of the regions.
   * Source: https://docs.cloud.google.com/pubsub/docs/resource-location-restriction
   * @default false
   */
  readonly enforceInTransit?: boolean;
  /**
   * Full resource name of the CryptoKey that encrypts every topic, `projects/P/locations/L/keyRings/R/cryptoKeys/K`.
   * Pub/Sub's service agent needs `roles/cloudkms.cryptoKeyEncrypterDecrypter` on it first: pass an output that
   * depends on that grant. Topics take another key in place.
   * Source: https://docs.cloud.google.com/pubsub/docs/encryption
   * @default keys that Google manages
   */
  readonly kmsKeyName?: pulumi.Input<string>;
  /** Endpoints that job events are pushed to. @default none */
  readonly webhooks?: Webhook[];
  /** Permanent storage of job events. @default none */
  readonly history?: JobHistory;
  /** Uploads that start jobs. @default none */
  readonly uploads?: UploadTrigger;
  /** Labels of everything here that can have some. */
  readonly labels?: Record<string, pulumi.Input<string>>;
  /** Lets topics and subscriptions be deleted: for environments that hold nothing of worth. @default false */
  readonly disposable?: boolean;
}

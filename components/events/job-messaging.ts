import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { regionsProblems, wholeNumberProblems } from "../identity/argument-checks.ts";
import { pubsubServiceAgent } from "../identity/project.ts";
import { below, problems, shown, type Problem } from "../validation/index.ts";
import { LIMITS } from "../workloads/limits.ts";
import {
  backOff,
  RETENTION_DEFAULTS,
  retentionProblems,
  retryPolicyProblems,
  seconds,
  type MessageRetention,
  type RetryPolicy,
} from "./delivery.ts";

/** Arguments of {@link JobMessaging}. */
export interface JobMessagingArgs {
  /** Project id. */
  readonly projectId: pulumi.Input<string>;
  /** Project number: Pub/Sub's own account, which forwards dead letters, is named after it. */
  readonly projectNumber: pulumi.Input<string>;
  /** Regions, in lower case, in which messages may be kept on disk: the bucket's own. */
  readonly regions: string[];
  /** IAM members of the coordinators, as `kubernetesPrincipal` makes them. */
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
   * depends on that grant. A change replaces the topics, which their protection refuses.
   * Source: https://docs.cloud.google.com/pubsub/docs/encryption
   * @default keys that Google manages
   */
  readonly kmsKeyName?: pulumi.Input<string>;
  /** Labels of topics and subscriptions. */
  readonly labels?: Record<string, pulumi.Input<string>>;
  /** Lets topics and subscriptions be deleted: for environments that hold nothing of worth. @default false */
  readonly disposable?: boolean;
}

/** Source: https://docs.cloud.google.com/pubsub/docs/subscription-properties */
const DELIVERY_ATTEMPTS = { min: 5, max: 100, default: 100 } as const;
/** For people and tools that read dead letters and events. */
const READER_DEADLINE_SECONDS = 60;

/**
 * The job queue: topics `jobs`, `job-events` and `jobs-dead-letter`, each with a subscription that never expires, and
 * the grants without which Pub/Sub drops dead letters instead of forwarding them.
 */
export class JobMessaging extends pulumi.ComponentResource {
  /** Short name of the topic that clients publish job requests to. */
  readonly jobsTopic: pulumi.Output<string>;
  /** Short name of the subscription that coordinators pull. */
  readonly jobsSubscription: pulumi.Output<string>;
  /** Short name of the topic on which CloudEvents about jobs appear. */
  readonly jobEventsTopic: pulumi.Output<string>;
  /** Short name of a subscription to all job events, for audit. */
  readonly jobEventsSubscription: pulumi.Output<string>;
  /** Short name of the topic of undeliverable job requests. */
  readonly jobsDeadLetterTopic: pulumi.Output<string>;
  /** Short name of the subscription that keeps undeliverable job requests for a person to look at. */
  readonly jobsDeadLetterSubscription: pulumi.Output<string>;

  /** @throws InvalidArguments naming every wrong argument */
  constructor(name: string, args: JobMessagingArgs, opts?: pulumi.ComponentResourceOptions) {
    const { leaseSeconds, maxDeliveryAttempts, retryPolicy, retention } = settingsOf(args);
    const found = problems();
    found.addAll([...jobMessagingProblems(name, args), ...regionsProblems(args.regions)]);
    found.throwIfAny(`JobMessaging ${shown(name)}`);
    super("mpegflow-gcs:index:JobMessaging", name, args, opts);

    const parent = { parent: this };
    const kept = args.disposable !== true;
    const guarded = { ...parent, ...(kept && { protect: true }) };
    // Names are explicit: publishers outside this stack write them down.
    const common = (physicalName: string) => ({
      name: physicalName,
      project: args.projectId,
      ...(args.labels && { labels: args.labels }),
      deletionPolicy: kept ? "PREVENT" : "DELETE",
    });
    const topic = (suffix: string) =>
      new gcp.pubsub.Topic(
        `${name}-${suffix}`,
        {
          ...common(`${name}-${suffix}`),
          messageStoragePolicy: {
            allowedPersistenceRegions: args.regions,
            ...(args.enforceInTransit === true && { enforceInTransit: true }),
          },
          ...(args.kmsKeyName !== undefined && { kmsKeyName: args.kmsKeyName }),
          ...(retention.topicSeconds !== undefined && {
            messageRetentionDuration: seconds(retention.topicSeconds),
          }),
        },
        guarded,
      );
    const pathOf = ({ name: topicName }: gcp.pubsub.Topic) =>
      pulumi.interpolate`projects/${args.projectId}/topics/${topicName}`;
    const neverExpires = { ttl: "" };

    const jobs = topic("jobs");
    const jobEvents = topic("job-events");
    const deadLetters = topic("jobs-dead-letter");

    const serviceAgent = pulumi.output(args.projectNumber).apply(pubsubServiceAgent);
    const forwarderPublishes = new gcp.pubsub.TopicIAMMember(
      `${name}-forwarder-publishes`,
      {
        topic: deadLetters.name,
        project: args.projectId,
        role: "roles/pubsub.publisher",
        member: serviceAgent,
      },
      parent,
    );
    const deadLetterSubscription = new gcp.pubsub.Subscription(
      `${name}-jobs-dead-letter`,
      {
        ...common(`${name}-jobs-dead-letter`),
        topic: pathOf(deadLetters),
        ackDeadlineSeconds: READER_DEADLINE_SECONDS,
        messageRetentionDuration: seconds(retention.deadLetterSeconds),
        expirationPolicy: neverExpires,
      },
      guarded,
    );
    const jobsSubscription = new gcp.pubsub.Subscription(
      `${name}-jobs`,
      {
        ...common(`${name}-jobs`),
        topic: pathOf(jobs),
        ackDeadlineSeconds: leaseSeconds,
        messageRetentionDuration: seconds(retention.jobsSeconds),
        expirationPolicy: neverExpires,
        retryPolicy: backOff(retryPolicy),
        deadLetterPolicy: { deadLetterTopic: pathOf(deadLetters), maxDeliveryAttempts },
      },
      // A dead letter forwarded before somebody may publish it, or before a subscription keeps it, is lost.
      { ...guarded, dependsOn: [forwarderPublishes, deadLetterSubscription] },
    );
    new gcp.pubsub.SubscriptionIAMMember(
      `${name}-forwarder-acknowledges`,
      {
        subscription: jobsSubscription.name,
        project: args.projectId,
        role: "roles/pubsub.subscriber",
        member: serviceAgent,
      },
      parent,
    );
    const jobEventsSubscription = new gcp.pubsub.Subscription(
      `${name}-job-events-audit`,
      {
        ...common(`${name}-job-events-audit`),
        topic: pathOf(jobEvents),
        ackDeadlineSeconds: READER_DEADLINE_SECONDS,
        messageRetentionDuration: seconds(retention.jobEventsSeconds),
        expirationPolicy: neverExpires,
      },
      guarded,
    );

    args.coordinatorPrincipals.forEach((member, index) => {
      new gcp.pubsub.SubscriptionIAMMember(
        `${name}-coordinator-pulls-jobs-${index}`,
        {
          subscription: jobsSubscription.name,
          project: args.projectId,
          role: "roles/pubsub.subscriber",
          member,
        },
        parent,
      );
      for (const [suffix, published] of [
        ["jobs", jobs],
        ["job-events", jobEvents],
      ] as const) {
        new gcp.pubsub.TopicIAMMember(
          `${name}-coordinator-publishes-${suffix}-${index}`,
          { topic: published.name, project: args.projectId, role: "roles/pubsub.publisher", member },
          parent,
        );
      }
    });

    this.jobsTopic = jobs.name;
    this.jobsSubscription = jobsSubscription.name;
    this.jobEventsTopic = jobEvents.name;
    this.jobEventsSubscription = jobEventsSubscription.name;
    this.jobsDeadLetterTopic = deadLetters.name;
    this.jobsDeadLetterSubscription = deadLetterSubscription.name;
    this.registerOutputs({
      jobsTopic: this.jobsTopic,
      jobsSubscription: this.jobsSubscription,
      jobEventsTopic: this.jobEventsTopic,
      jobEventsSubscription: this.jobEventsSubscription,
      jobsDeadLetterTopic: this.jobsDeadLetterTopic,
      jobsDeadLetterSubscription: this.jobsDeadLetterSubscription,
    });
  }
}

/** What is wrong with the arguments that are known before anything is made. */
export function jobMessagingProblems(name: string, args: Partial<JobMessagingArgs>): Problem[] {
  const { leaseSeconds, maxDeliveryAttempts, retryPolicy, retention } = settingsOf(args);
  return [
    ...nameProblems(name),
    ...retryPolicyProblems("retryPolicy", retryPolicy),
    ...below("retention", retentionProblems(retention)),
    ...wholeNumberProblems("leaseSeconds", leaseSeconds, LIMITS.leaseSeconds),
    ...wholeNumberProblems("maxDeliveryAttempts", maxDeliveryAttempts, DELIVERY_ATTEMPTS),
  ];
}

/**
 * What is wrong with a name of which topics and subscriptions are named.
 *
 * Source: https://docs.cloud.google.com/pubsub/docs/pubsub-basics#resource_names
 */
function nameProblems(name: string): Problem[] {
  if (/^(?!goog)[A-Za-z][A-Za-z0-9._~%+-]{0,230}$/.test(name)) return [];
  return [
    {
      path: "name",
      given: shown(name),
      allowed: "letters, digits and . _ ~ % + -, starting with a letter, not with goog",
      because: "topics and subscriptions are named after it.",
      fix: "give the component another name",
    },
  ];
}

function settingsOf(args: Partial<JobMessagingArgs>) {
  return {
    leaseSeconds: args.leaseSeconds ?? LIMITS.leaseSeconds.default,
    maxDeliveryAttempts: args.maxDeliveryAttempts ?? DELIVERY_ATTEMPTS.default,
    retryPolicy: args.retryPolicy ?? {},
    retention: { ...RETENTION_DEFAULTS, ...args.retention },
  };
}

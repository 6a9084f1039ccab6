import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { regionsProblems, wholeNumberProblems } from "../identity/argument-checks.ts";
import { pubsubServiceAgent } from "../identity/project.ts";
import { problems, shown, type Problem } from "../validation/index.ts";
import { LIMITS } from "../workloads/limits.ts";

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
  /** Labels of topics and subscriptions. */
  readonly labels?: Record<string, pulumi.Input<string>>;
  /** Lets topics and subscriptions be deleted: for environments that hold nothing of worth. @default false */
  readonly disposable?: boolean;
}

/** Source: https://docs.cloud.google.com/pubsub/docs/subscription-properties */
const DELIVERY_ATTEMPTS = { min: 5, max: 100, default: 100 } as const;
/** For people and tools that read dead letters and events. */
const READER_DEADLINE_SECONDS = 60;
/** The most that a subscription keeps, 31 days: what waits here is work that somebody still wants done. */
const KEEP_JOBS = "2678400s";
/** 7 days: the same news is in the job records. */
const KEEP_EVENTS = "604800s";

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
    const { leaseSeconds, maxDeliveryAttempts } = settingsOf(args);
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
          messageStoragePolicy: { allowedPersistenceRegions: args.regions },
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
        messageRetentionDuration: KEEP_JOBS,
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
        messageRetentionDuration: KEEP_JOBS,
        expirationPolicy: neverExpires,
        retryPolicy: { minimumBackoff: "10s", maximumBackoff: "600s" },
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
        messageRetentionDuration: KEEP_EVENTS,
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
  const { leaseSeconds, maxDeliveryAttempts } = settingsOf(args);
  return [
    ...nameProblems(name),
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
  };
}

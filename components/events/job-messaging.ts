import * as pulumi from "@pulumi/pulumi";
import { memberWarnings } from "../identity/grants.ts";
import { problems, shown, requireArguments } from "../validation/index.ts";
import type { JobMessagingArgs } from "./job-messaging-args.ts";
import { jobMessagingProblems, settingsOf } from "./job-messaging-checks.ts";
import { backOff, seconds } from "./delivery.ts";
import { makeHistory, tablePath } from "./history.ts";
import type { JobMessagingResources } from "./job-messaging-resources.ts";
import { messagingResources, readyForLetters } from "./messaging-resources.ts";
import { madeResources } from "../properties/made-resources.ts";
import { JOB_EVENT_SCHEMA, JOB_REQUEST_SCHEMA } from "./schemas.ts";
import { makeUploads } from "./uploads.ts";
import { makeWebhooks } from "./webhooks.ts";

const made = madeResources<JobMessagingResources>();

/**
 * The job queue and the news about jobs: topics `jobs`, `job-events` and `jobs-dead-letter`, the first two with a
 * schema, each with a subscription that never expires, and the grants without which Pub/Sub drops dead letters
 * instead of forwarding them. Where asked for, webhooks, history and uploads that start jobs.
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
  /** Short name of the subscription that keeps events that no webhook took; only with `webhooks`. */
  readonly webhooksDeadLetterSubscription?: pulumi.Output<string>;
  /** The table of job events, `PROJECT.DATASET.TABLE`; only with `history.bigQuery`. */
  readonly historyTable?: pulumi.Output<string>;
  /** Short name of the subscription to uploads that coordinators pull; only with `uploads`. */
  readonly uploadsSubscription?: pulumi.Output<string>;
  /** Short name of the subscription that keeps uploads that could not start a job; only with `uploads`. */
  readonly uploadsDeadLetterSubscription?: pulumi.Output<string>;

  /** The resources that it made, for programs in TypeScript. */
  get resources(): JobMessagingResources {
    return made.of(this);
  }

  /** @throws InvalidArguments naming every wrong argument */
  constructor(name: string, args: JobMessagingArgs, opts?: pulumi.ComponentResourceOptions) {
    requireArguments(`JobMessaging ${shown(name)}`, args, {
      projectId: "value",
      projectNumber: "value",
      regions: "list",
      coordinatorPrincipals: "list",
    });
    const { leaseSeconds, maxDeliveryAttempts, retryPolicy, retention } = settingsOf(args);
    const found = problems();
    found.addAll(jobMessagingProblems(name, args));
    found.throwIfAny(`JobMessaging ${shown(name)}`);
    super("mpegflow-gcs:index:JobMessaging", name, args, opts);

    for (const warning of memberWarnings("coordinatorPrincipals", args.coordinatorPrincipals)) {
      void pulumi.log.warn(warning, this);
    }
    const parts = messagingResources(name, args, this);
    const jobsSchema = parts.schema("job-request", JOB_REQUEST_SCHEMA);
    const jobs = parts.topic("jobs", jobsSchema);
    const jobEventsSchema = parts.schema("job-event", JOB_EVENT_SCHEMA);
    const jobEvents = parts.topic("job-events", jobEventsSchema);
    const letters = parts.deadLetters("jobs-dead-letter", "forwarder-publishes", retention.deadLetterSeconds);
    const jobsSubscription = parts.subscription(
      "jobs",
      jobs,
      {
        ackDeadlineSeconds: leaseSeconds,
        messageRetentionDuration: seconds(retention.jobsSeconds),
        retryPolicy: backOff(retryPolicy),
        deadLetterPolicy: parts.deadLetterPolicy(letters, maxDeliveryAttempts),
      },
      readyForLetters(letters),
    );
    const jobsForwarderGrant = parts.mayPull("forwarder-acknowledges", jobsSubscription, parts.pubsubAgent);
    const jobEventsSubscription = parts.subscription("job-events-audit", jobEvents, {
      messageRetentionDuration: seconds(retention.jobEventsSeconds),
    });
    const webhooks = makeWebhooks(parts, jobEvents, args.webhooks ?? [], retention);
    const history = makeHistory(parts, jobEvents, args.history ?? {}, retention.jobEventsSeconds);
    const uploading = args.uploads && makeUploads(parts, args.uploads, retryPolicy, retention);
    const { webhooksDeadLetters } = webhooks;
    const { bigQueryHistory } = history;
    const uploads = uploading?.uploads;
    const coordinatorGrants = parts.coordinators.map(({ value: member, named }, index) => ({
      pullsJobs: parts.mayPull(named(`${name}-coordinator-pulls-jobs`), jobsSubscription, member),
      pullsDeadLetters: parts.mayPull(
        named(`${name}-coordinator-pulls-dead-letters`),
        letters.subscription,
        member,
      ),
      publishesJobs: parts.mayPublish(named(`${name}-coordinator-publishes-jobs`), jobs, member),
      publishesJobEvents: parts.mayPublish(
        named(`${name}-coordinator-publishes-job-events`),
        jobEvents,
        member,
      ),
      pullsUploads: uploading?.coordinatorGrants[index],
    }));
    made.keep(this, {
      jobsTopic: jobs,
      jobsSchema,
      jobsSubscription,
      jobsForwarderGrant,
      jobsDeadLetters: letters,
      jobEventsTopic: jobEvents,
      jobEventsSchema,
      jobEventsSubscription,
      coordinatorGrants,
      ...webhooks,
      ...history,
      uploads,
    });

    this.jobsTopic = jobs.name;
    this.jobsSubscription = jobsSubscription.name;
    this.jobEventsTopic = jobEvents.name;
    this.jobEventsSubscription = jobEventsSubscription.name;
    this.jobsDeadLetterTopic = letters.topic.name;
    this.jobsDeadLetterSubscription = letters.subscription.name;
    if (webhooksDeadLetters) this.webhooksDeadLetterSubscription = webhooksDeadLetters.subscription.name;
    if (bigQueryHistory) this.historyTable = tablePath(parts, bigQueryHistory);
    if (uploads) {
      this.uploadsSubscription = uploads.subscription.name;
      this.uploadsDeadLetterSubscription = uploads.deadLetters.subscription.name;
    }
    this.registerOutputs({
      jobsTopic: this.jobsTopic,
      jobsSubscription: this.jobsSubscription,
      jobEventsTopic: this.jobEventsTopic,
      jobEventsSubscription: this.jobEventsSubscription,
      jobsDeadLetterTopic: this.jobsDeadLetterTopic,
      jobsDeadLetterSubscription: this.jobsDeadLetterSubscription,
      webhooksDeadLetterSubscription: this.webhooksDeadLetterSubscription,
      historyTable: this.historyTable,
      uploadsSubscription: this.uploadsSubscription,
      uploadsDeadLetterSubscription: this.uploadsDeadLetterSubscription,
    });
  }
}

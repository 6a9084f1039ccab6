import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { grantedMembers, type GrantName } from "../identity/grants.ts";
import { pubsubServiceAgent } from "../identity/project.ts";
import type { JobMessagingArgs } from "./job-messaging-args.ts";
import type { DeadLetterResources } from "./job-messaging-resources.ts";
import { seconds } from "./delivery.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

/** Acknowledgement deadline, in seconds, for people and tools that read dead letters and events. */
export const READER_DEADLINE_SECONDS = 60;

/** Factories for the resources of a {@link JobMessaging}. */
export type MessagingResources = ReturnType<typeof messagingResources>;

/** Resources that must exist before messages are forwarded. Without the grant or the subscription a dead letter is lost. */
export const readyForLetters = ({ publisherGrant, subscription }: DeadLetterResources): pulumi.Resource[] => [
  publisherGrant,
  subscription,
];

export function messagingResources(name: string, args: JobMessagingArgs, component: pulumi.Resource) {
  const parent = { parent: component };
  const kept = args.disposable !== true;
  const guarded = { ...parent, ...(kept && { protect: true }) };
  const deletionPolicy = kept ? "PREVENT" : "DELETE";
  const pubsubAgent = pulumi.output(args.projectNumber).apply(pubsubServiceAgent);
  const topicSeconds = args.retention?.topicSeconds;
  // Names are explicit, because publishers outside this stack refer to them.
  const common = (suffix: string) => ({
    name: `${name}-${suffix}`,
    project: args.projectId,
    ...withoutUndefined({ labels: args.labels }),
    deletionPolicy,
  });
  const pathOf = ({ name: topicName }: gcp.pubsub.Topic) =>
    pulumi.interpolate`projects/${args.projectId}/topics/${topicName}`;

  const schema = (suffix: string, definition: string) =>
    new gcp.pubsub.Schema(
      `${name}-${suffix}`,
      {
        name: `${name}-${suffix}`,
        project: args.projectId,
        type: "PROTOCOL_BUFFER",
        definition,
        deletionPolicy,
      },
      guarded,
    );
  const topic = (suffix: string, described?: gcp.pubsub.Schema) =>
    new gcp.pubsub.Topic(
      `${name}-${suffix}`,
      {
        ...common(suffix),
        messageStoragePolicy: {
          allowedPersistenceRegions: args.regions,
          ...(args.enforceInTransit === true && { enforceInTransit: true }),
        },
        ...withoutUndefined({ kmsKeyName: args.kmsKeyName }),
        ...(topicSeconds !== undefined && { messageRetentionDuration: seconds(topicSeconds) }),
        ...(described && {
          schemaSettings: {
            schema: pulumi.interpolate`projects/${args.projectId}/schemas/${described.name}`,
            encoding: "JSON",
          },
        }),
      },
      guarded,
    );
  const subscription = (
    suffix: string,
    to: gcp.pubsub.Topic,
    settings: Partial<gcp.pubsub.SubscriptionArgs> & { messageRetentionDuration: string },
    dependsOn: pulumi.Resource[] = [],
  ) =>
    new gcp.pubsub.Subscription(
      `${name}-${suffix}`,
      {
        ...common(suffix),
        topic: pathOf(to),
        ackDeadlineSeconds: READER_DEADLINE_SECONDS,
        expirationPolicy: { ttl: "" },
        ...settings,
      },
      { ...guarded, ...(dependsOn.length > 0 && { dependsOn }) },
    );
  const suffixed = (suffix: string): GrantName => ({ name: `${name}-${suffix}`, opts: {} });
  const grantPublish = (grant: string | GrantName, to: gcp.pubsub.Topic, member: pulumi.Input<string>) => {
    const { name: grantName, opts } = typeof grant === "string" ? suffixed(grant) : grant;
    return new gcp.pubsub.TopicIAMMember(
      grantName,
      { topic: to.name, project: args.projectId, role: "roles/pubsub.publisher", member },
      { ...parent, ...opts },
    );
  };
  const grantPull = (
    grant: string | GrantName,
    from: gcp.pubsub.Subscription,
    member: pulumi.Input<string>,
  ) => {
    const { name: grantName, opts } = typeof grant === "string" ? suffixed(grant) : grant;
    return new gcp.pubsub.SubscriptionIAMMember(
      grantName,
      { subscription: from.name, project: args.projectId, role: "roles/pubsub.subscriber", member },
      { ...parent, ...opts },
    );
  };
  /** A topic for messages that could not be delivered, and a subscription that keeps them for inspection. */
  const deadLetters = (suffix: string, grant: string, keepSeconds: number): DeadLetterResources => {
    const letters = topic(suffix);
    const publisherGrant = grantPublish(grant, letters, pubsubAgent);
    const keeps = subscription(suffix, letters, { messageRetentionDuration: seconds(keepSeconds) });
    return { topic: letters, subscription: keeps, publisherGrant };
  };
  const deadLetterPolicy = ({ topic: letters }: DeadLetterResources, maxDeliveryAttempts: number) => ({
    deadLetterTopic: pathOf(letters),
    maxDeliveryAttempts,
  });

  return {
    name,
    args,
    coordinators: grantedMembers(args.coordinatorPrincipals),
    parent,
    guarded,
    kept,
    deletionPolicy,
    pubsubAgent,
    pathOf,
    schema,
    topic,
    subscription,
    mayPublish: grantPublish,
    mayPull: grantPull,
    deadLetters,
    deadLetterPolicy,
  };
}

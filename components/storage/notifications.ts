import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { oneOfProblems, shown, type Problem } from "../validation/index.ts";
import { nameProblems } from "./grants.ts";
import type { MediaBucketArgs } from "./media-bucket-args.ts";
import { NotificationEvent, NotificationPayload, type BucketNotification } from "./bucket-notification.ts";
import type { MediaBucketResources } from "./media-bucket-resources.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

/** Problems of the notifications; paths begin with `notifications`. */
export function notificationProblems(notifications: readonly BucketNotification[]): Problem[] {
  return [
    ...nameProblems("notifications", notifications),
    ...notifications.flatMap((one, index) => oneProblems(`notifications[${index}]`, one)),
  ];
}

const TOPIC = /^(projects\/[^/]+\/topics\/)?(?!goog)[A-Za-z][\w.~%+-]{2,254}$/;

function oneProblems(path: string, given: BucketNotification): Problem[] {
  const { topic, eventTypes, objectNamePrefix, payloadFormat } = given;
  const problems: Problem[] = [];
  if (typeof topic === "string" && !TOPIC.test(topic)) {
    problems.push({
      path: `${path}.topic`,
      given: shown(topic),
      allowed: "projects/PROJECT/topics/TOPIC, or TOPIC",
      fix: "pass the id of the gcp.pubsub.Topic",
    });
  }
  if (eventTypes?.length === 0) {
    problems.push({
      path: `${path}.eventTypes`,
      given: "[]",
      allowed: "an event or more, or no eventTypes argument for every event",
      because: "Google takes an empty list for every event.",
      fix: "leave eventTypes out to mean every event",
    });
  }
  eventTypes?.forEach((event, index) => {
    problems.push(...oneOfProblems(`${path}.eventTypes[${index}]`, event, NotificationEvent));
  });
  if (objectNamePrefix === "" || objectNamePrefix?.startsWith("/") === true) {
    problems.push({
      path: `${path}.objectNamePrefix`,
      given: shown(objectNamePrefix),
      allowed: "the beginning of an object name, without a leading slash: outputs/",
      fix: "leave it out to mean every object, or name a prefix",
    });
  }
  problems.push(
    ...oneOfProblems(`${path}.payloadFormat`, payloadFormat, NotificationPayload, " or ", {
      fix: "use one of these, or leave it out for JSON_API_V1",
    }),
  );
  return problems;
}

/** The notifications of a bucket, each after the grant that Google asks for when it is made. */
export function declareNotifications(
  name: string,
  bucket: gcp.storage.Bucket,
  args: Pick<MediaBucketArgs, "notifications" | "projectId" | "projectNumber">,
  parent: { readonly parent: pulumi.Resource },
): Pick<MediaBucketResources, "notifications" | "publisherGrants"> {
  const notifications = args.notifications ?? [];
  if (notifications.length === 0) return { notifications: {}, publisherGrants: {} };
  const project = args.projectId !== undefined ? { project: args.projectId } : {};
  const member = storageServiceAgent(args, parent);
  // One grant for each topic: two would be one in the cloud, and removing either would take it from both.
  const publishers = new Map<pulumi.Input<string>, gcp.pubsub.TopicIAMMember>();
  const declared = notifications.map((one) => {
    const publisher =
      publishers.get(one.topic) ??
      new gcp.pubsub.TopicIAMMember(
        `${name}-${one.name}-publisher`,
        { ...project, topic: one.topic, role: "roles/pubsub.publisher", member },
        parent,
      );
    publishers.set(one.topic, publisher);
    const notification = new gcp.storage.Notification(
      `${name}-${one.name}`,
      {
        bucket: bucket.name,
        topic: one.topic,
        payloadFormat: one.payloadFormat ?? NotificationPayload.Json,
        ...withoutUndefined({
          eventTypes: one.eventTypes,
          objectNamePrefix: one.objectNamePrefix,
          customAttributes: one.customAttributes,
        }),
      },
      { ...parent, dependsOn: [publisher] },
    );
    return { name: one.name, publisher, notification };
  });
  return {
    notifications: Object.fromEntries(declared.map((one) => [one.name, one.notification])),
    publisherGrants: Object.fromEntries(declared.map((one) => [one.name, one.publisher])),
  };
}

/**
 * IAM member of Storage's own account in the project. A configured project number makes no call to Google; the lookup
 * also creates the account where it was never used.
 *
 * Source: https://docs.cloud.google.com/storage/docs/projects#service-agents
 */
function storageServiceAgent(
  { projectId, projectNumber }: Pick<MediaBucketArgs, "projectId" | "projectNumber">,
  opts: pulumi.InvokeOutputOptions,
): pulumi.Output<string> {
  if (projectNumber !== undefined) {
    return pulumi.interpolate`serviceAccount:service-${projectNumber}@gs-project-accounts.iam.gserviceaccount.com`;
  }
  return gcp.storage.getProjectServiceAccountOutput(
    projectId !== undefined ? { project: projectId } : {},
    opts,
  ).member;
}

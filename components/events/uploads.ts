import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { storageServiceAgent } from "../identity/project.ts";
import {
  type KnownLater,
  prefixPaths,
  shown,
  wholeNumberProblems,
  type Problem,
} from "../validation/index.ts";
import { backOff, DELIVERY_ATTEMPTS, seconds, type MessageRetention, type RetryPolicy } from "./delivery.ts";
import type { UploadResources } from "./job-messaging-resources.ts";
import { readyForLetters, type MessagingResources } from "./messaging-resources.ts";
import type { UploadTrigger } from "./upload-trigger.ts";

const DEFAULT_ATTEMPTS = 20;
/** Notifications are short work: the record and the message of a job. */
const DEADLINE_SECONDS = 60;

/** The trigger's resources, and the grants of the coordinators in their order. */
export function makeUploads(
  parts: MessagingResources,
  trigger: UploadTrigger,
  retryPolicy: RetryPolicy,
  retention: Required<Omit<MessageRetention, "topicSeconds">>,
): { uploads: UploadResources; coordinatorGrants: gcp.pubsub.SubscriptionIAMMember[] } {
  const { name, args, parent } = parts;
  const topic = parts.topic("uploads");
  const publisherGrant = parts.mayPublish(
    "storage-publishes-uploads",
    topic,
    pulumi.output(args.projectNumber).apply(storageServiceAgent),
  );
  const letters = parts.deadLetters(
    "uploads-dead-letter",
    "forwarder-publishes-uploads",
    retention.deadLetterSeconds,
  );
  const subscription = parts.subscription(
    "uploads",
    topic,
    {
      ackDeadlineSeconds: DEADLINE_SECONDS,
      messageRetentionDuration: seconds(retention.jobsSeconds),
      retryPolicy: backOff(retryPolicy),
      deadLetterPolicy: parts.deadLetterPolicy(letters, trigger.maxDeliveryAttempts ?? DEFAULT_ATTEMPTS),
    },
    readyForLetters(letters),
  );
  const forwarderGrant = parts.mayPull("forwarder-acknowledges-uploads", subscription, parts.pubsubAgent);
  const coordinatorGrants = parts.coordinators.map(({ value: member, named }) =>
    parts.mayPull(named(`${name}-coordinator-pulls-uploads`), subscription, member),
  );
  const notification = new gcp.storage.Notification(
    `${name}-uploads`,
    {
      bucket: trigger.bucket,
      topic: parts.pathOf(topic),
      payloadFormat: "JSON_API_V1",
      eventTypes: ["OBJECT_FINALIZE"],
      objectNamePrefix: trigger.prefix,
    },
    // Cloud Storage publishes a test message when the notification is created. Messages sent before a subscription
    // exists are lost.
    { ...parent, dependsOn: [publisherGrant, subscription] },
  );
  return {
    uploads: { topic, publisherGrant, notification, subscription, forwarderGrant, deadLetters: letters },
    coordinatorGrants,
  };
}

export function uploadProblems(trigger: KnownLater<UploadTrigger, "bucket">): Problem[] {
  const { prefix, outputPrefix, suffixes } = trigger;
  const found: Problem[] = [
    ...prefixProblems("prefix", prefix),
    ...prefixProblems("outputPrefix", outputPrefix),
    ...wholeNumberProblems(
      "maxDeliveryAttempts",
      trigger.maxDeliveryAttempts ?? DEFAULT_ATTEMPTS,
      DELIVERY_ATTEMPTS,
    ),
  ];
  if (outputPrefix.startsWith(prefix)) {
    found.push({
      path: "outputPrefix",
      given: shown(outputPrefix),
      allowed: `a prefix that is not below ${shown(prefix)}`,
      because: "outputs below the prefix of uploads would start jobs themselves, without end.",
      fix: "use another prefix for outputs",
    });
  }
  if (suffixes?.length === 0) {
    found.push({
      path: "suffixes",
      given: "[]",
      allowed: "at least one suffix",
      fix: "name one, or leave the argument out to take every object",
    });
  }
  suffixes?.forEach((suffix, index) => {
    if (/^[\w.-]{1,20}$/.test(suffix)) return;
    found.push({
      path: `suffixes[${index}]`,
      given: shown(suffix),
      allowed: "1 to 20 letters, digits, _, . and -",
      fix: "use the extension, such as .mp4",
    });
  });
  if (trigger.profile !== undefined && (trigger.profile.length < 1 || trigger.profile.length > 63)) {
    found.push({
      path: "profile",
      given: shown(trigger.profile),
      allowed: "1 to 63 characters",
      fix: 'use the name of a profile, such as "hls-h264"',
    });
  }
  return prefixPaths("uploads", found);
}

function prefixProblems(path: string, prefix: string): Problem[] {
  if (/^(?:[A-Za-z0-9_.-]+\/)+$/.test(prefix) && prefix.length <= 200) return [];
  return [
    {
      path,
      given: shown(prefix),
      allowed: "at most 200 characters of A-Z a-z 0-9 . _ - and /, ending in / and not starting with it",
      fix: 'use a prefix such as "incoming/"',
    },
  ];
}

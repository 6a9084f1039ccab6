import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import type { StackGraph, StackResource } from "./model/graph.ts";
import { GRANT, grantsOf } from "./model/iam.ts";
import { SUBSCRIPTION, TOPIC } from "./model/kinds.ts";
import { block, read, text, UNKNOWN, wholeNumber, type Properties } from "./model/known.ts";
import { resourceRule, stackRule } from "./model/rule.ts";

const DEAD_LETTER_URL = "https://docs.cloud.google.com/pubsub/docs/handling-failures";

export const subscriptionsNeverExpire: ResourceValidationPolicy = resourceRule({
  name: "subscriptions-never-expire",
  family: "messaging",
  subject: "a subscription",
  tokens: SUBSCRIPTION,
  displayName: "Subscriptions do not expire",
  description: "Subscriptions must never expire. Remediates.",
  severity: "high",
  url: "https://docs.cloud.google.com/pubsub/docs/subscription-properties",
  reason:
    "after 31 days without a subscriber, Google deletes a subscription and every message that waits in it.",
  fix: 'set expirationPolicy: { ttl: "" }',
  *judge({ props }) {
    const policy = block(props, "expirationPolicy");
    const ttl = policy?.["ttl"];
    if (policy === undefined) yield "expires after 31 days without a subscriber";
    else if (typeof ttl === "string" && ttl !== "") yield `expires after ${ttl} without a subscriber`;
  },
  remediate: (props) => {
    props["expirationPolicy"] = { ttl: "" };
  },
});

export const subscriptionsHaveDeadLetters: ResourceValidationPolicy = resourceRule({
  name: "subscriptions-have-dead-letters",
  family: "messaging",
  subject: "a subscription",
  tokens: SUBSCRIPTION,
  displayName: "Subscriptions that do work have dead letters",
  description:
    "A subscription whose back-off shows that messages are worked on, or that pushes, must have a dead-letter topic.",
  severity: "high",
  url: DEAD_LETTER_URL,
  reason:
    "a message that can never be handled is delivered again and again until it expires, and then it is gone.",
  fix: "set deadLetterPolicy with a topic, and give that topic a subscription (JobMessaging of mpegflow-gcs does)",
  *judge({ props }) {
    if (block(props, "deadLetterPolicy") !== undefined) return;
    const pushes = text(block(props, "pushConfig") ?? {}, "pushEndpoint") !== undefined;
    if (pushes) yield "pushes messages and has no dead letters";
    else if (block(props, "retryPolicy") !== undefined) yield "retries messages and has no dead letters";
  },
});

export const deadLettersAreComplete: StackValidationPolicy = stackRule({
  name: "dead-letters-are-complete",
  family: "messaging",
  subject: "a subscription",
  tokens: SUBSCRIPTION,
  displayName: "Dead letters arrive and are kept",
  description:
    "Where a subscription has a dead-letter topic, Pub/Sub's service agent must be able to publish to that topic and to " +
    "acknowledge on the subscription, and the topic must have a subscription of its own.",
  severity: "critical",
  url: DEAD_LETTER_URL,
  reason:
    "without both grants messages are never moved; without a subscription they are dropped as they arrive.",
  fix:
    "grant service-N@gcp-sa-pubsub.iam.gserviceaccount.com roles/pubsub.publisher on the topic and " +
    "roles/pubsub.subscriber on the subscription, and add a subscription to the topic",
  *judge(subscription, stack) {
    const policy = block(subscription.props, "deadLetterPolicy");
    if (policy === undefined) return;
    const attempts = wholeNumber(policy, "maxDeliveryAttempts");
    if (attempts !== undefined && (attempts < 5 || attempts > 100)) {
      yield `gives up after ${attempts} attempts; Pub/Sub takes 5 to 100`;
    }
    const topic = stack.referred(subscription, "deadLetterPolicy.deadLetterTopic", TOPIC);
    // Somebody else's topic is somebody else's to complete.
    if (topic !== undefined) {
      if (!agentHas("roles/pubsub.publisher", "topic", topic, stack)) {
        yield `sends dead letters to ${topic.name}, where Pub/Sub's service agent may not publish`;
      }
      if (!hasSubscription(topic, stack))
        yield `sends dead letters to ${topic.name}, which has no subscription`;
    }
    if (!agentHas("roles/pubsub.subscriber", "subscription", subscription, stack)) {
      yield "has dead letters, but Pub/Sub's service agent may not take messages from it";
    }
  },
});

/** Whether Pub/Sub's service agent has a role on a topic or a subscription. A grant that is not known yet may be it. */
function agentHas(
  role: string,
  property: "topic" | "subscription",
  target: StackResource,
  stack: StackGraph,
): boolean {
  return stack.referring(target, GRANT, property).some((grant) => {
    if (read(() => memberKnown(grant.props)) === UNKNOWN) return true;
    return grantsOf(grant).some(
      (one) => one.role === role && one.members.some((member) => member.includes("@gcp-sa-pubsub.")),
    );
  });
}

function memberKnown(props: Properties): unknown {
  return [props["member"], props["members"], props["role"], props["policyData"]];
}

function hasSubscription(topic: StackResource, stack: StackGraph): boolean {
  return stack.referring(topic, SUBSCRIPTION, "topic").length > 0;
}

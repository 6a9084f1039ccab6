import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { accountsAt } from "./model/accounts.ts";
import { sourcesOf, type StackGraph } from "./model/graph.ts";
import { type StackResource } from "./model/stack-resource.ts";
import { grantsOnResource, wideGrantsOn } from "./model/iam.ts";
import { SERVICE_IDENTITY, SUBSCRIPTION, TOPIC } from "./model/kinds.ts";
import { block, read, text, wholeNumber } from "./model/known.ts";
import { CONSUME, PUBLISH, type Power } from "./model/powers.ts";
import { grantsOfPower, type PowerGrant } from "./model/roles.ts";
import { cannotJudge, resourceRule, stackRule, type CannotJudge, type Finding } from "./model/rule.ts";
import { NOT_KNOWN_YET } from "./model/unjudged.ts";

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
    "roles/pubsub.subscriber on the subscription, or both on the project, and add a subscription to the topic",
  *judgeAlone({ props }) {
    const attempts = wholeNumber(block(props, "deadLetterPolicy") ?? {}, "maxDeliveryAttempts");
    if (attempts !== undefined && (attempts < 5 || attempts > 100)) {
      yield `gives up after ${attempts} attempts; Pub/Sub takes 5 to 100`;
    }
  },
  *judge(subscription, stack) {
    if (block(subscription.props, "deadLetterPolicy") === undefined) return;
    const topic = stack.referred(subscription, "deadLetterPolicy.deadLetterTopic", TOPIC);
    // Somebody else's topic is somebody else's to complete.
    if (topic !== undefined) {
      yield* unlessGranted(
        PUBLISH,
        [...grantsOnResource(topic, "topic", stack), ...wideGrantsOn(topic, stack)],
        stack,
        `sends dead letters to ${topic.name}, where Pub/Sub's service agent may not publish`,
      );
      if (!hasSubscription(topic, stack))
        yield `sends dead letters to ${topic.name}, which has no subscription`;
    }
    yield* unlessGranted(
      CONSUME,
      [...grantsOnResource(subscription, "subscription", stack), ...wideGrantsOn(subscription, stack)],
      stack,
      "has dead letters, but Pub/Sub's service agent may not take messages from it",
    );
  },
});

/** A finding, unless Pub/Sub's service agent has a power by these grants. */
function* unlessGranted(
  power: Power,
  grants: readonly StackResource[],
  stack: StackGraph,
  finding: string,
): Iterable<Finding | CannotJudge> {
  const verdicts = grantsOfPower(grants, power, stack).map((grant) => namesAgent(grant, stack));
  if (verdicts.includes(true)) return;
  const doubt = verdicts.find((one) => typeof one === "string");
  yield doubt === undefined ? finding : cannotJudge(doubt);
}

/** Whether a grant is the agent's; where that cannot be told, why. */
function namesAgent(
  { resource, members, unknownMembers, doubt }: PowerGrant,
  stack: StackGraph,
): boolean | string {
  if (members.some((member) => member.includes("@gcp-sa-pubsub."))) return doubt ?? true;
  if (!unknownMembers) return false;
  const sources = ["member", "members"].flatMap((path) => sourcesOf(resource, path));
  const agents = sources.flatMap((urn) => serviceOfIdentity(urn, stack) ?? []);
  if (agents.includes(PUBSUB)) return doubt ?? true;
  const others = ["member", "members"].some((path) => accountsAt(resource, path, stack).accounts.length > 0);
  return others || agents.length > 0 ? false : (doubt ?? NOT_KNOWN_YET);
}

const PUBSUB = "pubsub.googleapis.com";

/** The service whose agent a ServiceIdentity tells the address of. */
function serviceOfIdentity(urn: string, stack: StackGraph): string | undefined {
  const source = stack.byUrn(urn);
  if (source === undefined || !SERVICE_IDENTITY.has(source.type)) return undefined;
  const service = read(() => text(source.props, "service"));
  return typeof service === "string" ? service : undefined;
}

function hasSubscription(topic: StackResource, stack: StackGraph): boolean {
  return stack.referring(topic, SUBSCRIPTION, "topic").length > 0;
}

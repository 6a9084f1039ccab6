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

/** Pub/Sub's service agent of the project with number N. */
const AGENT = "service-N@gcp-sa-pubsub.iam.gserviceaccount.com";

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
    "after 31 days without a subscriber, Google deletes the subscription and every message waiting in it.",
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
  displayName: "Subscriptions for work have a dead-letter topic",
  description: "A subscription that has a retry policy, or that pushes, must have a dead-letter topic.",
  severity: "high",
  url: DEAD_LETTER_URL,
  reason: "a message that can never be processed is redelivered until it expires, and is then lost.",
  fix: "set deadLetterPolicy with a topic, and give that topic a subscription (JobMessaging of mpegflow-gcs does)",
  *judge({ props }) {
    if (block(props, "deadLetterPolicy") !== undefined) return;
    const pushes = text(block(props, "pushConfig") ?? {}, "pushEndpoint") !== undefined;
    if (pushes) yield "pushes messages and has no dead-letter topic";
    else if (block(props, "retryPolicy") !== undefined) yield "retries messages and has no dead-letter topic";
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
    "without both grants, messages are never moved; without a subscription, they are dropped on arrival.",
  fix:
    `grant ${AGENT} roles/pubsub.publisher on the topic and ` +
    "roles/pubsub.subscriber on the subscription, or both on the project, and add a subscription to the topic",
  *judgeAlone({ props }) {
    const attempts = wholeNumber(block(props, "deadLetterPolicy") ?? {}, "maxDeliveryAttempts");
    if (attempts !== undefined && (attempts < 5 || attempts > 100)) {
      yield {
        text: `gives up after ${attempts} attempts; Pub/Sub takes 5 to 100`,
        reason: "Pub/Sub refuses any other number, half-way through the update.",
        fix: "set deadLetterPolicy.maxDeliveryAttempts to a number from 5 to 100",
      };
    }
  },
  *judge(subscription, stack) {
    if (block(subscription.props, "deadLetterPolicy") === undefined) return;
    const topic = stack.referred(subscription, "deadLetterPolicy.deadLetterTopic", TOPIC);
    // Topics of other stacks are not checked.
    if (topic !== undefined) {
      yield* unlessGranted(
        PUBLISH,
        [...grantsOnResource(topic, "topic", stack), ...wideGrantsOn(topic, stack)],
        stack,
        {
          text: `sends dead letters to ${topic.name}, where Pub/Sub's service agent may not publish`,
          fix: `grant ${AGENT} roles/pubsub.publisher on the topic, or on the project`,
        },
      );
      if (!hasSubscription(topic, stack)) {
        yield {
          text: `sends dead letters to ${topic.name}, which has no subscription`,
          fix: `add a subscription to ${topic.name}`,
        };
      }
    }
    yield* unlessGranted(
      CONSUME,
      [...grantsOnResource(subscription, "subscription", stack), ...wideGrantsOn(subscription, stack)],
      stack,
      {
        text: "has dead letters, but Pub/Sub's service agent may not take messages from it",
        fix: `grant ${AGENT} roles/pubsub.subscriber on the subscription, or on the project`,
      },
    );
  },
});

/** A finding, unless these grants give Pub/Sub's service agent the permission. */
function* unlessGranted(
  power: Power,
  grants: readonly StackResource[],
  stack: StackGraph,
  finding: Finding,
): Iterable<Finding | CannotJudge> {
  const verdicts = grantsOfPower(grants, power, stack).map((grant) => namesAgent(grant, stack));
  if (verdicts.includes(true)) return;
  const doubt = verdicts.find((one) => typeof one === "string");
  yield doubt === undefined ? finding : cannotJudge(doubt);
}

/** Whether a grant is for the agent, or the reason why that is unknown. */
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

/** The service of a ServiceIdentity. */
function serviceOfIdentity(urn: string, stack: StackGraph): string | undefined {
  const source = stack.byUrn(urn);
  if (source === undefined || !SERVICE_IDENTITY.has(source.type)) return undefined;
  const service = read(() => text(source.props, "service"));
  return typeof service === "string" ? service : undefined;
}

function hasSubscription(topic: StackResource, stack: StackGraph): boolean {
  return stack.referring(topic, SUBSCRIPTION, "topic").length > 0;
}

import { outputOf, UNKNOWN } from "../../../../testing/index.ts";
import {
  any,
  customRole,
  projectGrant,
  subscription,
  subscriptionGrant,
  topic,
  topicGrant,
  type Case,
} from "./case.ts";

const AGENT = "serviceAccount:service-1@gcp-sa-pubsub.iam.gserviceaccount.com";
const deadLetter = topic("dead", { name: "dead" });
const jobs = subscription("jobs", {
  name: "jobs",
  topic: "projects/p/topics/jobs",
  deadLetterPolicy: { deadLetterTopic: "projects/p/topics/dead", maxDeliveryAttempts: 5 },
});
const kept = subscription("dead", { name: "dead-kept", topic: "projects/p/topics/dead" });
const publishes = topicGrant("publishes", { topic: "dead", role: "roles/pubsub.publisher", member: AGENT });
const takes = subscriptionGrant("takes", {
  subscription: "jobs",
  role: "roles/pubsub.subscriber",
  member: AGENT,
});

export const messaging: readonly Case[] = [
  {
    policy: "subscriptions-never-expire",
    title: "subscriptions that expire, by default and as said",
    resources: [subscription("silent"), subscription("said", { expirationPolicy: { ttl: "86400s" } })],
    found: [
      'Subscription "silent" expires after 31 days without a subscriber.',
      'Subscription "said" expires after 86400s without a subscriber.',
    ],
  },
  {
    policy: "subscriptions-never-expire",
    title: "one that does not",
    resources: [subscription("jobs", { expirationPolicy: { ttl: "" } })],
    found: [],
  },
  {
    policy: "subscriptions-have-dead-letters",
    title: "subscriptions that retry or push without dead letters",
    resources: [
      subscription("works", { retryPolicy: { minimumBackoff: "10s" } }),
      subscription("pushes", { pushConfig: { pushEndpoint: "https://hooks.example.com" } }),
    ],
    found: [
      'Subscription "works" retries messages and has no dead-letter topic.',
      'Subscription "pushes" pushes messages and has no dead-letter topic.',
    ],
  },
  {
    policy: "subscriptions-have-dead-letters",
    title: "with dead letters, and one that only collects",
    resources: [
      subscription("works", { ...jobs.props, retryPolicy: { minimumBackoff: "10s" } }),
      subscription("collects", {}),
    ],
    found: [],
  },
  {
    policy: "dead-letters-are-complete",
    title: "dead letters without grants, without a subscription, after too few attempts",
    resources: [
      {
        ...jobs,
        props: { ...jobs.props, deadLetterPolicy: { deadLetterTopic: "dead", maxDeliveryAttempts: 3 } },
      },
      deadLetter,
    ],
    found: [
      'Subscription "jobs" gives up after 3 attempts; Pub/Sub takes 5 to 100.',
      'Subscription "jobs" sends dead letters to dead, where Pub/Sub\'s service agent may not publish.',
      'Subscription "jobs" sends dead letters to dead, which has no subscription.',
      'Subscription "jobs" has dead letters, but Pub/Sub\'s service agent may not take messages from it.',
    ],
  },
  {
    policy: "dead-letters-are-complete",
    title: "grants of other roles, to others, on other topics",
    resources: [
      jobs,
      deadLetter,
      kept,
      { ...publishes, props: { ...publishes.props, member: "user:someone@example.com" } },
      { ...takes, props: { ...takes.props, role: "roles/pubsub.viewer" } },
    ],
    found: [
      'Subscription "jobs" sends dead letters to dead, where Pub/Sub\'s service agent may not publish.',
      'Subscription "jobs" has dead letters, but Pub/Sub\'s service agent may not take messages from it.',
    ],
  },
  {
    policy: "dead-letters-are-complete",
    title: "complete dead letters, and those of a topic of another stack",
    resources: [
      jobs,
      deadLetter,
      kept,
      publishes,
      takes,
      subscription("foreign", {
        name: "foreign",
        deadLetterPolicy: { deadLetterTopic: "projects/q/topics/elsewhere" },
      }),
      subscriptionGrant("takes-foreign", {
        subscription: outputOf("gcp:pubsub/subscription:Subscription::foreign", "foreign"),
        role: "roles/pubsub.subscriber",
        member: AGENT,
      }),
    ],
    found: [],
  },
  {
    policy: "dead-letters-are-complete",
    title: "a grant to somebody who is not known yet",
    resources: [
      jobs,
      deadLetter,
      kept,
      publishes,
      { ...takes, props: { ...takes.props, member: UNKNOWN.string } },
    ],
    found: [],
    undecided: true,
  },
  {
    policy: "dead-letters-are-complete",
    title: "grants on the project: to the agent of a ServiceIdentity, by a binding and by a custom role",
    resources: [
      jobs,
      deadLetter,
      kept,
      any("gcp:projects/serviceIdentity:ServiceIdentity")("agent", {
        service: "pubsub.googleapis.com",
        member: UNKNOWN.string,
      }),
      projectGrant("publishes", {
        role: "roles/pubsub.publisher",
        member: outputOf("gcp:projects/serviceIdentity:ServiceIdentity::agent"),
      }),
      customRole("consumes", { roleId: "consumes", permissions: ["pubsub.subscriptions.consume"] }),
      any("gcp:projects/iAMBinding:IAMBinding")("takes", {
        role: "projects/p/roles/consumes",
        members: [AGENT],
      }),
    ],
    found: [],
  },
  {
    policy: "dead-letters-are-complete",
    title: "grants on the project to another service's agent",
    resources: [
      jobs,
      deadLetter,
      kept,
      publishes,
      any("gcp:projects/serviceIdentity:ServiceIdentity")("agent", {
        service: "storage.googleapis.com",
        member: UNKNOWN.string,
      }),
      projectGrant("takes", {
        role: "roles/pubsub.subscriber",
        member: outputOf("gcp:projects/serviceIdentity:ServiceIdentity::agent"),
      }),
    ],
    found: [
      'Subscription "jobs" has dead letters, but Pub/Sub\'s service agent may not take messages from it.',
    ],
  },
  {
    policy: "dead-letters-are-complete",
    title: "grants on another project, and on a topic and a subscription of the same names there",
    resources: [
      ...[jobs, deadLetter, kept].map((one) => ({ ...one, props: { ...one.props, project: "p" } })),
      projectGrant("editor", { project: "q", role: "roles/pubsub.editor", member: AGENT }),
      { ...publishes, props: { ...publishes.props, project: "q" } },
      { ...takes, props: { ...takes.props, subscription: "projects/q/subscriptions/jobs" } },
    ],
    found: [
      'Subscription "jobs" sends dead letters to dead, where Pub/Sub\'s service agent may not publish.',
      'Subscription "jobs" has dead letters, but Pub/Sub\'s service agent may not take messages from it.',
    ],
  },
  {
    policy: "dead-letters-are-complete",
    title: "grants on the same project, which the provider names, and on the project by its number",
    resources: [
      any("pulumi:providers:gcp")("default", { project: "p" }),
      ...[jobs, deadLetter, kept].map((one) => ({
        ...one,
        provider: { type: "pulumi:providers:gcp", name: "default" },
      })),
      projectGrant("publishes", { project: "p", role: "roles/pubsub.publisher", member: AGENT }),
      projectGrant("takes", { project: "123456789012", role: "roles/pubsub.subscriber", member: AGENT }),
    ],
    found: [],
  },
  {
    policy: "dead-letters-are-complete",
    title: "a topic of another project that is called like one of this",
    resources: [
      topic("dead", { name: "dead", project: "p" }),
      {
        ...jobs,
        props: {
          ...jobs.props,
          project: "p",
          deadLetterPolicy: { deadLetterTopic: "projects/q/topics/dead" },
        },
      },
      takes,
    ],
    found: [],
  },
];

import { createHash } from "node:crypto";
import * as gcp from "@pulumi/gcp";
import { prefixPaths, shown, wholeNumberProblems, type Problem } from "../validation/index.ts";
import {
  backOff,
  DELIVERY_ATTEMPTS,
  retryPolicyProblems,
  seconds,
  type MessageRetention,
} from "./delivery.ts";
import type { DeadLetterResources, WebhookResources } from "./job-messaging-resources.ts";
import { readyForLetters, type MessagingResources } from "./messaging-resources.ts";
import type { Webhook } from "./webhook-args.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

const ANSWER_SECONDS = { min: 10, max: 600, default: 30 } as const;
const DEFAULT_ATTEMPTS = 20;

/** The dead letters of webhooks are shared: the attribute CloudPubSubDeadLetterSourceSubscription names the webhook. */
export function makeWebhooks(
  parts: MessagingResources,
  jobEvents: gcp.pubsub.Topic,
  webhooks: readonly Webhook[],
  retention: Required<Omit<MessageRetention, "topicSeconds">>,
): { webhooks: Record<string, WebhookResources>; webhooksDeadLetters: DeadLetterResources | undefined } {
  if (webhooks.length === 0) return { webhooks: {}, webhooksDeadLetters: undefined };
  const letters = parts.deadLetters(
    "webhooks-dead-letter",
    "forwarder-publishes-webhooks",
    retention.deadLetterSeconds,
  );
  const made = webhooks.map((webhook) => {
    const attempts = webhook.maxDeliveryAttempts ?? DEFAULT_ATTEMPTS;
    const signer = signerOf(parts, webhook);
    const subscription = parts.subscription(
      `webhook-${webhook.name}`,
      jobEvents,
      {
        ackDeadlineSeconds: webhook.answerSeconds ?? ANSWER_SECONDS.default,
        messageRetentionDuration: seconds(retention.jobEventsSeconds),
        ...withoutUndefined({ filter: webhook.filter }),
        retryPolicy: backOff(webhook.retryPolicy ?? {}),
        deadLetterPolicy: parts.deadLetterPolicy(letters, attempts),
        pushConfig: {
          pushEndpoint: webhook.endpoint,
          oidcToken: {
            serviceAccountEmail: signer.email,
            audience: webhook.audience ?? webhook.endpoint,
          },
          ...(webhook.wrapper === false && { noWrapper: { writeMetadata: true } }),
        },
      },
      [...readyForLetters(letters), ...(signer.tokenGrant ? [signer.tokenGrant] : [])],
    );
    const forwarderGrant = parts.mayPull(
      `forwarder-acknowledges-webhook-${webhook.name}`,
      subscription,
      parts.pubsubAgent,
    );
    const { account, tokenGrant } = signer;
    return [webhook.name, { subscription, forwarderGrant, account, tokenGrant }] as const;
  });
  return { webhooks: Object.fromEntries(made), webhooksDeadLetters: letters };
}

function signerOf(parts: MessagingResources, webhook: Webhook) {
  const { name, args, parent, guarded, deletionPolicy } = parts;
  if (webhook.serviceAccountEmail !== undefined) {
    return { email: webhook.serviceAccountEmail, account: undefined, tokenGrant: undefined };
  }
  const account = new gcp.serviceaccount.Account(
    `${name}-webhook-${webhook.name}`,
    {
      accountId: accountIdOf(name, webhook.name),
      project: args.projectId,
      displayName: `MpegFlow webhook ${webhook.name}`,
      description: "In whose name Pub/Sub signs its deliveries. It may do nothing.",
      deletionPolicy,
    },
    guarded,
  );
  // Projects made until 8 April 2021 need it; later ones have it already.
  // https://docs.cloud.google.com/pubsub/docs/authenticate-push-subscriptions
  const tokenGrant = new gcp.serviceaccount.IAMMember(
    `${name}-webhook-${webhook.name}-token`,
    {
      serviceAccountId: account.name,
      role: "roles/iam.serviceAccountTokenCreator",
      member: parts.pubsubAgent,
    },
    parent,
  );
  return { email: account.email, account, tokenGrant };
}

/** At most 30 characters, and another for each component and webhook. */
function accountIdOf(name: string, webhook: string): string {
  const digest = createHash("sha256").update(`${name}/${webhook}`).digest("hex").slice(0, 8);
  const readable = webhook.slice(0, 16).replace(/-+$/, "");
  return `push-${readable}-${digest}`;
}

export function webhookProblems(webhooks: readonly Webhook[]): Problem[] {
  return webhooks.flatMap((webhook, index) =>
    prefixPaths(`webhooks[${index}]`, [
      ...nameProblems(webhook, webhooks.slice(0, index)),
      ...endpointProblems(webhook.endpoint),
      ...filterProblems(webhook.filter),
      ...retryPolicyProblems("retryPolicy", webhook.retryPolicy ?? {}),
      ...wholeNumberProblems(
        "maxDeliveryAttempts",
        webhook.maxDeliveryAttempts ?? DEFAULT_ATTEMPTS,
        DELIVERY_ATTEMPTS,
      ),
      ...wholeNumberProblems(
        "answerSeconds",
        webhook.answerSeconds ?? ANSWER_SECONDS.default,
        ANSWER_SECONDS,
      ),
    ]),
  );
}

function nameProblems({ name }: Webhook, earlier: readonly Webhook[]): Problem[] {
  const given = shown(name);
  if (!/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/.test(name)) {
    return [
      {
        path: "name",
        given,
        allowed: "1 to 40 characters of a-z, 0-9 and -, not starting or ending with -",
        because: "subscription and account are named after it.",
        fix: "give the webhook another name",
      },
    ];
  }
  if (!earlier.some((one) => one.name === name)) return [];
  return [
    {
      path: "name",
      given,
      allowed: "a name that no other webhook has",
      fix: "give one of them another name",
    },
  ];
}

function endpointProblems(endpoint: string): Problem[] {
  const problem = (allowed: string, because: string, fix: string): Problem[] => [
    { path: "endpoint", given: withoutSecrets(endpoint), allowed, because, fix },
  ];
  const url = URL.parse(endpoint);
  const isLoopback = url !== null && /^(127(\.\d+){3}|localhost|\[::1\])$/.test(url.hostname);
  if (url === null || (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback))) {
    return problem(
      "an https address",
      "the delivery's token is a credential, and Pub/Sub pushes to https only.",
      "use the endpoint's https address",
    );
  }
  if (url.username !== "" || url.password !== "" || url.hash !== "") {
    return problem(
      "an address without user, password and fragment",
      "the address is kept in clear; deliveries are signed instead.",
      "leave them out, and verify the token",
    );
  }
  return [];
}

/** An address may hold a password, in its user part or its query; neither may reach an error's text. */
function withoutSecrets(endpoint: string): string {
  const url = URL.parse(endpoint);
  if (url === null) return "something else";
  const marks = [url.username || url.password ? "(secret)@" : "", url.search ? "?(secret)" : ""];
  return shown(
    `${url.protocol}//${marks[0] ?? ""}${url.host}${url.pathname}${marks[1] ?? ""}${url.hash && "#…"}`,
  );
}

function filterProblems(filter: string | undefined): Problem[] {
  if (filter === undefined || (filter.length > 0 && Buffer.byteLength(filter) <= 256)) return [];
  return [
    {
      path: "filter",
      given: `${Buffer.byteLength(filter)} bytes`,
      allowed: "1 to 256 bytes",
      fix: filter === "" ? "leave it out to get every event" : "shorten it, or filter in the endpoint",
    },
  ];
}

import type { v1 } from "@google-cloud/pubsub";
import { Agent, fetch } from "undici";
import type { Subscription } from "./messaging-types.ts";
import { startPulling, type Received } from "./pull.ts";

/** Answers that acknowledge. https://docs.cloud.google.com/pubsub/docs/push#receive_push */
const acknowledging = new Set([102, 200, 201, 202, 204]);
/** Nothing leaves this machine, so certificates need not be verified. */
const loopback = new Agent({ connect: { rejectUnauthorized: false } });

interface PushOptions {
  subscriber: v1.SubscriberClient;
  /** `projects/P/subscriptions/S` */
  subscription: string;
  settings: Subscription & { pushConfig: NonNullable<Subscription["pushConfig"]> };
  /** @throws when there is no such account */
  identityToken: (email: string, audience: string) => string;
  log: (details: object, message: string) => void;
}

/**
 * Push delivery, which Google's in-memory fake lacks: each message is posted to the endpoint until it answers with
 * success, with back-off between; the fake itself counts deliveries and forwards dead letters.
 */
export function startPush(options: PushOptions): { stop: () => Promise<void> } {
  const { subscriber, subscription, settings, log } = options;
  /** Failures of messages so far, by id. */
  const failures = new Map<string, number>();
  const modify = async (ackId: string, seconds: number): Promise<void> => {
    await subscriber.modifyAckDeadline({ subscription, ackIds: [ackId], ackDeadlineSeconds: seconds });
  };
  const deliver = async (received: Received): Promise<void> => {
    const messageId = received.message?.messageId ?? "";
    const ackId = received.ackId ?? "";
    const failure = await post(options, received).catch((error: unknown) => String(error));
    if (failure === undefined) {
      failures.delete(messageId);
      await subscriber.acknowledge({ subscription, ackIds: [ackId] });
      return;
    }
    const count = (failures.get(messageId) ?? 0) + 1;
    failures.set(messageId, count);
    const seconds = backOffSeconds(settings.retryPolicy, count);
    log({ subscription, messageId, failure, againInSeconds: seconds }, "a push delivery failed");
    // It comes back when this deadline passes, and that is a delivery more.
    await modify(ackId, seconds);
  };
  return startPulling({
    subscriber,
    subscription,
    atOnce: 20,
    take: async (messages) => {
      await Promise.all(messages.map(deliver));
    },
    failed: (error) => {
      log({ subscription, failure: String(error) }, "reading a push subscription failed");
    },
  });
}

/** Without a policy Pub/Sub delivers again as soon as it can. */
export function backOffSeconds(policy: Subscription["retryPolicy"], failures: number): number {
  if (policy === undefined) return 0;
  const minimum = Number.parseFloat(policy.minimumBackoff ?? "10s");
  const maximum = Number.parseFloat(policy.maximumBackoff ?? "600s");
  return Math.ceil(Math.min(maximum, minimum * 2 ** (failures - 1)));
}

/** @returns why the message was not taken, or undefined when it was */
async function post(options: PushOptions, received: Received): Promise<string | undefined> {
  const { subscription, settings, identityToken } = options;
  const { pushConfig } = settings;
  const message = received.message ?? {};
  const data = Buffer.from(message.data ?? "");
  const attributes = message.attributes ?? {};
  const publishTime = new Date(Number(message.publishTime?.seconds ?? 0) * 1000).toISOString();
  const metadata = {
    "x-goog-pubsub-subscription-name": subscription,
    "x-goog-pubsub-message-id": message.messageId ?? "",
    "x-goog-pubsub-publish-time": publishTime,
  };
  const wrapped = {
    message: {
      data: data.toString("base64"),
      attributes,
      messageId: message.messageId,
      message_id: message.messageId,
      publishTime,
      publish_time: publishTime,
    },
    subscription,
    ...(settings.deadLetterPolicy && { deliveryAttempt: received.deliveryAttempt ?? 1 }),
  };
  const token = pushConfig.oidcToken;
  const response = await fetch(pushConfig.pushEndpoint, {
    method: "POST",
    dispatcher: loopback,
    redirect: "manual",
    headers: {
      ...(pushConfig.noWrapper === undefined && { "content-type": "application/json" }),
      ...(pushConfig.noWrapper?.writeMetadata === true && { ...attributes, ...metadata }),
      ...(token && {
        authorization: `Bearer ${identityToken(token.serviceAccountEmail, token.audience ?? pushConfig.pushEndpoint)}`,
      }),
    },
    body: pushConfig.noWrapper === undefined ? JSON.stringify(wrapped) : data,
    signal: AbortSignal.timeout(settings.ackDeadlineSeconds * 1000),
  });
  await response.arrayBuffer();
  return acknowledging.has(response.status) ? undefined : `the endpoint answered ${response.status}`;
}

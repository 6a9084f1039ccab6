import { randomUUID } from "node:crypto";
import type { v1 } from "@google-cloud/pubsub";
import type { Subscription } from "./messaging-types.ts";
import { startPulling, type Received } from "./pull.ts";

type Config = NonNullable<Subscription["cloudStorageConfig"]>;

interface ExportOptions {
  subscriber: v1.SubscriberClient;
  /** `projects/P/subscriptions/S` */
  subscription: string;
  config: Config;
  /** Writes an object in the name of Pub/Sub's own account, which needs the grant. */
  write: (bucket: string, name: string, text: string) => Promise<void>;
  clock: () => Date;
  log: (details: object, message: string) => void;
}

/**
 * Writes messages to files as a Cloud Storage subscription does, one message a line. A file is closed, and its messages
 * acknowledged, when it is old, large or full enough.
 */
export function startStorageExport(options: ExportOptions): { stop: () => Promise<void> } {
  const { subscriber, subscription, config, write, clock, log } = options;
  const maxSeconds = Number.parseFloat(config.maxDuration ?? "300s");
  let open: { since: number; bytes: number; messages: Received[] } | undefined;
  const isFull = (file: NonNullable<typeof open>): boolean =>
    clock().getTime() - file.since >= maxSeconds * 1000 ||
    file.bytes >= (config.maxBytes ?? Infinity) ||
    file.messages.length >= (config.maxMessages ?? Infinity);

  const close = async (): Promise<void> => {
    const file = open;
    if (file === undefined) return;
    open = undefined;
    const at = new Date(file.since).toISOString().replace(/\.\d+Z$/, "+00:00");
    const name = `${config.filenamePrefix ?? ""}${at}_${randomUUID().slice(0, 6)}${config.filenameSuffix ?? ""}`;
    const lines = file.messages.map(({ message }) => `${Buffer.from(message?.data ?? "").toString()}\n`);
    try {
      await write(config.bucket, name, lines.join(""));
      const ackIds = file.messages.map(({ ackId }) => ackId ?? "");
      await subscriber.acknowledge({ subscription, ackIds });
    } catch (error) {
      log(
        { subscription, failure: String(error) },
        "a file of messages could not be written; they come again",
      );
    }
  };
  let closing: Promise<void> = Promise.resolve();
  const closeInTurn = (): Promise<void> => (closing = closing.then(close));
  const timer = setInterval(() => {
    if (open !== undefined && isFull(open)) void closeInTurn();
  }, 1000);

  const pulling = startPulling({
    subscriber,
    subscription,
    atOnce: 1000,
    take: async (messages) => {
      await subscriber.modifyAckDeadline({
        subscription,
        ackIds: messages.map(({ ackId }) => ackId ?? ""),
        ackDeadlineSeconds: Math.min(600, Math.ceil(maxSeconds) + 30),
      });
      open ??= { since: clock().getTime(), bytes: 0, messages: [] };
      open.messages.push(...messages);
      for (const { message } of messages) open.bytes += message?.data?.length ?? 0;
      if (isFull(open)) await closeInTurn();
    },
    failed: (error) => {
      log({ subscription, failure: String(error) }, "reading a Cloud Storage subscription failed");
    },
  });
  return {
    stop: async () => {
      clearInterval(timer);
      await pulling.stop();
      await closeInTurn();
    },
  };
}

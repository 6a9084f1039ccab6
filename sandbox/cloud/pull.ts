import type { protos, v1 } from "@google-cloud/pubsub";

/** One delivery, as Pub/Sub hands it out. */
export type Received = protos.google.pubsub.v1.IReceivedMessage;

/** gRPC status of a pull that found nothing in its time. */
const deadlineExceeded = 4;
const longestRestMs = 2000;

/**
 * Pulls a subscription until it is stopped.
 *
 * @param take may throw: what it did not acknowledge comes again
 */
export function startPulling(options: {
  subscriber: v1.SubscriberClient;
  subscription: string;
  atOnce: number;
  take: (messages: Received[]) => Promise<void>;
  failed: (error: unknown) => void;
}): { stop: () => Promise<void> } {
  const { subscriber, subscription, atOnce, take, failed } = options;
  const stopping = new AbortController();
  const isStopping = (): boolean => stopping.signal.aborted;
  const running = (async () => {
    while (!isStopping()) {
      try {
        const [{ receivedMessages }] = await subscriber.pull(
          { subscription, maxMessages: atOnce },
          { timeout: 2000, retry: null },
        );
        if ((receivedMessages ?? []).length > 0) await take(receivedMessages ?? []);
      } catch (error) {
        if ((error as { code?: unknown }).code === deadlineExceeded) continue;
        if (isStopping()) return;
        failed(error);
        await new Promise((resolve) => setTimeout(resolve, longestRestMs).unref());
      }
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

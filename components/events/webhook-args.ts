import * as pulumi from "@pulumi/pulumi";
import type { RetryPolicy } from "./delivery.ts";

/**
 * An endpoint that job events are pushed to. Deliveries are signed: `Authorization: Bearer` with an OIDC token of
 * Google's.
 */
export interface Webhook {
  /** Names the subscription, 1 to 40 characters of a-z, 0-9 and -; unique among the webhooks. */
  readonly name: string;
  /**
   * `https` address that gets a POST for each event and answers 102, 200, 201, 202 or 204 once it has it. Plain `http`
   * is taken for this machine's loopback address only, which a sandbox reaches and Google does not.
   * Source: https://docs.cloud.google.com/pubsub/docs/push
   * @example "https://hooks.example.com/mpegflow"
   */
  readonly endpoint: string;
  /** The token's `aud`: what the endpoint verifies beside signature and `email`. @default the endpoint */
  readonly audience?: string;
  /**
   * Which events, in Pub/Sub's filter language over the attributes `type` and `job`; at most 256 bytes. A change
   * replaces the subscription, which its protection refuses.
   * Source: https://docs.cloud.google.com/pubsub/docs/subscription-message-filter
   * @example 'attributes.type = "dev.mpegflow.job.failed"'
   * @default every event
   */
  readonly filter?: string;
  /**
   * The account in whose name deliveries are signed; who deploys needs `iam.serviceAccounts.actAs` on it.
   * @default an account made for this webhook, which may do nothing else
   */
  readonly serviceAccountEmail?: pulumi.Input<string>;
  /** Back-off after an answer that is no success. @default 10 to 600 s */
  readonly retryPolicy?: RetryPolicy;
  /** Deliveries after which an event becomes a dead letter, 5 to 100. @default 20 */
  readonly maxDeliveryAttempts?: number;
  /** Seconds that the endpoint has for its answer, 10 to 600. @default 30 */
  readonly answerSeconds?: number;
  /**
   * The body is Pub/Sub's JSON wrapper with the event in base64. Without it the body is the event itself, and the
   * message's attributes become headers.
   * Source: https://docs.cloud.google.com/pubsub/docs/payload-unwrapping
   * @default true
   */
  readonly wrapper?: boolean;
}

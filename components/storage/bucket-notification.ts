import * as pulumi from "@pulumi/pulumi";

/** Event of an object. Source: https://docs.cloud.google.com/storage/docs/pubsub-notifications#events */
export const NotificationEvent = {
  /** A new object, or a new generation of one, is complete. */
  Finalize: "OBJECT_FINALIZE",
  MetadataUpdate: "OBJECT_METADATA_UPDATE",
  /** Deleted, or overwritten where versioning is off. */
  Delete: "OBJECT_DELETE",
  /** Became noncurrent, where versioning is on. */
  Archive: "OBJECT_ARCHIVE",
} as const;
export type NotificationEvent = (typeof NotificationEvent)[keyof typeof NotificationEvent];

/** Content of a message. */
export const NotificationPayload = {
  /** The object's metadata as JSON. */
  Json: "JSON_API_V1",
  /** Nothing but attributes. */
  None: "NONE",
} as const;
export type NotificationPayload = (typeof NotificationPayload)[keyof typeof NotificationPayload];

/** Messages about the bucket's objects to a Pub/Sub topic; delivered at least once, and in no order. */
export interface BucketNotification {
  /** Name of the notification within the component: small letters, digits and `-`. */
  name: string;
  /**
   * The topic: `projects/PROJECT/topics/TOPIC`, or the short name of one in the bucket's project. Storage's service
   * agent is allowed to publish to it, before the notification is made.
   */
  topic: pulumi.Input<string>;
  /**
   * What has to happen to an object for a message.
   * @default every event
   */
  eventTypes?: NotificationEvent[];
  /**
   * Beginning of the object names: `outputs/`.
   * @default every object
   */
  objectNamePrefix?: string;
  /**
   * What each message carries.
   * @default NotificationPayload.Json
   */
  payloadFormat?: NotificationPayload;
  /** Attributes that each message carries beside Google's own. @default none */
  customAttributes?: Record<string, pulumi.Input<string>>;
}

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { sorted } from "../validation/index.ts";
import type { MigrationFollow, MigrationSource } from "./archive-migration-args.ts";
import { bucketArn, policyText, queueStatements } from "./aws-policies.ts";
import type { ArrivalsQueueResources } from "./migration-resources.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

/**
 * The longest that a queue keeps messages: what waits is an object not yet copied.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
 */
const KEEP_SECONDS = 1_209_600;

/** A queue that hears of each new object of the source: nothing before the notification is there. */
export function arrivalsQueue(
  name: string,
  source: MigrationSource,
  follow: MigrationFollow,
  tags: Record<string, pulumi.Input<string>> | undefined,
  parent: pulumi.Resource,
): ArrivalsQueueResources {
  const opts = { parent };
  const region = source.region === undefined ? {} : { region: source.region };
  const queue = new aws.sqs.Queue(
    name,
    {
      ...region,
      messageRetentionSeconds: KEEP_SECONDS,
      sqsManagedSseEnabled: true,
      ...withoutUndefined({ tags }),
    },
    opts,
  );
  const accountId = follow.awsAccountId ?? aws.getCallerIdentityOutput({}, opts).accountId;
  const policy = new aws.sqs.QueuePolicy(
    name,
    {
      ...region,
      queueUrl: queue.url,
      policy: pulumi
        .all([queue.arn, bucketArn(source.bucketName), accountId])
        .apply(([queueArn, sourceArn, account]) => policyText(queueStatements(queueArn, sourceArn, account))),
    },
    opts,
  );
  const prefixes = follow.prefixes
    ? sorted(follow.prefixes)
    : source.path === undefined
      ? [undefined]
      : [source.path];
  const notification = new aws.s3.BucketNotification(
    name,
    {
      ...region,
      bucket: source.bucketName,
      queues: prefixes.map((prefix, index) => ({
        id: `${name}-${index}`,
        queueArn: queue.arn,
        events: ["s3:ObjectCreated:*"],
        ...withoutUndefined({ filterPrefix: prefix }),
      })),
    },
    // S3 sends a test message, and refuses the configuration when the queue does not take it.
    { ...opts, dependsOn: policy },
  );
  return { queue, policy, notification };
}

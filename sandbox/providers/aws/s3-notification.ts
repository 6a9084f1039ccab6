import { found } from "../cloud.ts";
import { boolean, list, object, string } from "../fields.ts";
import { type Context, type ResourceModel } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { listOf, objectOf, textOf, type Properties, type Value } from "../values.ts";
import { bucketSetting } from "./s3-settings.ts";
import { queuePolicyType, queueUrlOf } from "./sqs.ts";

const destination = {
  events: list(
    string({ pattern: /^s3:[A-Za-z]+:([A-Za-z]+|\*)$/, rule: 'an event such as "s3:ObjectCreated:*"' }),
    {
      required: true,
      min: 1,
      unordered: true,
    },
  ),
  filterPrefix: string(),
  filterSuffix: string(),
  id: string({ computed: true }),
};

const setting = bucketSetting({
  type: "aws:s3/bucketNotification:BucketNotification",
  fields: {
    eventbridge: boolean({ default: false }),
    queues: list(
      object({
        ...destination,
        queueArn: string({
          required: true,
          pattern: /^arn:aws:sqs:[a-z0-9-]+:\d{12}:[\w-]{1,80}(\.fifo)?$/,
          rule: "a queue's ARN",
        }),
      }),
    ),
    topics: list(object({ ...destination, topicArn: string({ required: true }) })),
  },
  problems: (inputs) => overlaps(listOf(inputs["queues"]).map(objectOf)),
});

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html */
function overlaps(queues: readonly Properties[]): string[] {
  return queues.flatMap((queue, index) =>
    queues
      .slice(0, index)
      .filter(
        (earlier) =>
          sharesEvent(earlier, queue) && prefixesMeet(earlier, queue) && suffixesMeet(earlier, queue),
      )
      .map(() => `queues[${index}]: overlaps an earlier one in events, prefix and suffix`),
  );
}

const prefixesMeet = (one: Properties, other: Properties): boolean => {
  const [left, right] = [textOf(one["filterPrefix"]) ?? "", textOf(other["filterPrefix"]) ?? ""];
  return left.startsWith(right) || right.startsWith(left);
};
const suffixesMeet = (one: Properties, other: Properties): boolean => {
  const [left, right] = [textOf(one["filterSuffix"]) ?? "", textOf(other["filterSuffix"]) ?? ""];
  return left.endsWith(right) || right.endsWith(left);
};
const sharesEvent = (one: Properties, other: Properties): boolean =>
  listOf(one["events"]).some((left) => listOf(other["events"]).some((right) => eventsMeet(left, right)));

function eventsMeet(left: Value, right: Value): boolean {
  const [one, other] = [textOf(left) ?? "", textOf(right) ?? ""];
  const covers = (wide: string, narrow: string): boolean =>
    wide === narrow || (wide.endsWith(":*") && narrow.startsWith(wide.slice(0, -1)));
  return covers(one, other) || covers(other, one);
}

/** S3 sends a test message to each queue when it gets the configuration, so the queue's policy has to be there. */
export const bucketNotification: ResourceModel = {
  ...setting,
  create: async (inputs, context) => {
    await destinationsTakeMessages(inputs, context);
    return setting.create(inputs, context);
  },
  update: async (id, inputs, old, context) => {
    await destinationsTakeMessages(inputs, context);
    return setting.update(id, inputs, old, context);
  },
};

async function destinationsTakeMessages(inputs: Properties, context: Context): Promise<void> {
  for (const queue of listOf(inputs["queues"]).map(objectOf)) {
    const arn = textOf(queue["queueArn"]) ?? "";
    const path = ["registry", queuePolicyType, queueUrlOf(arn)];
    const policy = await found(context.cloud().control({ method: "GET", path }));
    const allowed = textOf(policy?.["policy"]) ?? "";
    if (!allowed.includes("s3.amazonaws.com") || !/sqs:(SendMessage|\*)/i.test(allowed)) {
      throw new Refusal(
        `InvalidArgument: Unable to validate the following destination configurations: no policy lets s3.amazonaws.com send to ${arn}`,
      );
    }
  }
}

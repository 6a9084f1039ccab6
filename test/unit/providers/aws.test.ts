import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsModel } from "../../../sandbox/providers/aws/model.ts";
import { textOf, type Properties } from "../../../sandbox/providers/values.ts";
import { connect, type Engine } from "./engine-client.ts";
import { startTestCloud, type TestCloud } from "./local-cloud.ts";

const bucket = { type: "aws:s3/bucket:Bucket", name: "archive" };
const bucketPolicy = { type: "aws:s3/bucketPolicy:BucketPolicy" };
const role = { type: "aws:iam/role:Role", name: "transfer" };
const rolePolicy = { type: "aws:iam/rolePolicy:RolePolicy" };
const queue = { type: "aws:sqs/queue:Queue", name: "arrivals" };
const queuePolicy = { type: "aws:sqs/queuePolicy:QueuePolicy" };
const notification = { type: "aws:s3/bucketNotification:BucketNotification" };

const read = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::archive/*" };
const policy = (...Statement: Properties[]): string => JSON.stringify({ Version: "2012-10-17", Statement });

let cloud: TestCloud;
let aws: Engine;
beforeAll(async () => {
  cloud = await startTestCloud();
  aws = await connect(awsModel, cloud.addressFile, { region: "eu-central-1" });
});
afterAll(async () => {
  await aws.close();
  await cloud.close();
});

describe("a generated name", () => {
  it.each([
    [bucket, "bucket", /^archive-[0-9a-f]{7}$/, {}],
    [role, "name", /^transfer-[0-9a-f]{7}$/, { assumeRolePolicy: "x" }],
    [queue, "name", /^arrivals-[0-9a-f]{7}$/, {}],
  ])("of $type is the resource's own with a random suffix", async (target, field, pattern, inputs) => {
    const { inputs: complete } = await aws.check(target, inputs);
    expect(complete[field]).toMatch(pattern);
  });
});

describe("a bucket's name", () => {
  it.each(["Archive", "archive_1", "-archive", "ar", "a..b", "10.0.0.1", "xn--a", "archive-s3alias"])(
    "cannot be %s",
    async (name) => {
      expect((await aws.check(bucket, { bucket: name })).failures).toHaveLength(1);
    },
  );

  it("is taken once it is made", async () => {
    await aws.make(bucket, { bucket: "taken" });
    await expect(aws.make(bucket, { bucket: "taken" })).rejects.toThrow(/taken already exists/);
  });

  it("replaces the bucket when it changes, and so does its region", async () => {
    const made = await aws.make(bucket, { bucket: "moving" });
    const { inputs } = await aws.check(bucket, { bucket: "moved", region: "us-east-1" }, made.inputs);
    expect(await aws.diff(bucket, made, inputs)).toMatchObject({ replaces: ["bucket", "region"] });
  });
});

describe("a policy", () => {
  const problemsOf = async (text: string): Promise<string[]> =>
    (await aws.check(rolePolicy, { role: "transfer", name: "read", policy: text })).failures;

  it.each([
    ["that is no JSON", "{", "policy must be a JSON object"],
    ["without a version", JSON.stringify({ Statement: [read] }), 'policy.Version must be "2012-10-17"'],
    ["without a statement", policy(), "policy.Statement must hold a statement"],
    [
      "with a misspelt element",
      policy({ ...read, Conditions: {} }),
      "policy.Statement[0] has the unknown element Conditions",
    ],
    [
      "with another effect",
      policy({ ...read, Effect: "allow" }),
      'policy.Statement[0].Effect must be "Allow" or "Deny"',
    ],
    [
      "with a principal, of a role",
      policy({ ...read, Principal: "*" }),
      "policy.Statement[0] must not have Principal: this kind of policy implies it",
    ],
    [
      "with a bucket's name for its ARN",
      policy({ ...read, Resource: "archive" }),
      'policy.Statement[0].Resource must be "*" or an ARN, not "archive"',
    ],
    [
      "that names two statements alike",
      policy({ ...read, Sid: "Read" }, { ...read, Sid: "Read" }),
      'policy: two statements have the Sid "Read"',
    ],
    [
      "that is too long",
      policy({ ...read, Resource: `arn:aws:s3:::archive/${"x".repeat(10_240)}` }),
      "policy has 10356 characters; AWS takes up to 10240",
    ],
  ])("%s is refused", async (_what, text, problem) => {
    expect(await problemsOf(text)).toEqual([`${rolePolicy.type}: ${problem}`]);
  });

  it("says in a trust policy who, and not on what", async () => {
    const { failures } = await aws.check(role, { name: "transfer", assumeRolePolicy: policy(read) });
    expect(failures).toEqual([
      `${role.type}: assumeRolePolicy.Statement[0] must have either Principal or NotPrincipal`,
      `${role.type}: assumeRolePolicy.Statement[0] must not have Resource: this kind of policy implies it`,
    ]);
  });

  it("is the same in another spelling", async () => {
    await aws.make(role, {
      name: "spelt",
      assumeRolePolicy: policy({ Effect: "Allow", Principal: "*", Action: "*" }),
    });
    const made = await aws.make(rolePolicy, { role: "spelt", name: "read", policy: policy(read) });
    const respelt = `{ "Statement": [${JSON.stringify(read)}],  "Version": "2012-10-17" }`;
    const { inputs } = await aws.check(rolePolicy, { ...made.inputs, policy: respelt }, made.inputs);
    expect(await aws.diff(rolePolicy, made, inputs)).toMatchObject({ changed: false });
  });

  it("may be given as an object", async () => {
    const given = { Version: "2012-10-17", Statement: [read] };
    const { inputs } = await aws.check(rolePolicy, { role: "transfer", name: "read", policy: given });
    expect(JSON.parse(textOf(inputs["policy"]) ?? "")).toEqual(given);
  });
});

describe("the order of resources", () => {
  it("puts a bucket before its policy", async () => {
    const absent = { bucket: "absent", policy: policy({ ...read, Principal: "*" }) };
    await expect(aws.make(bucketPolicy, absent)).rejects.toThrow("NoSuchBucket: there is no bucket absent");
  });

  it("puts a queue before its policy, and that before the notification", async () => {
    const { id: queueUrl, state } = await aws.make(queue, { name: "ordered" });
    const queueArn = state["arn"] ?? "";
    await aws.make(bucket, { bucket: "notifying" });
    const wanted = { bucket: "notifying", queues: [{ queueArn, events: ["s3:ObjectCreated:*"] }] };
    await expect(aws.make(notification, wanted)).rejects.toThrow(
      /no policy lets s3\.amazonaws\.com send to arn:aws:sqs:eu-central-1:111122223333:ordered/,
    );
    await aws.make(queuePolicy, {
      queueUrl,
      policy: policy({
        Effect: "Allow",
        Principal: { Service: "s3.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: queueArn,
      }),
    });
    expect(await aws.make(notification, wanted)).toMatchObject({ id: "notifying" });
  });
});

describe("notifications of one bucket", () => {
  const queueArn = "arn:aws:sqs:eu-central-1:111122223333:arrivals";
  const failuresOf = async (...prefixes: string[]): Promise<string[]> => {
    const queues = prefixes.map((filterPrefix) => ({
      queueArn,
      events: ["s3:ObjectCreated:*"],
      filterPrefix,
    }));
    return (await aws.check(notification, { bucket: "archive", queues })).failures;
  };

  it("may not overlap", async () => {
    expect(await failuresOf("2019/", "2019/10/")).toEqual([
      `${notification.type}: queues[1]: overlaps an earlier one in events, prefix and suffix`,
    ]);
  });

  it("may be for different prefixes", async () => {
    expect(await failuresOf("2019/", "2020/")).toEqual([]);
  });
});

describe("the provider's configuration", () => {
  it("has to name a region, where the resource does not", async () => {
    const nowhere = await connect(awsModel, cloud.addressFile);
    const { failures } = await nowhere.check(bucket, { bucket: "archive" });
    await nowhere.close();
    expect(failures).toEqual([
      `${bucket.type}: no region: set the field region, the provider's, or the stack's, such as by --config aws:region=REGION`,
    ]);
  });

  it("names the account by the role to assume, and tags everything", async () => {
    const other = await connect(awsModel, cloud.addressFile, {
      region: "us-east-1",
      assumeRoles: JSON.stringify([{ roleArn: "arn:aws:iam::444455556666:role/deployer" }]),
      defaultTags: JSON.stringify({ tags: { team: "video" } }),
    });
    const { state } = await other.make(queue, { name: "elsewhere", tags: { stage: "test" } });
    await other.close();
    expect(state).toMatchObject({
      arn: "arn:aws:sqs:us-east-1:444455556666:elsewhere",
      tags: { stage: "test" },
      tagsAll: { team: "video", stage: "test" },
    });
  });

  it("is taken without a call to AWS, and tells whose account it is", async () => {
    expect(await aws.checkConfig({ region: "eu-central-1", skipCredentialsValidation: "true" })).toEqual([]);
    expect(JSON.stringify(await aws.invoke("aws:index/getCallerIdentity:getCallerIdentity", {}))).toContain(
      '"accountId":"111122223333"',
    );
  });

  it("is refused with a region that is none", async () => {
    expect(await aws.checkConfig({ region: "Frankfurt" })).toEqual([
      'pulumi:providers:aws: region must be a region such as "eu-central-1", not "Frankfurt"',
    ]);
  });
});

import { beforeEach, expect, it } from "vitest";
import { S3Access, S3AccessRole, type S3AccessRoleArgs } from "../../../components/migration/index.ts";
import { recordPulumi, type Recorder } from "../pulumi-mocks.ts";

let program: Recorder;
beforeEach(async () => {
  program = await recordPulumi();
});

interface Statement {
  Sid: string;
  Action: string | string[];
  Resource?: string | string[];
  Condition?: object;
}
const statementsOf = (text: unknown): Statement[] =>
  (JSON.parse(String(text)) as { Statement: Statement[] }).Statement;

async function make(
  args: Partial<S3AccessRoleArgs> = {},
): Promise<{ trust: Statement[]; allows: Statement[] }> {
  new S3AccessRole("reader", {
    bucketName: "studio-archive",
    access: S3Access.Read,
    subjectId: "100000000123456789012",
    audience: "studio-archive",
    ...args,
  });
  await program.settled();
  return {
    trust: statementsOf(program.only("aws:iam/role:Role").inputs["assumeRolePolicy"]),
    allows: statementsOf(program.only("aws:iam/rolePolicy:RolePolicy").inputs["policy"]),
  };
}
const actions = (statements: Statement[]): string[] => statements.flatMap(({ Action }) => Action).sort();

it("trusts one Google service account, with tokens made for this bucket only", async () => {
  const { trust } = await make();
  expect(trust).toEqual([
    {
      Sid: "GoogleServiceAccount",
      Effect: "Allow",
      Principal: { Federated: "accounts.google.com" },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: {
          "accounts.google.com:sub": "100000000123456789012",
          "accounts.google.com:oaud": "studio-archive",
        },
      },
    },
  ]);
});

it("lets a reader list and read, and nothing else", async () => {
  const { allows } = await make();
  expect(actions(allows)).toEqual(["s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket"]);
});

it("lets a mirror write and abort its uploads, but not delete", async () => {
  const { allows } = await make({ access: S3Access.ReadWrite });
  expect(actions(allows)).toContain("s3:PutObject");
  expect(actions(allows)).not.toContain("s3:DeleteObject");
});

it("lets it delete and read versions where that is said", async () => {
  const { allows } = await make({ access: S3Access.ReadWrite, deleteObjects: true, objectVersions: true });
  expect(actions(allows)).toEqual(expect.arrayContaining(["s3:DeleteObject", "s3:GetObjectVersion"]));
});

it("keeps within its prefixes, in reading as in listing", async () => {
  const { allows } = await make({ prefixes: ["masters/", "trailers/"] });
  expect(allows.find(({ Sid }) => Sid === "Read")?.Resource).toEqual([
    "arn:aws:s3:::studio-archive/masters/*",
    "arn:aws:s3:::studio-archive/trailers/*",
  ]);
  expect(allows.find(({ Sid }) => Sid === "List")?.Condition).toEqual({
    StringLike: { "s3:prefix": ["masters/*", "trailers/*"] },
  });
});

it("may use the keys that encrypt the objects", async () => {
  const key = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
  const { allows } = await make({ kmsKeyArns: [key] });
  expect(allows.find(({ Sid }) => Sid === "Decrypt")).toMatchObject({
    Action: "kms:Decrypt",
    Resource: [key],
  });
});

it("holds no access key", async () => {
  await make();
  expect(program.resources.map(({ type }) => type)).toEqual([
    "mpegflow-gcs:index:S3AccessRole",
    "aws:iam/role:Role",
    "aws:iam/rolePolicy:RolePolicy",
  ]);
});

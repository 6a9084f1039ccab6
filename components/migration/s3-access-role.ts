import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  componentNameProblems,
  problems,
  shown,
  type Problem,
  requireArguments,
} from "../validation/index.ts";
import {
  kmsKeyArnProblems,
  policyPrefixProblems,
  s3BucketNameProblems,
  subjectIdProblems,
} from "./aws-names.ts";
import {
  bucketArn,
  bucketStatements,
  googleTrust,
  policyText,
  type BucketPermissions,
} from "./aws-policies.ts";
import type { S3AccessRoleResources } from "./migration-resources.ts";
import { madeResources } from "../properties/made-resources.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

/** What a role allows. */
export const S3Access = {
  /** List and read: for a source. */
  Read: "read",
  /** List, read and write, without deleting: for the target of a mirror. */
  ReadWrite: "read-write",
} as const;
export type S3Access = (typeof S3Access)[keyof typeof S3Access];

/** Arguments of {@link S3AccessRole}. */
export interface S3AccessRoleArgs {
  /** The bucket's name. */
  bucketName: pulumi.Input<string>;
  /** What the role allows. */
  access: S3Access;
  /**
   * Unique id of the Google service account that may take the role: about 21 digits, never its e-mail address.
   * @example account.uniqueId
   */
  subjectId: pulumi.Input<string>;
  /**
   * Audience that the account's token must be made for, 1 to 255 visible characters; what the reader asks Google for.
   * A name of your own, so that a token made for something else opens nothing here.
   * @example "studio-archive"
   */
  audience: string;
  /**
   * Beginnings of the object names that the role is for: `["masters/"]`.
   * @default every object
   */
  prefixes?: string[];
  /** Older versions can be read too. @default false */
  objectVersions?: boolean;
  /** Objects can be deleted. @default false */
  deleteObjects?: boolean;
  /** ARNs of the KMS keys that encrypt the objects. @default none */
  kmsKeyArns?: pulumi.Input<string>[];
  /**
   * Longest time for which one token is exchanged, in seconds: 3600 to 43200.
   * Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
   * @default 3600
   */
  maxSessionSeconds?: number;
  /** Tags of the role. */
  tags?: Record<string, pulumi.Input<string>>;
}

const made = madeResources<S3AccessRoleResources>();

/**
 * A role of AWS for one Google service account: it reads, or mirrors into, one bucket of S3 with tokens that last an
 * hour. There is no access key.
 *
 * @throws {InvalidArguments} naming every argument that is refused, before anything is registered
 */
export class S3AccessRole extends pulumi.ComponentResource {
  /** ARN of the role, for `AssumeRoleWithWebIdentity`. */
  readonly roleArn: pulumi.Output<string>;
  /** Name of the role. */
  readonly roleName: pulumi.Output<string>;

  /** The resources that it made, for programs in TypeScript. */
  get resources(): S3AccessRoleResources {
    return made.of(this);
  }

  constructor(name: string, args: S3AccessRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    requireArguments(`S3AccessRole ${shown(name)}`, args, {
      bucketName: "value",
      access: "value",
      subjectId: "value",
      audience: "value",
    });
    const found = problems();
    found.addAll(s3AccessRoleProblems(args));
    found.addAll(componentNameProblems(name, [{ kind: "awsRole", what: "the role in AWS", random: true }]));
    found.throwIfAny(`S3AccessRole ${shown(name)}`);
    super("mpegflow-gcs:index:S3AccessRole", name, args, opts);

    const { role, granted } = googleRole(
      name,
      {
        description: `A Google service account's access to a bucket (${args.access})`,
        bucketName: args.bucketName,
        subjectId: args.subjectId,
        audience: args.audience,
        maxSessionSeconds: args.maxSessionSeconds,
        tags: args.tags,
        permissions: {
          ...withoutUndefined({ prefixes: args.prefixes }),
          objectVersions: args.objectVersions ?? false,
          write: args.access === S3Access.ReadWrite,
          delete: args.deleteObjects ?? false,
        },
        kmsKeyArns: args.kmsKeyArns ?? [],
      },
      { parent: this },
    );
    made.keep(this, { role, policy: granted });
    // Consumers of the role's ARN wait until it can be used.
    this.roleArn = pulumi.all([role.arn, granted.id]).apply(([arn]) => arn);
    this.roleName = role.name;
    this.registerOutputs({ roleArn: this.roleArn, roleName: this.roleName });
  }
}

/** A role and its one inline policy, for a bucket and one Google service account. */
export function googleRole(
  name: string,
  given: {
    description: string;
    bucketName: pulumi.Input<string>;
    subjectId: pulumi.Input<string>;
    audience?: string;
    maxSessionSeconds?: number | undefined;
    tags?: Record<string, pulumi.Input<string>> | undefined;
    permissions: Omit<BucketPermissions, "kmsKeyArns">;
    kmsKeyArns: pulumi.Input<string>[];
  },
  opts: pulumi.CustomResourceOptions,
): { role: aws.iam.Role; granted: aws.iam.RolePolicy } {
  const role = new aws.iam.Role(
    name,
    {
      description: given.description,
      assumeRolePolicy: pulumi
        .output(given.subjectId)
        .apply((subjectId) => policyText(googleTrust(subjectId, given.audience))),
      maxSessionDuration: given.maxSessionSeconds ?? SESSION_SECONDS.min,
      ...withoutUndefined({ tags: given.tags }),
    },
    opts,
  );
  const granted = new aws.iam.RolePolicy(
    name,
    {
      role: role.name,
      policy: pulumi
        .all([bucketArn(given.bucketName), pulumi.all(given.kmsKeyArns)])
        .apply(([arn, kmsKeyArns]) =>
          policyText(bucketStatements(arn, { ...given.permissions, kmsKeyArns })),
        ),
    },
    opts,
  );
  return { role, granted };
}

/** Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html */
const SESSION_SECONDS = { min: 3600, max: 43_200 } as const;

/** Problems of the arguments, as far as they are known in advance. */
export function s3AccessRoleProblems(args: S3AccessRoleArgs): Problem[] {
  const { min, max } = SESSION_SECONDS;
  const session = args.maxSessionSeconds ?? min;
  const kinds: readonly string[] = Object.values(S3Access);
  return [
    ...s3BucketNameProblems("bucketName", args.bucketName, true),
    ...(kinds.includes(args.access)
      ? []
      : [
          {
            path: "access",
            given: shown(args.access),
            allowed: kinds.join(", "),
            fix: "use one of S3Access",
          },
        ]),
    ...subjectIdProblems("subjectId", args.subjectId),
    ...(/^[!-~]{1,255}$/.test(args.audience)
      ? []
      : [
          {
            path: "audience",
            given: shown(args.audience),
            allowed: "1 to 255 visible characters",
            because: "without one, every token of the account would open the bucket.",
            fix: "choose a name for this use, such as the bucket's",
          },
        ]),
    ...policyPrefixProblems("prefixes", args.prefixes),
    ...(args.kmsKeyArns ?? []).flatMap((arn, index) => kmsKeyArnProblems(`kmsKeyArns[${index}]`, arn)),
    ...(args.deleteObjects === true && args.access === S3Access.Read
      ? [
          {
            path: "deleteObjects",
            given: "true with access read",
            allowed: "with access read-write only",
            fix: "set access: S3Access.ReadWrite, or leave deleteObjects out",
          },
        ]
      : []),
    ...(Number.isSafeInteger(session) && session >= min && session <= max
      ? []
      : [
          {
            path: "maxSessionSeconds",
            given: shown(session),
            allowed: `a whole number from ${min} to ${max}`,
            fix: "use a number in that range",
          },
        ]),
  ];
}

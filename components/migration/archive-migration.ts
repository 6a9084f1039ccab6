import * as aws from "@pulumi/aws";
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { componentNameProblems, problems, shown, sorted, requireArguments } from "../validation/index.ts";
import { MigrationLogging, Overwrite, type ArchiveMigrationArgs } from "./archive-migration-args.ts";
import { archiveMigrationProblems } from "./archive-migration-checks.ts";
import { arrivalsQueue } from "./arrivals-queue.ts";
import {
  bucketArn,
  bucketStatements,
  googleTrust,
  policyText,
  queueReaderStatement,
  type BucketPermissions,
} from "./aws-policies.ts";
import { transferSchedule, type MigrationSchedule } from "./schedule.ts";
import { googleRole } from "./s3-access-role.ts";
import { transferAgentOf, type TransferAgent } from "./transfer-agent.ts";
import { manifestBucket, type MigrationWave } from "./waves.ts";
import type {
  ArchiveMigrationResources,
  MigrationGrantResources,
  MigrationRoleResources,
} from "./migration-resources.ts";
import { madeResources } from "../properties/made-resources.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

const made = madeResources<ArchiveMigrationResources>();

/**
 * Moves an archive from Amazon S3 to Cloud Storage with Storage Transfer Service: one job per wave, enabled one at a
 * time, and optionally one that copies new objects. Google's service account assumes an AWS role; there is no access
 * key. The service never writes to S3.
 *
 * @throws {InvalidArguments} naming every argument that is refused, before anything is registered
 */
export class ArchiveMigration extends pulumi.ComponentResource {
  /** Names of the waves' jobs, by the waves' names: `transferJobs/123`. */
  readonly jobNames: pulumi.Output<Record<string, string>>;
  /** Name of the job that follows arrivals; empty without `follow`. */
  readonly followJobName: pulumi.Output<string>;
  /** ARN of the role that the jobs read with. */
  readonly roleArn: pulumi.Output<string>;
  /** The trust policy that the role needs, as JSON. */
  readonly awsTrustPolicy: pulumi.Output<string>;
  /** The permissions that the role needs, as JSON. */
  readonly awsPermissions: pulumi.Output<string>;
  /** The project's Storage Transfer account, as IAM names it. */
  readonly transferAgent: pulumi.Output<string>;

  /** The resources that it made, for programs in TypeScript. */
  get resources(): ArchiveMigrationResources {
    return made.of(this);
  }

  constructor(name: string, args: ArchiveMigrationArgs, opts?: pulumi.ComponentResourceOptions) {
    requireArguments(`ArchiveMigration ${shown(name)}`, args, {
      projectId: "value",
      source: "object",
      sink: "object",
      waves: "list",
    });
    const found = problems();
    found.addAll(archiveMigrationProblems(args));
    found.addAll(
      componentNameProblems(name, [
        { kind: "awsRole", what: "the role in AWS", suffix: "-transfer", random: true },
        { kind: "queue", what: "the queue", suffix: "-arrivals", random: true },
      ]),
    );
    found.throwIfAny(`ArchiveMigration ${shown(name)}`);
    super("mpegflow-gcs:index:ArchiveMigration", name, args, opts);

    const { source, follow } = args;
    const agent = transferAgentOf(args, { parent: this });
    const permissions = permissionsOf(args);
    const arrivals = follow && arrivalsQueue(`${name}-arrivals`, source, follow, args.tags, this);
    const { arn: roleArn, role } = this.declareRole(name, args, agent, permissions, arrivals?.queue);
    const grants = this.declareGrants(name, args, agent);
    const granted = [
      grants.listsSink,
      grants.writesSink,
      ...Object.values(grants.readsManifests),
      grants.notifies,
      role?.policy,
      role?.queuePolicy,
    ].filter((one) => one !== undefined);

    const jobOf = (suffix: string, timing: Timing, dependsOn: pulumi.Resource[]) =>
      new gcp.storage.TransferJob(
        `${name}-${suffix}`,
        {
          project: args.projectId,
          transferSpec: transferSpec(args, roleArn, timing.wave),
          ...timing.when,
          status: timing.enabled === true ? "ENABLED" : "DISABLED",
          description: `${name}: ${suffix}`,
          ...(args.notificationTopic !== undefined && {
            notificationConfig: { pubsubTopic: args.notificationTopic, payloadFormat: "JSON" },
          }),
          ...loggingConfig(args.logging ?? MigrationLogging.Failures),
        },
        // The service checks what it may do when a job is made.
        { parent: this, dependsOn },
      );
    const jobs = args.waves.map((wave) => {
      const schedule = wave.schedule ?? args.schedule;
      return [
        wave.name,
        jobOf(wave.name, { wave, enabled: wave.enabled, when: scheduled(schedule) }, granted),
      ] as const;
    });
    const following =
      follow &&
      arrivals &&
      jobOf(
        "follow",
        {
          enabled: follow.enabled,
          when: {
            eventStream: {
              name: arrivals.queue.arn,
              ...withoutUndefined({ eventStreamExpirationTime: follow.endsAt }),
            },
          },
        },
        [...granted, arrivals.notification],
      );

    made.keep(this, { jobs: Object.fromEntries(jobs), followJob: following, role, arrivals, grants });

    this.jobNames = pulumi.output(Object.fromEntries(jobs.map(([wave, job]) => [wave, job.name])));
    this.followJobName = following?.name ?? pulumi.output("");
    this.roleArn = roleArn;
    this.awsTrustPolicy = agent.subjectId.apply((subjectId) => policyText(googleTrust(subjectId, undefined)));
    this.awsPermissions = pulumi
      .all([bucketArn(source.bucketName), pulumi.all(source.kmsKeyArns ?? []), arrivals?.queue.arn])
      .apply(([arn, kmsKeyArns, queueArn]) =>
        policyText([
          ...bucketStatements(arn, { ...permissions, kmsKeyArns }),
          ...(queueArn === undefined ? [] : [queueReaderStatement(queueArn)]),
        ]),
      );
    this.transferAgent = agent.member;
    this.registerOutputs({
      jobNames: this.jobNames,
      followJobName: this.followJobName,
      roleArn: this.roleArn,
      awsTrustPolicy: this.awsTrustPolicy,
      awsPermissions: this.awsPermissions,
      transferAgent: this.transferAgent,
    });
  }

  /** The role that the jobs assume, unless an existing one is given. */
  private declareRole(
    name: string,
    { source, tags }: ArchiveMigrationArgs,
    agent: TransferAgent,
    permissions: BucketPermissions,
    queue: aws.sqs.Queue | undefined,
  ): { arn: pulumi.Output<string>; role: MigrationRoleResources | undefined } {
    if (source.roleArn !== undefined) return { arn: pulumi.output(source.roleArn), role: undefined };
    const parent = { parent: this };
    const { role, granted } = googleRole(
      `${name}-transfer`,
      {
        description: "Storage Transfer Service of Google reads a bucket to migrate it",
        bucketName: source.bucketName,
        subjectId: agent.subjectId,
        permissions,
        kmsKeyArns: source.kmsKeyArns ?? [],
        tags,
      },
      parent,
    );
    const queuePolicy =
      queue &&
      new aws.iam.RolePolicy(
        `${name}-arrivals`,
        { role: role.name, policy: queue.arn.apply((arn) => policyText([queueReaderStatement(arn)])) },
        parent,
      );
    return { arn: role.arn, role: { role, policy: granted, queuePolicy } };
  }

  /** Source: https://docs.cloud.google.com/storage-transfer/docs/sink-cloud-storage */
  private declareGrants(
    name: string,
    args: ArchiveMigrationArgs,
    { member }: TransferAgent,
  ): MigrationGrantResources {
    const parent = { parent: this };
    const sinkBucket = args.sink.bucketName;
    const sinkGrant = (suffix: string, role: string) =>
      new gcp.storage.BucketIAMMember(`${name}-${suffix}-sink`, { bucket: sinkBucket, role, member }, parent);
    const manifests = args.waves.flatMap(({ manifest }) =>
      manifest === undefined ? [] : [manifestBucket(manifest)],
    );
    const readsManifests = [...new Set(manifests)]
      .filter((bucket) => bucket !== sinkBucket)
      .map((bucket) => {
        const grant = new gcp.storage.BucketIAMMember(
          `${name}-reads-manifests-in-${bucket}`,
          { bucket, role: "roles/storage.objectViewer", member },
          parent,
        );
        return [bucket, grant] as const;
      });
    return {
      listsSink: sinkGrant("lists", "roles/storage.legacyBucketReader"),
      writesSink: sinkGrant("writes", "roles/storage.objectUser"),
      readsManifests: Object.fromEntries(readsManifests),
      notifies:
        args.notificationTopic === undefined
          ? undefined
          : new gcp.pubsub.TopicIAMMember(
              `${name}-notifies`,
              { topic: args.notificationTopic, role: "roles/pubsub.publisher", member },
              parent,
            ),
    };
  }
}

/** Arguments that differ between the jobs of a migration. */
interface Timing {
  readonly wave?: MigrationWave;
  readonly enabled: boolean | undefined;
  readonly when: Pick<gcp.storage.TransferJobArgs, "schedule" | "eventStream">;
}

const scheduled = (schedule: MigrationSchedule | undefined) =>
  schedule === undefined ? {} : { schedule: transferSchedule(schedule) };

/** No more than the jobs do: manifests may name versions, and only a confirmed deletion deletes. */
function permissionsOf({ source, waves, deleteFromSource }: ArchiveMigrationArgs): BucketPermissions {
  return {
    objectVersions: waves.some(({ manifest }) => manifest !== undefined),
    delete: deleteFromSource !== undefined,
    ...(source.path !== undefined && { prefixes: [source.path] }),
  };
}

type TransferSpec = gcp.types.input.storage.TransferJobTransferSpec;

function transferSpec(
  { source, sink, overwrite, deleteFromSource }: ArchiveMigrationArgs,
  roleArn: pulumi.Output<string>,
  wave: MigrationWave | undefined,
): TransferSpec {
  const { storageClass, keepModificationTime } = sink;
  const metadataOptions = {
    ...(storageClass !== undefined && { storageClass: `STORAGE_CLASS_${storageClass}` }),
    ...(keepModificationTime === true && { timeCreated: "TIME_CREATED_PRESERVE_AS_CUSTOM_TIME" }),
  };
  const { prefixes, excludePrefixes, manifest } = wave ?? {};
  return {
    awsS3DataSource: {
      bucketName: source.bucketName,
      ...withoutUndefined({ path: source.path }),
      roleArn,
    },
    gcsDataSink: {
      bucketName: sink.bucketName,
      ...withoutUndefined({ path: sink.path }),
    },
    ...((prefixes ?? excludePrefixes) !== undefined && {
      objectConditions: {
        ...(prefixes && { includePrefixes: sorted(prefixes) }),
        ...(excludePrefixes && { excludePrefixes: sorted(excludePrefixes) }),
      },
    }),
    ...(manifest !== undefined && { transferManifest: { location: manifest } }),
    transferOptions: {
      overwriteWhen: overwrite ?? Overwrite.Different,
      // New objects are never deleted from the source, because their copies have not been verified.
      ...(deleteFromSource !== undefined &&
        wave !== undefined && { deleteObjectsFromSourceAfterTransfer: true }),
      ...(Object.keys(metadataOptions).length > 0 && { metadataOptions }),
    },
  };
}

function loggingConfig(logging: MigrationLogging): Pick<gcp.storage.TransferJobArgs, "loggingConfig"> {
  if (logging === MigrationLogging.Nothing) return {};
  return {
    loggingConfig: {
      logActions: ["FIND", "COPY", "DELETE"],
      logActionStates: logging === MigrationLogging.Everything ? ["SUCCEEDED", "FAILED"] : ["FAILED"],
    },
  };
}

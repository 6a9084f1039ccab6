import { beforeEach, describe, expect, test } from "vitest";
import { InvalidArguments } from "../../../components/index.ts";
import { recordPulumi, type Recorder } from "../pulumi-mocks.ts";
import { auditTrailRefusals } from "./audit-trail.ts";
import { archiveMigrationRefusals } from "./archive-migration.ts";
import { cdnDeliveryRefusals } from "./cdn-delivery.ts";
import { encryptionRefusals } from "./encryption.ts";
import { encoderClusterRefusals } from "./encoder-cluster.ts";
import { brokerIdentityRefusals, coordinatorSignerRefusals } from "./broker-identity.ts";
import { kedaRefusals } from "./keda.ts";
import { jobMessagingRefusals } from "./job-messaging.ts";
import { mediaBucketRefusals } from "./media-bucket.ts";
import { networkRefusals } from "./network.ts";
import { messageOf, type Refusal } from "./refusal.ts";
import { imagesRefusals } from "./images.ts";
import { coordinatorRefusals, encoderPoolRefusals } from "./workloads.ts";
import { s3AccessRoleRefusals, s3BucketRefusals } from "./s3.ts";

const refusals: Readonly<Record<string, readonly Refusal[]>> = {
  CdnDelivery: cdnDeliveryRefusals,
  AuditTrail: auditTrailRefusals,
  ArchiveMigration: archiveMigrationRefusals,
  Encryption: encryptionRefusals,
  BrokerIdentity: brokerIdentityRefusals,
  "Coordinator, about its signer,": coordinatorSignerRefusals,
  JobMessaging: jobMessagingRefusals,
  MediaBucket: mediaBucketRefusals,
  EncoderCluster: encoderClusterRefusals,
  Keda: kedaRefusals,
  Images: imagesRefusals,
  Coordinator: coordinatorRefusals,
  EncoderPool: encoderPoolRefusals,
  Network: networkRefusals,
  S3AccessRole: s3AccessRoleRefusals,
  S3Bucket: s3BucketRefusals,
};

let program: Recorder;
beforeEach(async () => {
  program = await recordPulumi();
});

describe.each(Object.entries(refusals))("%s refuses, before anything is registered,", (_component, rows) => {
  test.each(rows)("$when", async (row) => {
    let refusal: unknown;
    try {
      row.make();
    } catch (error) {
      refusal = error;
    }
    await program.settled();
    expect(refusal).toBeInstanceOf(InvalidArguments);
    expect((refusal as InvalidArguments).message).toBe(messageOf(row));
    expect(program.resources).toEqual([]);
  });
});

import { describe, expect, test } from "vitest";
import {
  InvalidArguments,
  MpegFlowPlatform,
  multiRegion,
  region,
  SignerKind,
} from "../../../components/index.ts";
import { platform, record, clusters, type Settings } from "./world.ts";

describe("MpegFlowPlatform refuses", () => {
  async function refusal(regions: string[], settings: Settings): Promise<string[]> {
    await record();
    try {
      platform(regions, settings);
    } catch (error) {
      if (error instanceof InvalidArguments) return error.problems.map(({ path }) => path);
      throw error;
    }
    return [];
  }

  test("a multi-region under two clusters, saying so once", async () => {
    await record();
    expect(() => platform(["us-central1", "us-east1"], { placement: multiRegion("US") })).toThrow(
      /^MpegFlowPlatform "mpegflow": 1 problem\.\n {2}- placement: given US with clusters in two regions; allowed: a dual-region/,
    );
  });

  test("wrong arguments of all its parts at once, under its own names, before anything is made", async () => {
    expect(
      await refusal(["us-central1", "us-west1"], {
        projectId: "X",
        projectNumber: "not-a-number",
        namespace: "Not A Namespace",
        leaseSeconds: 1,
        urlTtlSeconds: 1,
        coordinatorReplicas: 0,
        encoders: { replicas: -1 },
        signer: SignerKind.Hmac,
        activeKey: "z",
        bucketName: "UPPER",
        archive: { steps: [] },
        encryption: { rotationPeriodDays: 0 },
        audit: { destinations: { logBucket: { retentionDays: 0 } } },
        delivery: { domains: [] },
        webhooks: [{ name: "orders", endpoint: "ftp://hooks.example.com" }],
      }),
    ).toEqual([
      "projectId",
      "projectNumber",
      "namespace",
      "clusters[1].region",
      "bucketName",
      "archive.steps",
      "activeKey",
      "leaseSeconds",
      "webhooks[0].endpoint",
      "encryption.rotationPeriodDays",
      "audit.destinations.logBucket.retentionDays",
      "delivery.domains",
      "urlTtlSeconds",
      "coordinatorReplicas",
      "encoders.replicas",
    ]);
  });

  test("each thing that is wrong with one argument", async () => {
    expect(
      await refusal(["us-central1"], { uploads: { prefix: "uploads/", outputPrefix: "uploads/out" } }),
    ).toEqual(["uploads.outputPrefix", "uploads.outputPrefix"]);
  });

  test("an audit archive in the bucket that it is to watch", async () => {
    expect(
      await refusal(["us-central1"], {
        bucketName: "my-media",
        audit: { destinations: { archiveBucket: { bucketName: "my-media" } } },
      }),
    ).toEqual(["audit.destinations.archiveBucket.bucketName"]);
  });

  test("a name from which no account id can be made", async () => {
    await record();
    expect(
      () =>
        new MpegFlowPlatform("a-name-that-is-rather-long", {
          placement: region("us-central1"),
          projectId: "my-project",
          images: { coordinator: "c", worker: "w" },
          clusters: clusters("us-central1"),
        }),
    ).toThrow(
      /- name: given "a-name-that-is-rather-long"; allowed: 2 to 16 characters of a-z, 0-9 and -, starting with a letter\./,
    );
  });
});

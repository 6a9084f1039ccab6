import * as kubernetes from "@pulumi/kubernetes";
import { describe, expect, test } from "vitest";
import {
  EncoderScalingKind,
  InvalidArguments,
  MpegFlowPlatform,
  predefined,
  type MpegFlowPlatformArgs,
} from "../../../components/index.ts";
import { once } from "../once.ts";
import { platform, platformOfOwnClusters, record, type Settings } from "./world.ts";

const POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const FQDN = "kubernetes:networking.gke.io/v1alpha1:FQDNNetworkPolicy";
const COORDINATOR = "mpegflow-us-central1-coordinator";
const ENCODERS = "mpegflow-us-central1-encoders-egress";
const GOOGLE = ["199.36.153.4/30", "199.36.153.8/30"];

const made = once(async (own: boolean, settings: Settings = {}) => {
  const { recorder } = await record();
  if (own) platformOfOwnClusters({ mode: "AUTOPILOT" }, ["us-central1"], settings);
  else platform(["us-central1"], settings);
  await recorder.settled();
  return recorder;
});

interface Rule {
  readonly to: readonly { readonly ipBlock?: { readonly cidr: string } }[];
  readonly ports: readonly { readonly port: number }[];
}

/** Ranges that a policy lets out to at port 443, but not at the API server's other one. */
async function rangesOf(name: string, own: boolean, settings: Settings): Promise<string[]> {
  const { egress } = (await made(own, settings)).only(POLICY, name).inputs["spec"] as { egress: Rule[] };
  return egress
    .filter(({ ports }) => ports.map(({ port }) => port).join() === "443")
    .flatMap(({ to }) => to.map(({ ipBlock }) => ipBlock?.cidr ?? ""));
}

/** Names and patterns that policies let out to, by the policies' names. */
async function hostsOf(settings: Settings): Promise<Record<string, string[]>> {
  const policies = (await made(false, settings)).ofType(FQDN).map(({ name, inputs }) => {
    const { egress } = inputs["spec"] as {
      egress: { matches: { name?: string; pattern?: string }[] }[];
    };
    const matches = egress.flatMap((rule) => rule.matches);
    return [name, matches.map((one) => one.name ?? one.pattern ?? "")] as const;
  });
  return Object.fromEntries(policies);
}

describe("coordinators and encoders may connect to", () => {
  test.each([
    ["both of Google's private ranges where the clusters are there", false, GOOGLE],
    ["the one that its own network has", true, ["199.36.153.4/30"]],
  ])("%s", async (_, own, ranges) => {
    expect(await rangesOf(COORDINATOR, own, {})).toEqual(ranges);
    expect(await rangesOf(ENCODERS, own, {})).toEqual(ranges);
  });

  test("ranges and hosts that are named, beside Google's", async () => {
    const settings: Settings = {
      egress: { ranges: ["52.216.0.0/15"], hosts: ["partner.s3.us-east-1.amazonaws.com"] },
    };
    expect(await rangesOf(COORDINATOR, false, settings)).toEqual([...GOOGLE, "52.216.0.0/15"]);
    expect(await rangesOf(ENCODERS, false, settings)).toEqual([...GOOGLE, "52.216.0.0/15"]);
    expect(await hostsOf(settings)).toEqual({
      "mpegflow-us-central1-coordinator-google": ["partner.s3.us-east-1.amazonaws.com"],
      "mpegflow-us-central1-encoders-storage": ["partner.s3.us-east-1.amazonaws.com"],
    });
  });

  test("every public address where that is asked for", async () => {
    const settings: Settings = { egress: { publicAddresses: true } };
    expect(await rangesOf(COORDINATOR, false, settings)).toEqual([...GOOGLE, "0.0.0.0/0"]);
    expect(await rangesOf(ENCODERS, false, settings)).toEqual([...GOOGLE, "0.0.0.0/0"]);
  });
});

describe("encoders alone may connect to", () => {
  test("ranges of their own instead of Google's", async () => {
    const settings: Settings = { encoders: { storageRanges: ["10.0.9.1/32"] } };
    expect(await rangesOf(ENCODERS, false, settings)).toEqual(["10.0.9.1/32"]);
    expect(await rangesOf(COORDINATOR, false, settings)).toEqual(GOOGLE);
  });

  test("hosts of their own instead of Google's ranges, with those of the platform", async () => {
    const settings: Settings = {
      encoders: { storageHosts: ["storage.googleapis.com"] },
      egress: { hosts: ["partner.s3.us-east-1.amazonaws.com"] },
    };
    expect(await rangesOf(ENCODERS, false, settings)).toEqual([]);
    expect(await hostsOf(settings)).toEqual({
      "mpegflow-us-central1-coordinator-google": ["partner.s3.us-east-1.amazonaws.com"],
      "mpegflow-us-central1-encoders-storage": [
        "partner.s3.us-east-1.amazonaws.com",
        "storage.googleapis.com",
      ],
    });
  });
});

describe("a cluster's API server", () => {
  const args = (apiServerRange: string, keda: MpegFlowPlatformArgs["keda"] = {}): MpegFlowPlatformArgs => ({
    placement: predefined("NAM4"),
    projectId: "my-project",
    projectNumber: "123456789012",
    images: { coordinator: "registry/coordinator:1", worker: "registry/worker:1" },
    encoders: { scaling: { kind: EncoderScalingKind.ScaledJob } },
    keda,
    clusters: [
      {
        region: "us-central1",
        provider: new kubernetes.Provider("us-central1", { context: "us-central1" }),
        apiServerRange,
      },
    ],
  });

  test.each<[string, MpegFlowPlatformArgs["keda"], string]>([
    ["by coordinators and KEDA", {}, "203.0.113.0/28"],
    ["by KEDA where KEDA's argument says", { apiServerRange: "10.0.0.0/28" }, "10.0.0.0/28"],
  ])("is known %s", async (_, keda, range) => {
    const { recorder } = await record();
    new MpegFlowPlatform("mpegflow", args("203.0.113.0/28", keda));
    await recorder.settled();
    const { egress } = recorder.only(POLICY, COORDINATOR).inputs["spec"] as { egress: Rule[] };
    expect(egress.filter(({ ports }) => ports.some(({ port }) => port === 6443)).map(({ to }) => to)).toEqual(
      [[{ ipBlock: { cidr: "203.0.113.0/28" } }]],
    );
    expect(recorder.only(POLICY, "mpegflow-us-central1-keda-api-server").inputs["spec"]).toMatchObject({
      ingress: [{ from: [{ ipBlock: { cidr: range } }] }],
    });
  });

  test("and what pods are let out to are refused by their own names where they name nobody", async () => {
    const { recorder } = await record();
    const wrong = {
      ...args("0.0.0.0/0"),
      egress: { ranges: ["10.0.0.0/8"], hosts: ["S3"] },
      encoders: { storageRanges: [] },
    };
    try {
      new MpegFlowPlatform("mpegflow", wrong);
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof InvalidArguments)) throw error;
      expect(error.problems.map(({ path }) => path)).toEqual([
        "encoders.storageRanges",
        "egress.ranges[0]",
        "egress.hosts[0]",
        "clusters[0].apiServerRange",
      ]);
    } finally {
      await recorder.settled();
    }
  });
});

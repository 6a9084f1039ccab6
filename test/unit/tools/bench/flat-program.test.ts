import { describe, expect, test } from "vitest";
import { constructorOf, flatProgram } from "../../../../tools/bench/flat-program.ts";

const google = "urn:pulumi:prod::p::pulumi:providers:gcp::google";
const platform = "urn:pulumi:prod::p::mpegflow-gcs:index:MpegFlowPlatform::mpegflow";
const topic = "urn:pulumi:prod::p::x$gcp:pubsub/topic:Topic::jobs";
const version = "urn:pulumi:prod::p::x$gcp:secretmanager/secretVersion:SecretVersion::lease";

const steps = [
  {
    urn: google,
    newState: {
      type: "pulumi:providers:gcp",
      custom: true,
      inputs: { project: "mpegflow-prod", version: "9.37.0", __internal: {} },
    },
  },
  { urn: platform, newState: { type: "mpegflow-gcs:index:MpegFlowPlatform", custom: false } },
  {
    urn: topic,
    newState: {
      type: "gcp:pubsub/topic:Topic",
      custom: true,
      protect: true,
      provider: `${google}::04da6b54-80e4-46f7-96ec-b56ff0331ba9`,
      inputs: { name: "jobs", labels: { product: "mpegflow" } },
    },
  },
  {
    urn: version,
    newState: {
      type: "gcp:secretmanager/secretVersion:SecretVersion",
      custom: true,
      provider: `${google}::id`,
      dependencies: [topic, platform],
      inputs: { secret: "lease", secretData: "[secret]" },
    },
  },
];

describe("the flat program", () => {
  test("declares each resource with its inputs, provider, protection and dependencies, and no component", () => {
    expect(flatProgram(steps)).toBe(
      [
        'import * as pulumi from "@pulumi/pulumi";',
        'import * as gcp from "@pulumi/gcp";',
        'const resource0 = new gcp.Provider("google", {"project":"mpegflow-prod"}, {  });',
        'const resource1 = new gcp.pubsub.Topic("jobs", {"name":"jobs","labels":{"product":"mpegflow"}}, ' +
          "{ provider: resource0, protect: true });",
        'const resource2 = new gcp.secretmanager.SecretVersion("lease", ' +
          '{"secret":"lease","secretData":pulumi.secret("[secret]")}, ' +
          "{ provider: resource0, dependsOn: [resource1] });",
        "export const resources = pulumi.output(3);",
        "",
      ].join("\n"),
    );
  });

  test.each([
    ["gcp:storage/bucket:Bucket", "gcp.storage.Bucket"],
    ["gcp:serviceaccount/iAMMember:IAMMember", "gcp.serviceaccount.IAMMember"],
    ["random:index/randomBytes:RandomBytes", "random.RandomBytes"],
    ["kubernetes:apps/v1:Deployment", "kubernetes.apps.v1.Deployment"],
    ["kubernetes:networking.k8s.io/v1:NetworkPolicy", "kubernetes.networking.v1.NetworkPolicy"],
    ["kubernetes:keda.sh/v1alpha1:ScaledObject", "kubernetes.apiextensions.CustomResource"],
    ["kubernetes:helm.sh/v3:Release", "kubernetes.helm.v3.Release"],
    ["pulumi:providers:kubernetes", "kubernetes.Provider"],
  ])("makes a %s by %s", (type, constructor) => {
    expect(constructorOf(type)).toBe(constructor);
  });
});

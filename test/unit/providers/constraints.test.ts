import { describe, expect, it } from "vitest";
import { constraintProblems } from "../../../sandbox/providers/gcp/facts/constraints.ts";
import { gcpModel } from "../../../sandbox/providers/gcp/model.ts";
import { unknown, type Properties } from "../../../sandbox/providers/values.ts";

const BUCKET = "gcp:storage/bucket:Bucket";
const filter = (more: Properties): Properties => ({
  ipFilter: { mode: "Enabled", publicNetworkSource: { allowedIpCidrRanges: ["192.0.2.0/24"] }, ...more },
});
const network = { network: "projects/p/global/networks/n", allowedIpCidrRanges: ["10.0.0.0/8"] };
const FIREWALL = "gcp:compute/firewall:Firewall";
const SECRET = "gcp:secretmanager/secret:Secret";
const NAT = "gcp:compute/routerNat:RouterNat";
const LOG_METRIC = "gcp:logging/metric:Metric";

describe("the provider's schema refuses", () => {
  it.each<[string, string, Properties, string]>([
    [
      "a field without the one that it needs, even where it is off",
      BUCKET,
      filter({ allowCrossOrgVpcs: false }),
      "ipFilter.allowCrossOrgVpcs needs ipFilter.vpcNetworkSources beside it",
    ],
    [
      "the other of two that exclude each other, once",
      FIREWALL,
      { allows: [{ protocol: "tcp" }], sourceTags: ["a"], targetServiceAccounts: ["b"] },
      "give one of sourceTags and targetServiceAccounts, not both",
    ],
    [
      "both of what excludes each other",
      FIREWALL,
      { allows: [{ protocol: "tcp" }], denies: [{ protocol: "tcp" }] },
      "give exactly one of allows, denies; given: allows, denies",
    ],
    ["none where one is needed", FIREWALL, {}, "give exactly one of allows, denies; given: none"],
    [
      "none within a block that is there",
      SECRET,
      { replication: {} },
      "give exactly one of replication.auto, replication.userManaged; given: none",
    ],
    [
      "a block that says nothing",
      LOG_METRIC,
      { bucketOptions: {} },
      "give one or more of bucketOptions.explicitBuckets, bucketOptions.exponentialBuckets, " +
        "bucketOptions.linearBuckets; given: none",
    ],
    [
      "too few items of a list",
      SECRET,
      { replication: { userManaged: { replicas: [] } } },
      "replication.userManaged.replicas takes 1 or more, not 0",
    ],
    [
      "too few items in a list's item",
      NAT,
      { subnetworks: [{ sourceIpRangesToNats: ["ALL_IP_RANGES"] }, { sourceIpRangesToNats: [] }] },
      "subnetworks[].sourceIpRangesToNats takes 1 or more, not 0",
    ],
    [
      "too many items",
      BUCKET,
      { lifecycleRules: Array.from({ length: 101 }, () => ({ action: [{}], condition: [{}] })) },
      "lifecycleRules takes 100 at most, not 101",
    ],
  ])("%s", (_what, type, inputs, problem) => {
    expect(constraintProblems(type, inputs)).toEqual([problem]);
  });
});

describe("the provider's schema takes", () => {
  it.each<[string, string, Properties]>([
    [
      "a field beside the one that it needs",
      BUCKET,
      filter({ allowCrossOrgVpcs: true, vpcNetworkSources: [network] }),
    ],
    [
      "one of which it needs that is not known yet",
      BUCKET,
      filter({ allowCrossOrgVpcs: true, vpcNetworkSources: unknown }),
    ],
    ["a block that is not known yet", SECRET, { replication: unknown }],
    [
      "one of two, where the other is not known yet",
      FIREWALL,
      { allows: unknown, denies: [{ protocol: "tcp" }] },
    ],
    ["a type without such rules", "gcp:storage/hmacKey:HmacKey", { serviceAccountEmail: "a@b" }],
  ])("%s", (_what, type, inputs) => {
    expect(constraintProblems(type, inputs)).toEqual([]);
  });
});

it("is asked for each modelled type", () => {
  const refused = gcpModel.resources
    .find(({ type }) => type === BUCKET)
    ?.problems?.(filter({ allowCrossOrgVpcs: false }), { project: "p" });
  expect(refused).toEqual(["ipFilter.allowCrossOrgVpcs needs ipFilter.vpcNetworkSources beside it"]);
});

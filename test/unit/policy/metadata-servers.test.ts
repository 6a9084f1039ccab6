import { expect, test } from "vitest";
import { hostsProblems } from "../../../components/kubernetes/egress-hosts.ts";
import { toMetadataServer } from "../../../components/kubernetes/network-rules.ts";
import { policies } from "../../../policy/policies.ts";
import { METADATA_NAMES } from "../../../policy/cluster/metadata-servers.ts";
import { judge } from "../../../testing/index.ts";
import { deployment, networkPolicy } from "./cases/case.ts";

const answering = toMetadataServer().flatMap(({ to, ports }) =>
  to.flatMap((peer) => ports.map((port) => ({ to: [peer], ports: [port] }))),
);

test.each(answering)(
  "the policy refuses workers what the components allow coordinators to reach the metadata server by: %j",
  async (rule) => {
    const metadata = { namespace: "media" };
    const spec = { podSelector: {}, policyTypes: ["Egress"], egress: [rule] };
    const { violations } = await judge(
      policies.filter(({ name }) => name === "workers-cannot-reach-metadata"),
      [deployment("encoder"), networkPolicy("egress", { metadata, spec })],
    );
    expect(violations.map(({ message }) => message.split("\n")[0])).toEqual([
      expect.stringContaining("lets reach 169.254.169."),
    ]);
  },
);

test.each(METADATA_NAMES)(
  "the components refuse the name %s, which the policy takes for a metadata server's",
  (name) => {
    expect(hostsProblems("hosts", [name])).toEqual([
      expect.objectContaining({ path: "hosts[0]", allowed: "any other host" }),
    ]);
  },
);

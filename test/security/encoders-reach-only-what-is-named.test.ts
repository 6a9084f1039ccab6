/** Issue 15, number 8: encoders reach their coordinator, Google's private addresses, and what is named besides. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  Coordinator,
  EncoderPool,
  EncoderScalingKind,
  InvalidArguments,
  Keda,
  type EncoderPoolArgs,
} from "../../components/index.ts";
import { once } from "../unit/once.ts";
import { platform, platformOfOwnClusters, record, type Settings } from "../unit/platform/world.ts";
import { recordPulumi, type Recorder } from "../unit/pulumi-mocks.ts";
import { checkedApiServerRange } from "../../components/kubernetes/network-rules.ts";
import { connectionProblems } from "../../components/workloads/coordinator-trust.ts";
import { CA } from "../unit/workloads/authority.ts";
import { coordinatorArgs } from "../unit/workloads/coordinator-world.ts";
import { isReachable, isWithin, policiesOf, type Destination, type Pod, type Policy } from "./reachable.ts";

const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];
const METADATA = ["169.254.169.254", "169.254.169.252", "169.254.169.253", "169.254.170.2"];
const GOOGLE = ["199.36.153.4/30", "199.36.153.8/30"];
const IN_CLUSTER = "https://coordinator.mpegflow.svc.cluster.local";

interface World {
  readonly policies: readonly Policy[];
  readonly encoder: Pod;
}

async function worldOf(recorder: Recorder, name: string): Promise<World> {
  await recorder.settled();
  const { inputs } = recorder.only("kubernetes:apps/v1:Deployment", name);
  const { metadata, spec } = inputs as {
    metadata: { namespace: string };
    spec: { template: { metadata: { labels: Record<string, string> } } };
  };
  return {
    policies: policiesOf(recorder),
    encoder: { namespace: metadata.namespace, labels: spec.template.metadata.labels },
  };
}

async function poolOf(args: Partial<EncoderPoolArgs>): Promise<World> {
  const recorder = await recordPulumi();
  new EncoderPool("encoders", {
    region: "us-central1",
    namespace: "mpegflow-encoders",
    image: "registry/worker:1",
    coordinatorUrl: IN_CLUSTER,
    coordinatorCa: CA,
    ...args,
  });
  return worldOf(recorder, "encoders");
}

const platformOf = once(async (own: boolean, settings: Settings = {}) => {
  const { recorder } = await record();
  if (own) platformOfOwnClusters({ mode: "AUTOPILOT" }, ["us-central1"], settings);
  else platform(["us-central1"], settings);
  return worldOf(recorder, "mpegflow-us-central1-encoders");
});

interface Place {
  readonly place: string;
  readonly made: () => Promise<World>;
  /** Google's private addresses there. */
  readonly google: readonly string[];
}

const elsewhere = { coordinatorUrl: "https://c.example.com:8443" };
const worlds: readonly Place[] = [
  { place: "a pool beside its coordinator", made: once(() => poolOf({})), google: GOOGLE },
  { place: "a platform in clusters that are there", made: () => platformOf(false), google: GOOGLE },
  {
    place: "a platform that makes its clusters",
    made: () => platformOf(true),
    google: ["199.36.153.4/30"],
  },
  {
    place: "a pool whose coordinator is elsewhere",
    made: once(() => poolOf({ ...elsewhere, coordinatorRanges: ["203.0.113.10/32"] })),
    google: GOOGLE,
  },
  {
    place: "a pool whose coordinator is elsewhere, by name",
    made: once(() => poolOf({ ...elsewhere, coordinatorByName: true })),
    google: GOOGLE,
  },
];

describe.each(worlds)("encoders of $place", ({ made, google }) => {
  const reaches = async (destination: Destination) => {
    const { policies, encoder } = await made();
    return isReachable(policies, encoder, destination);
  };

  test.each(
    METADATA.flatMap((address) => [80, 443, 987, 988, 8080, 8443].map((port) => [address, port] as const)),
  )("do not reach the metadata server %s at port %i", async (address, port) => {
    expect(await reaches({ address, port })).toBe(false);
  });

  test.each(["10.0.0.1", "10.64.7.9", "172.16.0.2", "192.168.1.1", "100.64.0.1"])(
    "do not reach the private address %s at any port that the coordinator or a store has",
    async (address) => {
      for (const port of [80, 443, 6443, 8080, 8443])
        expect(await reaches({ address, port }), String(port)).toBe(false);
    },
  );

  test.each(["8.8.8.8", "93.184.215.14", "142.250.74.78", "52.216.0.1", "203.0.113.11"])(
    "do not reach the public address %s",
    async (address) => {
      for (const port of [53, 80, 443, 8443])
        expect(await reaches({ address, port }), String(port)).toBe(false);
    },
  );

  test("reach Google's APIs at their private addresses, at port 443 alone", async () => {
    for (const range of google) {
      const address = range.replace("/30", "");
      expect(await reaches({ address, port: 443 }), address).toBe(true);
      expect(await reaches({ address, port: 80 }), address).toBe(false);
    }
  });
});

test("encoders of a platform that makes its clusters reach the one address that its network has for Google's APIs", async () => {
  const { policies, encoder } = await platformOf(true);
  expect(isReachable(policies, encoder, { address: "199.36.153.8", port: 443 })).toBe(false);
});

test("encoders reach their coordinator's pods, and no other pod", async () => {
  const { policies, encoder } = await platformOf(false);
  const address = "10.64.0.7";
  const coordinator = {
    "app.kubernetes.io/name": "coordinator",
    "app.kubernetes.io/component": "coordinator",
  };
  const at = (namespace: string, labels: Pod["labels"], port: number) =>
    isReachable(policies, encoder, { address, port, pod: { namespace, labels } });
  expect(at("mpegflow", coordinator, 8443)).toBe(true);
  expect(at("mpegflow", coordinator, 9090)).toBe(false);
  expect(at("other", coordinator, 8443)).toBe(false);
  expect(at("mpegflow", { "app.kubernetes.io/name": "database" }, 8443)).toBe(false);
});

test("a coordinator elsewhere without ranges or its name is refused, also where its address is known late", async () => {
  const coordinatorUrl = "https://coordinator.example.com";
  await expect(poolOf({ coordinatorUrl })).rejects.toThrow(/coordinatorRanges: given nothing/);
  // What an output is checked by, once it is known.
  expect(connectionProblems(coordinatorUrl, {}).map(({ path }) => path)).toEqual(["coordinatorRanges"]);
});

test("an API server anywhere is refused, also where its range is known late", async () => {
  await recordPulumi();
  expect(() => new Coordinator("coordinator", { ...coordinatorArgs, apiServerRange: "0.0.0.0/0" })).toThrow(
    InvalidArguments,
  );
  expect(() => checkedApiServerRange("0.0.0.0/0")).toThrow(/apiServerRange: given "0\.0\.0\.0\/0"/);
});

const octet = fc.integer({ min: 0, max: 255 });
const addresses = fc.oneof(
  fc.tuple(octet, octet, octet, octet).map((parts) => parts.join(".")),
  fc.constantFrom(
    ...METADATA,
    "169.254.20.10",
    "127.0.0.1",
    "10.1.2.3",
    "172.20.0.1",
    "192.168.7.7",
    "199.36.153.9",
  ),
);
/** Mostly of ranges that may be named. */
const prefixes = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 17, max: 32 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 16 }) },
);
const ranges = fc.tuple(addresses, prefixes).map(([address, prefix]) => {
  const first = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const start = first - (first % 2 ** (32 - prefix));
  return `${[24, 16, 8, 0].map((bits) => Math.floor(start / 2 ** bits) % 256).join(".")}/${prefix}`;
});
const lists: fc.Arbitrary<string[]> = fc.oneof(
  { weight: 9, arbitrary: fc.array(ranges, { minLength: 1, maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constant<string[]>([]) },
);
const HOSTS = ["storage.googleapis.com", "*.r2.cloudflarestorage.com"];
const COORDINATOR_PORT = 8443;
const argumentsOfPools: fc.Arbitrary<Partial<EncoderPoolArgs>> = fc
  .record(
    {
      storageRanges: lists,
      storageHosts: fc.subarray(HOSTS, { minLength: 1 }),
      publicEgress: fc.boolean(),
      coordinator: fc.oneof(
        fc.constant({}),
        fc.constant({ coordinatorUrl: "https://c.example.com:8443", coordinatorByName: true }),
        lists.map((coordinatorRanges) => ({
          coordinatorUrl: "https://c.example.com:8443",
          coordinatorRanges,
        })),
        addresses.map((address) => ({ coordinatorUrl: `https://${address}:8443` })),
      ),
    },
    { requiredKeys: ["coordinator"] },
  )
  .map(({ coordinator, ...args }) => ({ ...args, ...coordinator }));

/** What the arguments name. */
function isMeant(args: Partial<EncoderPoolArgs>, { address, port, host }: Destination): boolean {
  const { coordinatorUrl = IN_CLUSTER, storageRanges, storageHosts, publicEgress = false } = args;
  const { hostname } = new URL(coordinatorUrl);
  const byAddress = /^[\d.]+$/.test(hostname) ? [`${hostname}/32`] : [];
  const google = storageHosts === undefined && !publicEgress ? GOOGLE : [];
  const isPublic = !isWithin(address, [...PRIVATE, "169.254.0.0/16"]);
  const named = (name: string): boolean => name === host || host?.replace(/^[^.]+/, "*") === name;
  return (
    (address === "169.254.20.10" && port === 53) ||
    (port === 443 && isWithin(address, storageRanges ?? google)) ||
    (port === 443 && publicEgress && isPublic) ||
    (port === 443 && (storageHosts ?? []).some(named)) ||
    (port === COORDINATOR_PORT && isWithin(address, args.coordinatorRanges ?? byAddress)) ||
    (port === COORDINATOR_PORT && args.coordinatorByName === true && host === hostname)
  );
}

describe("whatever arguments a pool takes", () => {
  const destinations = fc.record(
    {
      address: addresses,
      port: fc.constantFrom(53, 80, 443, 988, COORDINATOR_PORT),
      host: fc.constantFrom(
        "storage.googleapis.com",
        "a.r2.cloudflarestorage.com",
        "c.example.com",
        "evil.example",
      ),
    },
    { requiredKeys: ["address", "port"] },
  );

  test("its encoders reach what these name, and nothing else", async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(argumentsOfPools, fc.array(destinations, { maxLength: 40 }), async (args, some) => {
        const world = await poolOf(args).catch((error: unknown) => {
          if (error instanceof InvalidArguments) return undefined;
          throw error;
        });
        if (world === undefined) return;
        taken++;
        // Addresses inside what is named, which chance would seldom find, at every port.
        const inside = [...(args.storageRanges ?? []), ...(args.coordinatorRanges ?? []), ...GOOGLE].flatMap(
          (range) =>
            [53, 80, 443, COORDINATOR_PORT].map((port) => ({ address: range.split("/")[0] ?? "", port })),
        );
        for (const to of [...some, ...inside]) {
          const { policies, encoder } = world;
          expect(isReachable(policies, encoder, to), JSON.stringify(to)).toBe(isMeant(args, to));
        }
      }),
      { numRuns: 150 },
    );
    expect(taken).toBeGreaterThan(30);
  });

  test("metadata servers are out of reach, and ranges that name nobody are refused", async () => {
    await fc.assert(
      fc.asyncProperty(argumentsOfPools, async (args) => {
        const world = await poolOf(args).catch((error: unknown) => {
          if (error instanceof InvalidArguments) return undefined;
          throw error;
        });
        const given = [...(args.storageRanges ?? []), ...(args.coordinatorRanges ?? [])];
        const wide = given.filter((range) => Number(range.split("/")[1]) < 8);
        if (wide.length > 0) expect(world, wide.join(", ")).toBeUndefined();
        if (world === undefined) return;
        for (const address of METADATA)
          for (const port of [80, 443, 988, COORDINATOR_PORT])
            expect(isReachable(world.policies, world.encoder, { address, port })).toBe(false);
      }),
      { numRuns: 100 },
    );
  });
});

describe("every policy that is declared", () => {
  const scaled: Settings = {
    encoders: { scaling: { kind: EncoderScalingKind.ScaledObject, maxReplicas: 4 } },
  };

  async function declared(): Promise<Policy[]> {
    const [given, own] = [await record(), await record()];
    platform(["us-central1"], scaled);
    await given.recorder.settled();
    platformOfOwnClusters({ mode: "AUTOPILOT", network: { cloudNat: true } }, ["us-central1"], scaled);
    await own.recorder.settled();
    const alone = await recordPulumi();
    new Coordinator("coordinator", { ...coordinatorArgs, managedPrometheus: true });
    new Keda("keda");
    await alone.settled();
    return [given.recorder, own.recorder, alone].flatMap((recorder) => [
      ...policiesOf(recorder),
      ...recorder.ofType("kubernetes:helm.sh/v3:Release").map(chartPolicy),
    ]);
  }

  test("says to whom and at which ports, and has no range that takes in the internet", async () => {
    const policies = await declared();
    expect(policies.length).toBeGreaterThan(8);
    for (const { spec } of policies) {
      for (const { peers, ports } of [
        ...(spec.egress ?? []).map(({ to, ports }) => ({ peers: to, ports })),
        ...(spec.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports })),
      ]) {
        expect(peers?.length ?? 0, JSON.stringify(spec)).toBeGreaterThan(0);
        expect(ports?.length ?? 0, JSON.stringify(spec)).toBeGreaterThan(0);
        const wide = (peers ?? []).filter(({ ipBlock }) => Number(ipBlock?.cidr.split("/")[1] ?? 32) < 8);
        expect(wide, JSON.stringify(spec)).toEqual([]);
      }
    }
  });
});

/** The rules that a release gives to KEDA's own policies. */
function chartPolicy({ inputs }: { readonly inputs: Readonly<Record<string, unknown>> }): Policy {
  const { networkPolicy } = inputs["values"] as {
    networkPolicy: {
      kubernetes: Record<string, { extraEgressRules: NonNullable<Policy["spec"]["egress"]> }>;
    };
  };
  const egress = Object.values(networkPolicy.kubernetes).flatMap(({ extraEgressRules }) => extraEgressRules);
  return { kind: "NetworkPolicy", namespace: "keda", spec: { podSelector: {}, egress } };
}

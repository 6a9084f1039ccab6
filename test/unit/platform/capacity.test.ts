import { describe, expect, test } from "vitest";
import { describeProblem } from "../../../components/validation/index.ts";
import { capacityWarnings } from "../../../components/platform/capacity-warnings.ts";
import { platformWarnings } from "../../../components/platform/platform-warnings.ts";
import { capacityProblems, scratchOf } from "../../../components/platform/capacity.ts";
import {
  EncoderScalingKind,
  type EncoderNodePool,
  type PlatformEncoders,
} from "../../../components/index.ts";

const pool = (rest: Partial<EncoderNodePool> = {}): EncoderNodePool => ({
  name: "spot",
  machineType: "c3d-standard-16",
  maxNodes: 40,
  diskSizeGb: 250,
  ...rest,
});
const encoders = (cpu: string, memory = "8Gi", rest: PlatformEncoders = {}): PlatformEncoders => ({
  resources: { cpu, memory },
  scratch: "50Gi",
  ...rest,
});
const standard = (of: PlatformEncoders, ...encoderPools: EncoderNodePool[]) => ({
  encoders: of,
  ownClusters: { encoderPools },
});
const autopilot = (of: PlatformEncoders) => ({ encoders: of, ownClusters: { mode: "AUTOPILOT" as const } });
const refused = (args: Parameters<typeof capacityProblems>[0]): string[] =>
  capacityProblems(args).map(describeProblem);

describe("encoders that no node could ever take are refused", () => {
  test("by CPU, with what each pool could give", () => {
    expect(
      refused(standard(encoders("16"), pool(), pool({ name: "small", machineType: "c3d-standard-8" }))),
    ).toEqual([
      'encoders.resources.cpu: given "16"; allowed: at most 15390m in pool spot, 7410m in pool small. ' +
        "Reason: that is about what GKE and its own pods on every node leave of those machines and disks: no node could ever take an encoder, however many there are. " +
        "Fix: lower it, or choose a larger machineType",
    ]);
  });

  test.each(["15890m", "15700m", "15391m"])("by CPU of %s, which GKE's own pods do not leave", (cpu) => {
    const highcpu = pool({ machineType: "c3d-highcpu-16" });
    expect(refused(standard(encoders(cpu), highcpu))[0]).toContain("at most 15390m in pool spot");
    expect(refused(standard(encoders("15390m"), highcpu))).toEqual([]);
  });

  test("by memory", () => {
    expect(refused(standard(encoders("8", "64Gi"), pool()))[0]).toMatch(
      /^encoders\.resources\.memory: given "64Gi"; allowed: at most 56\.\dGi in pool spot\./,
    );
  });

  test("by scratch space that the disk has not, half of which GKE keeps", () => {
    expect(refused(standard(encoders("7500m"), pool({ diskSizeGb: 100 })))[0]).toMatch(
      /^encoders\.scratch: given "50Gi"; allowed: at most 43\.7Gi in pool spot\..*diskSizeGb/,
    );
  });

  test("by a GPU that no pool has", () => {
    expect(refused(standard(encoders("4", "8Gi", { placement: { gpus: 1 } }), pool()))).toEqual([
      'encoders.placement: given encoders with 1 GPU in pools "spot"; ' +
        'allowed: a pool with 1 GPU; there are "spot": c3d-standard-16. ' +
        "Reason: GKE keeps other pods off nodes with GPUs, Arm processors or gVisor, and the reverse. " +
        "Fix: add such a pool to ownClusters.encoderPools, or change encoders.placement",
    ]);
    const two = { name: "l4", machineType: "g2-standard-8", gpu: { type: "nvidia-l4" } };
    expect(refused(standard(encoders("4", "8Gi", { placement: { gpus: 2 } }), pool(two)))).toHaveLength(1);
    expect(refused(standard(encoders("4", "8Gi", { placement: { gpus: 1 } }), pool(two)))).toEqual([]);
  });

  test.each([
    [{ arm: true }, {}],
    [{ gvisor: true }, {}],
    [{}, { gpu: { type: "nvidia-l4" } }],
  ])("by the taints of the only pool: %j in %j", (placement, of) => {
    expect(refused(standard(encoders("4", "8Gi", { placement }), pool(of)))).toHaveLength(1);
  });

  test.each([{ machineType: "c4a-standard-16" }, { gvisor: true }])(
    "but not where all pools are %j, which encoders then ask for",
    (of) => {
      expect(refused(standard(encoders("4"), pool(of)))).toEqual([]);
      const placement = { nodePools: ["spot"] };
      const other = pool({ name: "other" });
      expect(refused(standard(encoders("4", "8Gi", { placement }), pool(of), other))).toEqual([]);
    },
  );

  test("but not where one pool of several takes them", () => {
    expect(
      refused(standard(encoders("16"), pool(), pool({ name: "big", machineType: "c3d-standard-30" }))),
    ).toEqual([]);
  });

  test.each([
    ["clusters that are given", { encoders: encoders("500") }],
    [
      "a pool of a machine type that is not known",
      standard(encoders("500"), pool({ machineType: "x9-mega-1" })),
    ],
    [
      "a pool that is declared elsewhere",
      standard(encoders("500", "8Gi", { placement: { nodePools: ["theirs"] } }), pool()),
    ],
    ["no encoders at all", standard({ ...encoders("500"), replicas: 0 }, pool())],
  ])("and nothing is claimed of %s", (_, args) => {
    expect(refused(args)).toEqual([]);
  });
});

describe("encoders in Autopilot are refused", () => {
  test.each([
    ["more CPU than the class has", encoders("31", "62Gi", { scratch: "10Gi" }), "encoders.resources.cpu"],
    [
      "more memory than the class has",
      encoders("30", "120Gi", { scratch: "10Gi" }),
      "encoders.resources.memory",
    ],
    ["more scratch space than it gives", encoders("4"), "encoders.scratch"],
    ["GPUs of no type", encoders("4", "8Gi", { placement: { gpus: 1 } }), "encoders.placement.gpus"],
  ])("with %s", (_, of, path) => {
    expect(capacityProblems(autopilot(of)).map((one) => one.path)).toEqual([path]);
  });

  test("but not with a volume of their own, a larger class, or one whose machines nobody knows", () => {
    const inClass = (name: string): PlatformEncoders => ({
      placement: { nodeSelector: { "cloud.google.com/compute-class": name } },
    });
    expect(refused(autopilot(encoders("4", "8Gi", { scratchStorageClass: "premium-rwo" })))).toEqual([]);
    expect(refused(autopilot(encoders("100", "400Gi", { ...inClass("Balanced"), scratch: "10Gi" })))).toEqual(
      [],
    );
    expect(refused(autopilot(encoders("500", "8Gi", inClass("Performance"))))).toEqual([]);
  });

  test("and unless told otherwise ask for as much scratch space as it gives", () => {
    expect(scratchOf(autopilot({}))).toBe("10Gi");
    expect(refused(autopilot({}))).toEqual([]);
    expect(scratchOf(standard({}, pool()))).toBeUndefined();
  });
});

describe("a warning with figures is given", () => {
  const scaled = { scaling: { kind: EncoderScalingKind.ScaledJob, maxReplicas: 80 } };

  test("of CPU that is paid for in vain", () => {
    expect(capacityWarnings(standard(encoders("8", "8Gi", scaled), pool({ maxNodes: 80 })))).toEqual([
      'encoder pool "spot" (c3d-standard-16): 1 encoder of 8 CPU to a node, which leaves 50 % of its 16 CPUs idle; ' +
        "up to 80 encoders take 80 nodes. 2 of 7650m CPU would fit, and 1 of 15350m.",
    ]);
  });

  test("of scratch space that keeps encoders out", () => {
    expect(capacityWarnings(standard(encoders("3750m"), pool()))).toEqual([
      'encoder pool "spot" (c3d-standard-16): 2 encoders of 3750m CPU to a node, which leaves 53 % of its 16 CPUs idle; ' +
        "up to 1 encoder take 1 node. There is room for 3 where each asks for 41.3Gi of scratch space at most, or where the nodes have more.",
    ]);
  });

  test("of pools that have not enough nodes", () => {
    const pools = [pool({ maxNodes: 30 }), pool({ name: "long", spot: false, maxNodes: 8 })];
    expect(capacityWarnings(standard(encoders("7500m", "8Gi", scaled), ...pools))).toEqual([
      "encoders: 80 may be asked for in each region, and the pools have room for 76 (spot 60 on 30 nodes, long 16 on 8 nodes): " +
        "the others stay Pending. Raise maxNodes, or lower scaling.maxReplicas.",
    ]);
  });

  test("of a pool that GKE's own pods fill too far", () => {
    const large = pool({ name: "large", machineType: "c3d-standard-30" });
    expect(capacityWarnings(standard(encoders("15800m"), pool(), large))[0]).toBe(
      'encoder pool "spot" (c3d-standard-16): its nodes leave about 15390m of CPU beside GKE\'s own pods, an encoder asks for 15800m: none fits.',
    );
  });

  test("of a machine type that cannot be judged", () => {
    expect(capacityWarnings(standard(encoders("4"), pool({ machineType: "x9-mega-1" })))).toEqual([
      'encoder pool "spot" (x9-mega-1): the size of this machine type is not known here, so whether encoders fit is not judged.',
    ]);
  });

  test("of memory that Autopilot bills unasked", () => {
    expect(capacityWarnings(autopilot(encoders("8", "4Gi", { scratch: "10Gi" })))).toEqual([
      "encoders: 8 CPU with 4Gi: Autopilot's class general-purpose has 1 to 6.5 GiB of memory for each CPU, so each worker is billed 8Gi of memory. Ask for that much.",
    ]);
    expect(capacityWarnings(autopilot(encoders("1", "13Gi", { scratch: "10Gi" })))[0]).toContain("2.0 CPUs");
  });

  test("and none where all is well, or nothing is known", () => {
    expect(capacityWarnings(standard(encoders("7500m", "8Gi", scaled), pool()))).toEqual([]);
    expect(capacityWarnings({ encoders: encoders("8") })).toEqual([]);
    expect(capacityWarnings(autopilot(encoders("4", "8Gi", { scratch: "10Gi" })))).toEqual([]);
  });
});

describe("a share of the bucket's rates", () => {
  const two = [{ region: "us-central1" }, { region: "us-east1" }];

  test("that suits one region is warned of where two have too many workers together", () => {
    const args = { clusters: two, encoders: { replicas: 15, paceShare: 0.05 } };
    expect(platformWarnings(args)).toEqual([
      expect.stringMatching(
        /^paceShare 0\.05: 30 workers would start at 1\.5 times .* use 0\.033333 at most\.$/,
      ),
    ]);
    expect(platformWarnings({ ...args, encoders: { replicas: 10, paceShare: 0.05 } })).toEqual([]);
  });

  test("that is too large for one region already is left to its pool to say", () => {
    expect(platformWarnings({ clusters: two, encoders: { replicas: 40, paceShare: 0.05 } })).toEqual([]);
  });
});

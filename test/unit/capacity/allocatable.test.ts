import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { machineTypeOf, nodeSize } from "../../../components/capacity/index.ts";

function sizeOf(name: string, bootDiskGb = 100, localSsds = 0) {
  const machine = machineTypeOf(name);
  if (machine === undefined) throw new Error(`${name} is not known`);
  return nodeSize(machine, { bootDiskGb, localSsds });
}
const share = (is: number | undefined, wanted: number): number => Math.abs((is ?? 0) / wanted - 1);

describe("the size of a node", () => {
  // The node of https://docs.cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes#check-allocatable-resources
  it("is Google's own of its example within one per cent", () => {
    const { capacity, allocatable } = sizeOf("e2-standard-4");
    expect(allocatable.milliCpus).toBe(3920);
    expect(share(allocatable.memoryMi, 13_498_416 / 1024)).toBeLessThan(0.01);
    expect(share(capacity.storageMi, 98_831_908 / 1024)).toBeLessThan(0.01);
    expect(share(allocatable.storageMi, 47_060_071_478 / 2 ** 20)).toBeLessThan(0.01);
  });

  // A node as its kubelet told it: capacity 4140904448 and allocatable 2967547904 bytes of memory, 940m of CPU.
  it("is that of a machine with shared cores within one per cent", () => {
    const { capacity, allocatable } = sizeOf("e2-medium");
    expect(allocatable.milliCpus).toBe(940);
    expect(share(capacity.memoryMi, 4_140_904_448 / 2 ** 20)).toBeLessThan(0.01);
    expect(share(allocatable.memoryMi, 2_967_547_904 / 2 ** 20)).toBeLessThan(0.01);
  });

  it.each([
    ["e2-standard-2", 1930],
    ["c3d-standard-16", 15_890],
    ["c4-highmem-288", 287_210],
  ])("of %s leaves %dm of CPU", (name, milliCpus) => {
    expect(sizeOf(name).allocatable.milliCpus).toBe(milliCpus);
  });

  it("leaves less than half of a boot disk of 100 GB to pods, and four fifths of a large one", () => {
    expect(sizeOf("e2-standard-4", 100).allocatable.storageMi).toBeLessThan(50 * 1024);
    expect(sizeOf("e2-standard-4", 4000).allocatable.storageMi).toBeGreaterThan(3200 * 1024);
  });

  it("has scratch space on local SSDs where the pool says so", () => {
    const one = sizeOf("n2-standard-16", 100, 1).allocatable.storageMi ?? 0;
    expect(one).toBeGreaterThan(270 * 1024);
    expect(one).toBeLessThan(325 * 1024);
    expect(sizeOf("n2-standard-16", 100, 4).allocatable.storageMi ?? 0).toBeGreaterThan(4 * one);
  });

  it("has scratch space that nobody knows of where local SSDs come with the machine unasked", () => {
    expect(sizeOf("c3d-standard-16-lssd").allocatable.storageMi).toBeUndefined();
  });

  it("is never more to pods than in all, and grows with the machine and its disk", () => {
    const machine = fc
      .tuple(fc.integer({ min: 1, max: 400 }), fc.constantFrom("standard", "highcpu", "highmem"))
      .map(([cpus, kind]) => ({ cpus, name: `c3-${kind}-${cpus}`, next: `c3-${kind}-${cpus + 1}` }));
    fc.assert(
      fc.property(machine, fc.integer({ min: 20, max: 65_536 }), ({ name, next }, disk) => {
        const { capacity, allocatable } = sizeOf(name, disk);
        const larger = sizeOf(next, disk + 1).allocatable;
        for (const key of ["milliCpus", "memoryMi", "storageMi"] as const) {
          expect(allocatable[key]).toBeGreaterThan(0);
          expect(allocatable[key]).toBeLessThan(capacity[key] ?? 0);
          expect(larger[key]).toBeGreaterThanOrEqual(allocatable[key] ?? 0);
        }
      }),
    );
  });
});

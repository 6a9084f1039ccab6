import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  exceededResources,
  machineTypeOf,
  nodeSize,
  packPods,
  availableForPods,
} from "../../../components/capacity/index.ts";

const node = (name: string, bootDiskGb = 100) => {
  const machine = machineTypeOf(name);
  if (machine === undefined) throw new Error(`${name} is not known`);
  return nodeSize(machine, { bootDiskGb, localSsds: 0 });
};
const ask = (milliCpus: number, gib = 4, scratchGib = 0) => ({
  milliCpus,
  memoryMi: gib * 1024,
  storageMi: scratchGib * 1024,
});

describe("pods on a node", () => {
  it("that ask for half of its CPUs fit only once, since GKE keeps a part", () => {
    const packing = packPods(ask(8000), node("c3d-standard-16"));
    expect(packing).toMatchObject({ podsPerNode: 1, scarce: "milliCpus", idleCpu: 0.5 });
  });

  it("that ask for a little less fit twice", () => {
    expect(packPods(ask(7500), node("c3d-standard-16"))).toMatchObject({ podsPerNode: 2, idleCpu: 0.0625 });
  });

  it("may be kept out by memory or by scratch space", () => {
    expect(packPods(ask(1000, 30), node("c3d-standard-16"))).toMatchObject({
      scarce: "memoryMi",
      podsPerNode: 1,
    });
    expect(packPods(ask(1000, 1, 50), node("c3d-standard-16", 250))).toMatchObject({
      scarce: "storageMi",
      podsPerNode: 2,
    });
  });

  it("are not counted where nobody knows what they ask for", () => {
    expect(packPods({ ...ask(1), milliCpus: undefined }, node("c3d-standard-16"))).toBeUndefined();
  });

  it("never fit where they ask for more than GKE's own pods leave of a node", () => {
    expect(exceededResources(ask(15_391, 57, 50), node("c3d-standard-16"))).toEqual([
      "milliCpus",
      "memoryMi",
      "storageMi",
    ]);
    expect(exceededResources(ask(15_390, 56, 43), node("c3d-standard-16"))).toEqual([]);
  });

  it("are too large exactly where not one of them fits", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("e2-standard-4", "c3d-highcpu-16", "c4-highcpu-32", "n2-highmem-64"),
        fc.integer({ min: 1, max: 70_000 }),
        fc.integer({ min: 1, max: 600 }),
        fc.integer({ min: 0, max: 600 }),
        (name, milliCpus, gib, scratch) => {
          const [size, request] = [node(name, 500), ask(milliCpus, gib, scratch)];
          expect(exceededResources(request, size).length > 0).toBe(
            packPods(request, size)?.podsPerNode === 0,
          );
        },
      ),
    );
  });

  it("together ask for no more than there is, and one more would", () => {
    const sizes = fc.constantFrom("e2-standard-4", "c3d-standard-16", "c4-highcpu-32", "n2-highmem-64");
    fc.assert(
      fc.property(
        sizes,
        fc.integer({ min: 50, max: 70_000 }),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 0, max: 100 }),
        (name, milliCpus, gib, scratch) => {
          const [size, request] = [node(name, 500), ask(milliCpus, gib, scratch)];
          const { podsPerNode = 0, idleCpu = 0 } = packPods(request, size) ?? {};
          const over = (pods: number): boolean =>
            (["milliCpus", "memoryMi", "storageMi"] as const).some(
              (key) => pods * request[key] > (availableForPods(size, key) ?? 0),
            );
          expect(over(podsPerNode)).toBe(false);
          if (podsPerNode < 98) expect(over(podsPerNode + 1)).toBe(true);
          expect(idleCpu).toBeGreaterThanOrEqual(0);
          expect(idleCpu).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});

import { describe, expect, it } from "vitest";
import { machineOf } from "../../../sandbox/kubernetes/node/machines.ts";

describe("a machine as a node of GKE", () => {
  it.each([
    ["e2-standard-2", "2", "8192Mi", "1930m", "6248Mi"],
    ["e2-standard-4", "4", "16384Mi", "3920m", "13621Mi"],
    ["c3d-standard-16", "16", "65536Mi", "15890m", "59824Mi"],
    ["c4-standard-8", "8", "30720Mi", "7910m", "27097Mi"],
    ["c4-highmem-288", "288", "2285568Mi", "287210m", "2232834Mi"],
    ["n2-highcpu-32-lssd", "32", "32768Mi", "31850m", "29022Mi"],
  ])(
    "of type %s has %s CPUs and %s, of which pods get %s and %s",
    (type, cpu, memory, cpuLeft, memoryLeft) => {
      expect(machineOf(type)).toMatchObject({
        capacity: { cpu, memory },
        allocatable: { cpu: cpuLeft, memory: memoryLeft },
      });
    },
  );

  it("keeps a part of its boot disk for itself", () => {
    expect(machineOf("e2-standard-4", { diskSizeGb: 100 })?.allocatable["ephemeral-storage"]).toBe("49Gi");
    expect(machineOf("e2-standard-4", { diskSizeGb: 1000 })?.allocatable["ephemeral-storage"]).toBe("800Gi");
  });

  it("gives pods its local SSDs for scratch space", () => {
    expect(machineOf("c3d-standard-16", { localSsds: 1 })?.allocatable["ephemeral-storage"]).toBe("325Gi");
    expect(machineOf("c3d-standard-16", { localSsds: 4 })?.allocatable["ephemeral-storage"]).toBe("1400Gi");
  });

  it("offers its GPUs, and room for as many pods as its pool allows", () => {
    expect(machineOf("g2-standard-8", { gpus: 1, maxPods: 32 })?.allocatable).toMatchObject({
      "nvidia.com/gpu": "1",
      pods: "32",
    });
  });

  it("has Arm processors in some series", () => {
    expect(machineOf("c4a-standard-16")?.architecture).toBe("arm64");
    expect(machineOf("c4-standard-16")?.architecture).toBe("amd64");
  });

  it.each(["e2-medium", "n2-custom-4-8192", "m1-ultramem-40", "nothing"])(
    "of type %s has no size that its name tells",
    (type) => {
      expect(machineOf(type)).toBeUndefined();
    },
  );
});

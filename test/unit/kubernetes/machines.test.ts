import { describe, expect, it } from "vitest";
import { machineTypeOf, nodeSize } from "../../../components/capacity/index.ts";
import { machineOf } from "../../../sandbox/kubernetes/node/machines.ts";

describe("a machine as a node of GKE", () => {
  it.each(["e2-standard-2", "c3d-standard-16", "c4-highmem-288", "n2-custom-4-8192", "e2-medium"])(
    "of type %s offers pods what the components judge requests by",
    (name) => {
      const type = machineTypeOf(name);
      const size = type && nodeSize(type, { bootDiskGb: 200, localSsds: 1 });
      expect(machineOf(name, { diskSizeGb: 200, localSsds: 1 })?.allocatable).toMatchObject({
        cpu: `${size?.allocatable.milliCpus}m`,
        memory: `${size?.allocatable.memoryMi}Mi`,
        "ephemeral-storage": `${size?.allocatable.storageMi}Mi`,
      });
      expect(machineOf(name)?.capacity.cpu).toBe(String(type?.cpus));
    },
  );

  it("offers its GPUs, and room for as many pods as its pool allows", () => {
    expect(machineOf("g2-standard-8", { gpus: 1, maxPods: 32 })?.allocatable).toMatchObject({
      "nvidia.com/gpu": "1",
      pods: "32",
    });
  });

  it("has scratch space where local SSDs come with it", () => {
    expect(machineOf("c3d-standard-16-lssd")?.allocatable["ephemeral-storage"]).toBe("384000Mi");
  });

  it("has Arm processors in some series", () => {
    expect(machineOf("c4a-standard-16")?.architecture).toBe("arm64");
    expect(machineOf("c4-standard-16")?.architecture).toBe("amd64");
  });

  it.each(["m1-ultramem-40", "nothing"])("of type %s has no size that its name tells", (type) => {
    expect(machineOf(type)).toBeUndefined();
  });
});

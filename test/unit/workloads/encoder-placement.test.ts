import { describe, expect, test } from "vitest";
import { EncoderPool, type EncoderPoolArgs } from "../../../components/workloads/index.ts";
import { recordPulumi } from "../pulumi-mocks.ts";
import { deploymentOf, restrictedViolations } from "./pods.ts";
import { CA } from "./authority.ts";

const POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const FQDN = "kubernetes:networking.gke.io/v1alpha1:FQDNNetworkPolicy";

async function made(args: Partial<EncoderPoolArgs> = {}) {
  const recorder = await recordPulumi();
  new EncoderPool("encoders", {
    region: "us-central1",
    namespace: "mpegflow-encoders",
    image: "registry/worker:1",
    coordinatorUrl: "https://coordinator.mpegflow.svc.cluster.local",
    coordinatorCa: CA,
    ...args,
  });
  await recorder.settled();
  return recorder;
}
const podOf = async (args: Partial<EncoderPoolArgs>) =>
  deploymentOf((await made(args)).only("kubernetes:apps/v1:Deployment"));

describe("encoders run", () => {
  test("on any node without a taint unless told where", async () => {
    const { pod } = await podOf({});
    for (const field of ["nodeSelector", "tolerations", "affinity", "runtimeClassName"]) {
      expect(pod).not.toHaveProperty(field);
    }
  });

  test("in the node pools that are named, and rather in the first", async () => {
    const { pod } = await podOf({ placement: { nodePools: ["spot", "long"] } });
    const among = (...values: string[]) => ({
      matchExpressions: [{ key: "mpegflow-pool", operator: "In", values }],
    });
    expect(pod["affinity"]).toEqual({
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [among("spot", "long")] },
        preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, preference: among("spot") }],
      },
    });
    expect(pod["tolerations"]).toEqual(
      ["spot", "long"].map((value) => ({
        key: "mpegflow-pool",
        operator: "Equal",
        value,
        effect: "NoSchedule",
      })),
    );
  });

  test("on Spot nodes by GKE's label where no pool is named, as Autopilot wants it", async () => {
    const { pod } = await podOf({ placement: { spot: true } });
    expect(pod["nodeSelector"]).toEqual({ "cloud.google.com/gke-spot": "true" });
  });

  test("on Arm machines, with GPUs, in gVisor, where asked for", async () => {
    const { pod, container, environment } = await podOf({
      placement: { arm: true, gpus: 1, gvisor: true, nodeSelector: { team: "video" } },
    });
    expect(pod["nodeSelector"]).toEqual({ "kubernetes.io/arch": "arm64", team: "video" });
    expect(pod["runtimeClassName"]).toBe("gvisor");
    expect((pod["tolerations"] as { key: string }[]).map(({ key }) => key)).toEqual([
      "kubernetes.io/arch",
      "nvidia.com/gpu",
      "sandbox.gke.io/runtime",
    ]);
    expect(container.resources["limits"]?.["nvidia.com/gpu"]).toBe("1");
    expect(environment.get("LD_LIBRARY_PATH")).toBe("/usr/local/nvidia/lib64");
  });
});

describe("on Spot nodes encoders have", () => {
  test.each([
    [{ spot: true }, 15, "7"],
    [{ spot: true, spotNoticeSeconds: 120 }, 30, "20"],
  ])("no more grace than the node gives: %o", async (placement, grace, drain) => {
    const { pod, environment } = await podOf({ placement });
    expect(pod.terminationGracePeriodSeconds).toBe(grace);
    expect(environment.get("MPEGFLOW_GRACE_SECONDS")).toBe(drain);
  });
});

describe("scratch space", () => {
  test("is a volume of the encoder's own where a StorageClass is named", async () => {
    const { pod, container } = await podOf({ scratch: "200Gi", scratchStorageClass: "premium-rwo" });
    expect(pod.volumes?.[0]).toMatchObject({
      name: "scratch",
      ephemeral: {
        volumeClaimTemplate: {
          spec: {
            accessModes: ["ReadWriteOnce"],
            storageClassName: "premium-rwo",
            resources: { requests: { storage: "200Gi" } },
          },
        },
      },
    });
    expect(container.resources["requests"]).not.toHaveProperty("ephemeral-storage");
    expect(restrictedViolations(pod)).toEqual([]);
  });
});

interface Rule {
  to: { ipBlock?: { cidr: string; except?: string[] }; podSelector?: unknown }[];
  ports: { port: number }[];
}
const egressOf = async (args: Partial<EncoderPoolArgs> = {}) =>
  ((await made(args)).only(POLICY, "encoders-egress").inputs["spec"] as { egress: Rule[] }).egress;

describe("the network", () => {
  test("lets nobody of the namespace in or out but by a rule", async () => {
    expect((await made()).only(POLICY, "encoders-deny").inputs["spec"]).toEqual({
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
    });
  });

  test("lets encoders out to names, the coordinator's pods and storage, in this order", async () => {
    const [dns, coordinator, storage, ...more] = await egressOf({ storageRanges: ["199.36.153.4/30"] });
    expect(dns?.ports.map(({ port }) => port)).toEqual([53, 53]);
    expect(coordinator).toEqual({
      to: [
        {
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "mpegflow" } },
          podSelector: { matchLabels: { "app.kubernetes.io/name": "coordinator" } },
        },
      ],
      ports: [
        { protocol: "TCP", port: 8443 },
        { protocol: "TCP", port: 8080 },
      ],
    });
    expect(storage).toEqual({
      to: [{ ipBlock: { cidr: "199.36.153.4/30" } }],
      ports: [{ protocol: "TCP", port: 443 }],
    });
    expect(more).toEqual([]);
  });

  test("lets encoders out to Google's private addresses where nothing else is named", async () => {
    const [, , storage, ...more] = await egressOf();
    expect(storage).toEqual({
      to: [{ ipBlock: { cidr: "199.36.153.4/30" } }, { ipBlock: { cidr: "199.36.153.8/30" } }],
      ports: [{ protocol: "TCP", port: 443 }],
    });
    expect(more).toEqual([]);
  });

  test("lets encoders out to the storage hosts by their names, instead of Google's addresses", async () => {
    const recorder = await made({ storageHosts: ["storage.googleapis.com", "*.storage.googleapis.com"] });
    expect(recorder.only(FQDN).inputs["spec"]).toMatchObject({
      podSelector: { matchLabels: { "app.kubernetes.io/name": "encoder" } },
      egress: [
        {
          matches: [{ pattern: "*.storage.googleapis.com" }, { name: "storage.googleapis.com" }],
          ports: [{ protocol: "TCP", port: 443 }],
        },
      ],
    });
    const { egress } = recorder.only(POLICY, "encoders-egress").inputs["spec"] as { egress: Rule[] };
    expect(egress).toHaveLength(2);
  });

  test("lets encoders out to ranges and names together", async () => {
    const recorder = await made({
      storageHosts: ["partner.s3.us-east-1.amazonaws.com"],
      storageRanges: ["199.36.153.8/30"],
    });
    expect(recorder.ofType(FQDN)).toHaveLength(1);
    const { egress } = recorder.only(POLICY, "encoders-egress").inputs["spec"] as { egress: Rule[] };
    expect(egress[2]?.to).toEqual([{ ipBlock: { cidr: "199.36.153.8/30" } }]);
  });

  test("lets encoders out to every public address only where that is asked for", async () => {
    const [, , every, ...more] = await egressOf({ publicEgress: true });
    expect(every).toEqual({
      to: [
        {
          ipBlock: {
            cidr: "0.0.0.0/0",
            except: ["169.254.0.0/16", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"],
          },
        },
      ],
      ports: [{ protocol: "TCP", port: 443 }],
    });
    expect(more).toEqual([]);
  });

  test.each<[string, Partial<EncoderPoolArgs>, string, number]>([
    [
      "by ranges",
      { coordinatorUrl: "https://c.example.com", coordinatorRanges: ["203.0.113.8/29"] },
      "203.0.113.8/29",
      443,
    ],
    ["by its address", { coordinatorUrl: "https://203.0.113.10:8443" }, "203.0.113.10/32", 8443],
  ])("knows a coordinator outside the cluster %s, at its port", async (_, args, cidr, port) => {
    const [, coordinator] = await egressOf(args);
    expect(coordinator).toEqual({ to: [{ ipBlock: { cidr } }], ports: [{ protocol: "TCP", port }] });
  });

  test("knows a coordinator outside the cluster by its name, at its port", async () => {
    const recorder = await made({ coordinatorUrl: "https://c.example.com:8443", coordinatorByName: true });
    expect(recorder.only(FQDN, "encoders-coordinator").inputs["spec"]).toMatchObject({
      egress: [{ matches: [{ name: "c.example.com" }], ports: [{ protocol: "TCP", port: 8443 }] }],
    });
  });

  test("is closed before the first encoder starts", async () => {
    const { dependencies } = (await made()).only("kubernetes:apps/v1:Deployment");
    expect(dependencies).toEqual(
      expect.arrayContaining([`${POLICY}::encoders-deny`, `${POLICY}::encoders-egress`]),
    );
  });
});

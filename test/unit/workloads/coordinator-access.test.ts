import { describe, expect, test } from "vitest";
import { Coordinator, type ClientAccess, type CoordinatorArgs } from "../../../components/workloads/index.ts";
import { accessRulesSchema } from "../../../services/coordinator/auth/access.ts";
import { recordPulumi } from "../pulumi-mocks.ts";
import { coordinatorArgs } from "./coordinator-world.ts";
import { deploymentOf } from "./pods.ts";

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const FQDN = "kubernetes:networking.gke.io/v1alpha1:FQDNNetworkPolicy";

async function made(args: Partial<CoordinatorArgs> = {}) {
  const recorder = await recordPulumi();
  new Coordinator("central", { ...coordinatorArgs, ...args });
  await recorder.settled();
  return recorder;
}

const namespaceOf = (name: string) => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});

interface Policy {
  podSelector: unknown;
  policyTypes: string[];
  ingress: { from: unknown[]; ports: unknown[] }[];
  egress: { to: { ipBlock?: { cidr: string; except?: string[] } }[]; ports: { port: number }[] }[];
}
const policyOf = async (args: Partial<CoordinatorArgs> = {}) =>
  (await made(args)).only(POLICY).inputs["spec"] as Policy;
const reachable = ({ egress }: Policy) =>
  egress.flatMap(({ to, ports }) =>
    to.flatMap(({ ipBlock }) => (ipBlock ? ports.map(({ port }) => `${ipBlock.cidr}:${port}`) : [])),
  );

describe("a coordinator may ask the API server", () => {
  test("whose a token is, and nothing else", async () => {
    const recorder = await made();
    expect(recorder.only("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole").inputs["rules"]).toEqual([
      { apiGroups: ["authentication.k8s.io"], resources: ["tokenreviews"], verbs: ["create"] },
    ]);
    expect(recorder.only("kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding").inputs).toMatchObject({
      metadata: { name: "mpegflow-coordinator-token-reviews" },
      roleRef: { kind: "ClusterRole", name: "mpegflow-coordinator-token-reviews" },
      subjects: [{ kind: "ServiceAccount", name: "coordinator", namespace: "mpegflow" }],
    });
  });

  test("with a token of its pod's own, where every program looks for it", async () => {
    const { pod, container } = deploymentOf((await made()).only(DEPLOYMENT));
    expect(container.volumeMounts).toEqual([
      {
        name: "kubernetes-api",
        mountPath: "/var/run/secrets/kubernetes.io/serviceaccount",
        readOnly: true,
      },
      { name: "tls", mountPath: "/var/run/secrets/mpegflow-tls", readOnly: true },
    ]);
    expect(pod.volumes?.slice(0, 1)).toEqual([
      {
        name: "kubernetes-api",
        projected: {
          sources: [
            { serviceAccountToken: { path: "token", expirationSeconds: 3600 } },
            { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
            {
              downwardAPI: { items: [{ path: "namespace", fieldRef: { fieldPath: "metadata.namespace" } }] },
            },
          ],
        },
      },
    ]);
  });

  test("before its first pod starts", async () => {
    expect((await made()).only(DEPLOYMENT).dependencies).toEqual(
      expect.arrayContaining([
        "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding::central-token-reviews",
        `${POLICY}::central`,
      ]),
    );
  });
});

describe("a coordinator lets clients name", () => {
  const clients = {
    serviceAccounts: [{ namespace: "cms", name: "publisher" }],
    emails: ["Editor@Example.com"],
  };
  const rulesOf = async (access: ClientAccess[]): Promise<unknown> => {
    const { environment } = deploymentOf((await made({ clients: { ...clients, access } })).only(DEPLOYMENT));
    return accessRulesSchema.parse(JSON.parse(environment.get("MPEGFLOW_ACCESS") ?? ""));
  };

  test("everything that it serves, unless a rule says otherwise", async () => {
    const { environment } = deploymentOf((await made({ clients })).only(DEPLOYMENT));
    expect(environment.has("MPEGFLOW_ACCESS")).toBe(false);
  });

  test("folders of its own bucket and prefixes of other stores, in rules that it can read", async () => {
    expect(
      await rulesOf([
        {
          ...clients,
          inputs: ["ingest/", "s3://partner/masters/"],
          outputs: ["gs://other/out/"],
          keySecrets: ["projects/p/secrets/key-1"],
        },
        { emails: ["editor@example.com"], inputs: ["/"], outputs: ["edited/"] },
      ]),
    ).toEqual([
      {
        subjects: ["editor@example.com"],
        inputs: ["gs://media/"],
        outputs: ["gs://media/edited/"],
        secrets: [],
      },
      {
        subjects: ["system:serviceaccount:cms:publisher", "editor@example.com"],
        inputs: ["gs://media/ingest/", "s3://partner/masters/"],
        outputs: ["gs://other/out/"],
        secrets: ["projects/p/secrets/key-1"],
      },
    ]);
  });
});

describe("a coordinator takes dead letters", () => {
  const subscriptionOf = async (args: Partial<CoordinatorArgs>) =>
    deploymentOf((await made(args)).only(DEPLOYMENT)).environment.get("MPEGFLOW_DEAD_LETTER_SUBSCRIPTION");

  test("where it is told their subscription, and leaves them for people otherwise", async () => {
    expect(await subscriptionOf({ deadLetterSubscription: "jobs-dead-letter" })).toBe("jobs-dead-letter");
    expect(await subscriptionOf({})).toBeUndefined();
  });
});

describe("a coordinator takes tokens", () => {
  test("of the encoders of every pool, and of the pollers of their queues", async () => {
    const { environment } = deploymentOf(
      (await made({ encoderNamespace: "media", encoderPools: ["encoder", "long"] })).only(DEPLOYMENT),
    );
    expect(environment.get("MPEGFLOW_WORKER_SUBJECTS")).toBe(
      "system:serviceaccount:media:encoder,system:serviceaccount:media:long",
    );
    expect(environment.get("MPEGFLOW_SCALER_SUBJECTS")).toBe(
      "system:serviceaccount:media:keda-poller,system:serviceaccount:media:long-keda-poller",
    );
  });

  test("of the clients that are named, whose namespaces then reach it", async () => {
    const clients = {
      serviceAccounts: [{ namespace: "cms", name: "publisher" }],
      emails: ["editor@example.com"],
      ranges: ["10.9.0.0/24"],
    };
    const recorder = await made({ clients });
    const { environment } = deploymentOf(recorder.only(DEPLOYMENT));
    expect(environment.get("MPEGFLOW_CLIENT_SUBJECTS")).toBe("system:serviceaccount:cms:publisher");
    expect(environment.get("MPEGFLOW_CLIENT_EMAILS")).toBe("editor@example.com");
    const { ingress } = recorder.only(POLICY).inputs["spec"] as Policy;
    expect(ingress[0]?.from).toEqual(
      expect.arrayContaining([namespaceOf("cms"), { ipBlock: { cidr: "10.9.0.0/24" } }]),
    );
  });
});

describe("the network lets", () => {
  test("encoders and KEDA in, at the program's port, and nobody else", async () => {
    const { ingress, policyTypes } = await policyOf();
    expect(policyTypes).toEqual(["Ingress", "Egress"]);
    expect(ingress).toEqual([
      {
        from: [namespaceOf("mpegflow-encoders"), namespaceOf("keda")],
        ports: [{ protocol: "TCP", port: 8443 }],
      },
    ]);
  });

  test("Google's collectors of metrics in where they are to collect", async () => {
    const recorder = await made({ managedPrometheus: true });
    const { ingress } = recorder.only(POLICY).inputs["spec"] as Policy;
    expect(ingress[0]?.from).toContainEqual(namespaceOf("gmp-system"));
    expect(recorder.only("kubernetes:monitoring.googleapis.com/v1:PodMonitoring").inputs["spec"]).toEqual({
      selector: {
        matchLabels: {
          "app.kubernetes.io/name": "coordinator",
          "app.kubernetes.io/component": "coordinator",
        },
      },
      endpoints: [
        {
          port: "https",
          scheme: "https",
          tls: { insecureSkipVerify: true },
          path: "/metrics",
          interval: "30s",
        },
      ],
    });
  });

  test("it out to Google's APIs, the API server and the metadata server, at the ports that are theirs", async () => {
    expect(
      reachable(await policyOf({ googleRanges: ["199.36.153.4/30"], apiServerRange: "10.0.32.0/28" })),
    ).toEqual([
      "169.254.20.10/32:53",
      "169.254.20.10/32:53",
      "199.36.153.4/30:443",
      "10.0.32.0/28:443",
      "10.0.32.0/28:6443",
      "169.254.169.254/32:80",
      "169.254.169.254/32:8080",
      "169.254.169.252/32:987",
      "169.254.169.252/32:988",
    ]);
  });

  test("it out to Google's private addresses, and to private ones at the API server's ports, where nothing else is named", async () => {
    const ranges = reachable(await policyOf()).filter((one) => !one.startsWith("169.254."));
    expect(ranges).toEqual([
      "199.36.153.4/30:443",
      "199.36.153.8/30:443",
      ...["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"].flatMap((range) => [
        `${range}:443`,
        `${range}:6443`,
      ]),
    ]);
  });

  test("it out to hosts by their names, before its first pod starts", async () => {
    const recorder = await made({ googleHosts: ["storage.googleapis.com", "*.googleapis.com"] });
    expect(recorder.only(FQDN).inputs).toMatchObject({
      metadata: { name: "coordinator-google", namespace: "mpegflow" },
      spec: {
        podSelector: { matchLabels: { "app.kubernetes.io/name": "coordinator" } },
        egress: [
          {
            matches: [{ pattern: "*.googleapis.com" }, { name: "storage.googleapis.com" }],
            ports: [{ protocol: "TCP", port: 443 }],
          },
        ],
      },
    });
    expect(recorder.only(DEPLOYMENT).dependencies).toContain(`${FQDN}::central-google`);
    const { egress } = recorder.only(POLICY).inputs["spec"] as Policy;
    expect(JSON.stringify(egress)).not.toContain("199.36.153");
  });

  test("it out to every public address only where that is asked for, and to no metadata server by that", async () => {
    const { egress } = await policyOf({ publicEgress: true });
    const every = egress.flatMap(({ to }) => to).filter(({ ipBlock }) => ipBlock?.cidr === "0.0.0.0/0");
    expect(every.map(({ ipBlock }) => ipBlock?.except)).toEqual([
      ["169.254.0.0/16", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"],
    ]);
  });
});

describe("outside Google Cloud", () => {
  const outside = {
    googleCredentials: {
      secretName: "google",
      tokenAudience:
        "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/eks/providers/eks",
    },
    secretVariables: [{ variable: "MPEGFLOW_STORE_SECRET", secretName: "store", key: "secret" }],
    variables: { MPEGFLOW_STORE: "s3" },
  };

  test("a coordinator is somebody to Google by a file, which trades a token of its pod", async () => {
    const { pod, container, environment } = deploymentOf((await made(outside)).only(DEPLOYMENT));
    expect(environment.get("GOOGLE_APPLICATION_CREDENTIALS")).toBe(
      "/var/run/secrets/google/credentials.json",
    );
    expect(container.volumeMounts?.at(-1)).toEqual({
      name: "google-credentials",
      mountPath: "/var/run/secrets/google",
      readOnly: true,
    });
    expect(pod.volumes?.at(-1)).toEqual({
      name: "google-credentials",
      projected: {
        sources: [
          { secret: { name: "google", items: [{ key: "credentials.json", path: "credentials.json" }] } },
          {
            serviceAccountToken: {
              path: "token",
              audience: outside.googleCredentials.tokenAudience,
              expirationSeconds: 3600,
            },
          },
        ],
      },
    });
  });

  test("the keys of a store come from Secrets, by name", async () => {
    const { container, environment } = deploymentOf((await made(outside)).only(DEPLOYMENT));
    expect(container.env.at(-1)).toEqual({
      name: "MPEGFLOW_STORE_SECRET",
      valueFrom: { secretKeyRef: { name: "store", key: "secret" } },
    });
    expect(environment.get("MPEGFLOW_STORE")).toBe("s3");
  });

  test("the metadata server is out of reach", async () => {
    expect(reachable(await policyOf(outside)).filter((one) => one.includes("169.254.169"))).toEqual([]);
  });
});

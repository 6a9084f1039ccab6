import { describe, expect, test } from "vitest";
import { SignerKind } from "../../../components/identity/index.ts";
import type { CoordinatorSignerArgs } from "../../../components/workloads/coordinator-signer.ts";
import { Coordinator, type CoordinatorArgs } from "../../../components/workloads/index.ts";
import { recordPulumi, valueOf } from "../pulumi-mocks.ts";
import { coordinatorArgs } from "./coordinator-world.ts";
import { deploymentOf, restrictedViolations } from "./pods.ts";

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";

async function made(args: Partial<CoordinatorArgs> = {}) {
  const recorder = await recordPulumi();
  const coordinator = new Coordinator("central", { ...coordinatorArgs, ...args });
  await recorder.settled();
  return { recorder, coordinator };
}

describe("Coordinator", () => {
  test("makes a Deployment and all that it needs, below itself", async () => {
    const { recorder } = await made();
    const [component, ...children] = recorder.resources;
    expect(component?.type).toBe("mpegflow-gcs:index:Coordinator");
    expect(children.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
      "kubernetes:apps/v1:Deployment central",
      "kubernetes:core/v1:Secret central-tls",
      "kubernetes:core/v1:Service central",
      "kubernetes:core/v1:ServiceAccount central",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy central",
      "kubernetes:policy/v1:PodDisruptionBudget central",
      "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole central-token-reviews",
      "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding central-token-reviews",
      "tls:index/privateKey:PrivateKey central-ca-a",
      "tls:index/selfSignedCert:SelfSignedCert central-ca-a",
    ]);
    expect(new Set(children.map(({ parent }) => parent))).toEqual(
      new Set(["mpegflow-gcs:index:Coordinator::central"]),
    );
  });

  test("has exactly the environment that the program reads, secrets by name only", async () => {
    const { recorder } = await made();
    const { container, environment } = deploymentOf(recorder.only(DEPLOYMENT));
    expect(container.env[0]).toEqual({
      name: "MPEGFLOW_POD_IPS",
      valueFrom: { fieldRef: { fieldPath: "status.podIPs" } },
    });
    environment.delete("MPEGFLOW_POD_IPS");
    expect(Object.fromEntries(environment)).toEqual({
      MPEGFLOW_REGION: "us-central1",
      MPEGFLOW_PROJECT: "my-project",
      MPEGFLOW_BUCKET: "media",
      MPEGFLOW_JOBS_TOPIC: "jobs",
      MPEGFLOW_JOBS_SUBSCRIPTION: "jobs-pull",
      MPEGFLOW_EVENTS_TOPIC: "job-events",
      MPEGFLOW_SIGNER: "signBlob",
      MPEGFLOW_SIGNER_EMAIL: "signer@my-project.iam.gserviceaccount.com",
      MPEGFLOW_SIGN_BLOB_PER_SECOND: "100",
      MPEGFLOW_LEASE_SECRET: "projects/my-project/secrets/lease/versions/latest",
      MPEGFLOW_PORT: "8443",
      MPEGFLOW_TLS_DIRECTORY: "/var/run/secrets/mpegflow-tls",
      MPEGFLOW_TLS_NAMES:
        "coordinator.mpegflow.svc.cluster.local,coordinator.mpegflow.svc,coordinator.mpegflow,coordinator,$(MPEGFLOW_POD_IPS)",
      MPEGFLOW_LEASE_SECONDS: "60",
      MPEGFLOW_URL_TTL_SECONDS: "900",
      MPEGFLOW_MAX_ATTEMPTS: "5",
      MPEGFLOW_BACKLOG: "4",
      MPEGFLOW_JOBS_PREFIX: ".mpegflow/jobs/",
      MPEGFLOW_AUDIENCE: "mpegflow-coordinator",
      MPEGFLOW_WORKER_SUBJECTS: "system:serviceaccount:mpegflow-encoders:encoder",
      MPEGFLOW_SCALER_SUBJECTS: "system:serviceaccount:mpegflow-encoders:keda-poller",
    });
  });

  const signerVariablesOf = async (args: CoordinatorSignerArgs) => {
    const recorder = await recordPulumi();
    const others = Object.entries(coordinatorArgs).filter(([key]) => key !== "signerEmail");
    new Coordinator("central", { ...(Object.fromEntries(others) as unknown as CoordinatorArgs), ...args });
    await recorder.settled();
    const { environment } = deploymentOf(recorder.only(DEPLOYMENT));
    return Object.fromEntries([...environment].filter(([name]) => /_SIGN(?:ER|_)/.test(name)));
  };

  test("signs with an HMAC key, and with another for reading, when told so", async () => {
    const secret = (name: string) => `projects/my-project/secrets/${name}/versions/latest`;
    expect(
      await signerVariablesOf({
        signer: SignerKind.Hmac,
        signerSecretVersion: secret("a"),
        readSignerSecretVersion: secret("b"),
      }),
    ).toEqual({
      MPEGFLOW_SIGNER: "hmac",
      MPEGFLOW_SIGNER_SECRET: secret("a"),
      MPEGFLOW_READ_SIGNER_SECRET: secret("b"),
    });
  });

  test("signs in another account's name for reading when told so, at its share of the quota", async () => {
    expect(
      await signerVariablesOf({
        signerEmail: "w@p.iam.gserviceaccount.com",
        readSignerEmail: "r@p.iam.gserviceaccount.com",
        signBlobPerSecond: 40,
      }),
    ).toEqual({
      MPEGFLOW_SIGNER: "signBlob",
      MPEGFLOW_SIGNER_EMAIL: "w@p.iam.gserviceaccount.com",
      MPEGFLOW_READ_SIGNER_EMAIL: "r@p.iam.gserviceaccount.com",
      MPEGFLOW_SIGN_BLOB_PER_SECOND: "40",
    });
  });

  test("passes its settings on", async () => {
    const { recorder } = await made({
      leaseSeconds: 15,
      urlTtlSeconds: 600,
      maxAttempts: 3,
      backlog: 8,
      jobsPrefix: "jobs/",
      replicas: 3,
    });
    const { environment, spec } = deploymentOf(recorder.only(DEPLOYMENT));
    expect(spec.replicas).toBe(3);
    expect(
      ["LEASE_SECONDS", "URL_TTL_SECONDS", "MAX_ATTEMPTS", "BACKLOG", "JOBS_PREFIX"].map((key) =>
        environment.get(`MPEGFLOW_${key}`),
      ),
    ).toEqual(["15", "600", "3", "8", "jobs/"]);
  });

  test("is two replicas unless told otherwise", async () => {
    const { recorder } = await made();
    expect(deploymentOf(recorder.only(DEPLOYMENT)).spec.replicas).toBe(2);
  });

  test("is accepted by a namespace that enforces restricted pods, and writes to no disk", async () => {
    const { recorder } = await made();
    const { pod, container } = deploymentOf(recorder.only(DEPLOYMENT));
    expect(restrictedViolations(pod)).toEqual([]);
    expect(container.securityContext["readOnlyRootFilesystem"]).toBe(true);
    expect((pod.volumes ?? []).filter((volume) => !("projected" in volume || "secret" in volume))).toEqual(
      [],
    );
  });

  test("says on its port whether it lives and whether it is ready", async () => {
    const { recorder } = await made();
    const { container } = deploymentOf(recorder.only(DEPLOYMENT));
    const https = { port: "https", scheme: "HTTPS" };
    expect(container.ports).toEqual([{ name: "https", containerPort: 8443, protocol: "TCP" }]);
    expect(container["livenessProbe"]?.httpGet).toEqual({ path: "/healthz", ...https });
    expect(container["startupProbe"]?.httpGet).toEqual({ path: "/healthz", ...https });
    expect(container["readinessProbe"]?.httpGet).toEqual({ path: "/readyz", ...https });
  });

  test("is reached at port 443 of a Service that selects its pods", async () => {
    const { recorder, coordinator } = await made();
    const service = recorder.only("kubernetes:core/v1:Service").inputs as {
      spec: { selector: Record<string, string>; ports: unknown };
    };
    const { spec } = deploymentOf(recorder.only(DEPLOYMENT));
    expect(service.spec.ports).toEqual([{ name: "https", port: 443, targetPort: "https", protocol: "TCP" }]);
    expect(service.spec.selector).toEqual(spec.selector.matchLabels);
    expect(spec.template.metadata.labels).toMatchObject(service.spec.selector);
    expect(await valueOf(coordinator.url)).toBe("https://coordinator.mpegflow.svc.cluster.local");
  });

  test("runs as its own service account, without an automatic token or an annotation", async () => {
    const { recorder } = await made();
    const account = recorder.only("kubernetes:core/v1:ServiceAccount").inputs as {
      metadata: Record<string, unknown>;
      automountServiceAccountToken: boolean;
    };
    expect(account.metadata["name"]).toBe("coordinator");
    expect(account.metadata["annotations"]).toBeUndefined();
    expect(account.automountServiceAccountToken).toBe(false);
    const { pod } = deploymentOf(recorder.only(DEPLOYMENT));
    expect([pod.serviceAccountName, pod.automountServiceAccountToken]).toEqual(["coordinator", false]);
  });

  test("lets a node be drained, one pod at a time, even with a single replica", async () => {
    const { recorder } = await made({ replicas: 1 });
    expect(recorder.only("kubernetes:policy/v1:PodDisruptionBudget").inputs["spec"]).toEqual({
      maxUnavailable: 1,
      selector: { matchLabels: deploymentOf(recorder.only(DEPLOYMENT)).spec.selector.matchLabels },
    });
  });

  test("takes another name, so that two live in one namespace", async () => {
    const { recorder, coordinator } = await made({
      kubernetesName: "coordinator-b",
      serviceAccountName: "b",
    });
    expect(await valueOf(coordinator.url)).toBe("https://coordinator-b.mpegflow.svc.cluster.local");
    expect(await valueOf(coordinator.serviceAccountName)).toBe("b");
    expect(deploymentOf(recorder.only(DEPLOYMENT)).metadata.name).toBe("coordinator-b");
  });

  test("refuses wrong arguments, all at once and before anything is made", async () => {
    const recorder = await recordPulumi();
    const wrong = {
      leaseSeconds: 601,
      urlTtlSeconds: 59,
      maxAttempts: 0,
      backlog: 1.5,
      replicas: 0,
      jobsPrefix: "/jobs",
    };
    expect(() => new Coordinator("c", { ...coordinatorArgs, ...wrong })).toThrow(
      [
        'Coordinator "c": 6 problems.',
        "  - leaseSeconds: given 601; allowed: a whole number from 10 to 600. Fix: use a number in that range",
        "  - urlTtlSeconds: given 59; allowed: a whole number from 60 to 43200. Fix: use a number in that range",
        "  - maxAttempts: given 0; allowed: a whole number from 1 to 100. Fix: use a number in that range",
        "  - backlog: given 1.5; allowed: a whole number from 1 to 1000. Fix: use a number in that range",
        "  - replicas: given 0; allowed: a whole number from 1 to 100. Fix: use a number in that range",
        '  - jobsPrefix: given "/jobs"; allowed: an object name prefix of A-Z a-z 0-9 . _ - and /, ending in /. Fix: use one such as ".mpegflow/jobs/"',
      ].join("\n"),
    );
    await recorder.settled();
    expect(recorder.resources).toEqual([]);
  });
});

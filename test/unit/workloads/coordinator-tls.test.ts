import { describe, expect, test } from "vitest";
import { Coordinator, type CoordinatorArgs, type CoordinatorTls } from "../../../components/index.ts";
import { recordPulumi, valueOf } from "../pulumi-mocks.ts";
import { CA } from "./authority.ts";
import { coordinatorArgs } from "./coordinator-world.ts";
import { deploymentOf } from "./pods.ts";

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const SECRET = "kubernetes:core/v1:Secret";
const KEY = "tls:index/privateKey:PrivateKey";
const CERTIFICATE = "tls:index/selfSignedCert:SelfSignedCert";

async function made(tls?: CoordinatorTls, more: Partial<CoordinatorArgs> = {}) {
  const recorder = await recordPulumi({
    outputs: ({ type, name }) =>
      type === KEY
        ? { privateKeyPem: `key of ${name}`, privateKeyPemPkcs8: `PKCS #8 key of ${name}` }
        : type === CERTIFICATE
          ? { certPem: `certificate of ${name}\n` }
          : {},
  });
  const coordinator = new Coordinator("central", { ...coordinatorArgs, ...(tls && { tls }), ...more });
  await recorder.settled();
  return { recorder, coordinator };
}

describe("the authority that vouches for a coordinator", () => {
  test("is one of the stack's own for ten years, and gets its next certificate in the second half of them", async () => {
    const { recorder } = await made();
    expect(recorder.only(KEY).inputs).toEqual({ algorithm: "ECDSA", ecdsaCurve: "P256" });
    expect(recorder.only(CERTIFICATE).inputs).toMatchObject({
      isCaCertificate: true,
      setSubjectKeyId: true,
      allowedUses: ["cert_signing", "digital_signature"],
      validityPeriodHours: 87_600,
      earlyRenewalHours: 43_800,
    });
  });

  test("has its key in one Secret, which the coordinator's pods alone mount", async () => {
    const { recorder } = await made();
    expect(recorder.only(SECRET).inputs).toMatchObject({
      metadata: { name: "coordinator-tls", namespace: "mpegflow" },
      type: "kubernetes.io/tls",
      stringData: {
        "tls.crt": "certificate of central-ca-a\n",
        "tls.key": "PKCS #8 key of central-ca-a",
      },
    });
    const { pod, container } = deploymentOf(recorder.only(DEPLOYMENT));
    expect(pod.volumes).toContainEqual({
      name: "tls",
      secret: { secretName: "coordinator-tls", defaultMode: 0o440 },
    });
    expect(container.volumeMounts).toContainEqual({
      name: "tls",
      mountPath: "/var/run/secrets/mpegflow-tls",
      readOnly: true,
    });
  });

  test("is the first of several, and all of them are trusted", async () => {
    const { recorder, coordinator } = await made({ authorities: ["b", "a"] });
    expect(recorder.only(SECRET).inputs["stringData"]).toMatchObject({
      "tls.crt": "certificate of central-ca-b\n",
    });
    expect(await valueOf(coordinator.caCertificate)).toBe(
      "certificate of central-ca-b\n\ncertificate of central-ca-a\n",
    );
  });

  test("is cert-manager's where there is an issuer, and its key is in no state", async () => {
    const { recorder, coordinator } = await made({
      certManager: { name: "company", caCertificate: CA },
    });
    expect(recorder.only("kubernetes:cert-manager.io/v1:Certificate").inputs).toMatchObject({
      metadata: { name: "coordinator-cert-manager-tls", namespace: "mpegflow" },
      spec: {
        secretName: "coordinator-cert-manager-tls",
        isCA: true,
        usages: ["cert sign", "digital signature"],
        issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: "company" },
      },
    });
    for (const type of [KEY, CERTIFICATE, SECRET])
      expect(recorder.resources.filter((one) => one.type === type)).toEqual([]);
    expect(deploymentOf(recorder.only(DEPLOYMENT)).pod.volumes).toContainEqual({
      name: "tls",
      secret: { secretName: "coordinator-cert-manager-tls", defaultMode: 0o440 },
    });
    expect(await valueOf(coordinator.caCertificate)).toBe(CA);
  });
});

test("certificates are for further names that the coordinator is reached by", async () => {
  const { recorder } = await made({ names: ["coordinator.example.com"] });
  const { environment } = deploymentOf(recorder.only(DEPLOYMENT));
  expect(environment.get("MPEGFLOW_TLS_NAMES")).toContain(",coordinator.example.com,$(MPEGFLOW_POD_IPS)");
});

describe("plain HTTP", () => {
  const portsOf = async (tls?: CoordinatorTls) => {
    const { recorder } = await made(tls);
    const { container, environment } = deploymentOf(recorder.only(DEPLOYMENT));
    const { ports } = recorder.only("kubernetes:core/v1:Service").inputs["spec"] as {
      ports: { port: number; targetPort: string }[];
    };
    const { ingress } = recorder.only("kubernetes:networking.k8s.io/v1:NetworkPolicy").inputs["spec"] as {
      ingress: { ports: { port: number }[] }[];
    };
    return {
      container: (container.ports as { containerPort: number }[]).map((one) => one.containerPort),
      service: ports.map(({ port, targetPort }) => [port, targetPort]),
      policy: ingress.flatMap((rule) => rule.ports.map(({ port }) => port)),
      variable: environment.get("MPEGFLOW_PLAINTEXT_PORT"),
    };
  };

  test("is served nowhere unless it is asked for", async () => {
    expect(await portsOf()).toEqual({
      container: [8443],
      service: [[443, "https"]],
      policy: [8443],
      variable: undefined,
    });
  });

  test("is served besides while a stack comes to TLS, where it was served before", async () => {
    expect(await portsOf({ plaintext: true })).toEqual({
      container: [8443, 8080],
      service: [
        [443, "https"],
        [80, "http"],
      ],
      policy: [8443, 8080],
      variable: "8080",
    });
  });
});

test("metrics are collected by HTTPS", async () => {
  const { recorder } = await made(undefined, { managedPrometheus: true });
  expect(recorder.only("kubernetes:monitoring.googleapis.com/v1:PodMonitoring").inputs["spec"]).toMatchObject(
    {
      endpoints: [{ port: "https", scheme: "https", tls: { insecureSkipVerify: true } }],
    },
  );
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accessOf, kubernetesClient, type KubernetesClient } from "../../sandbox/kubernetes/client/index.ts";
import { startControlPlane, type ControlPlane } from "../../sandbox/kubernetes/control-plane/index.ts";
import { defaultCacheDirectory, terminalReport } from "../../sandbox/process/index.ts";

/** A control plane of the test's own, and a client of its administrator. */
export interface TestPlane extends ControlPlane {
  readonly admin: KubernetesClient;
  readonly directory: string;
  /** A client with a service account's token. */
  as(token: string): KubernetesClient;
  dispose(): Promise<void>;
}

/** Starts a control plane in a temporary directory; the first time on a machine this builds its programs, so call it in `beforeAll`. */
export async function startTestPlane(region = "europe-west1"): Promise<TestPlane> {
  const directory = mkdtempSync(join(tmpdir(), "control-plane-"));
  const plane = await startControlPlane({
    directory,
    region,
    cacheDirectory: defaultCacheDirectory(),
    report: terminalReport(),
  });
  const admin = adminClient(plane);
  const clients = [admin];
  return {
    ...plane,
    admin,
    directory,
    as: (token) => {
      const client = kubernetesClient({ server: plane.url, ca: plane.ca, token });
      clients.push(client);
      return client;
    },
    dispose: async () => {
      await Promise.all(clients.map((client) => client.close()));
      await plane.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A client as the kubeconfig of the administrator makes one. */
export const adminClient = ({ adminKubeconfig }: ControlPlane): KubernetesClient =>
  kubernetesClient(accessOf(adminKubeconfig));

/** Makes a namespace with a service account in it, and a token of that by TokenRequest. */
export async function boundToken(
  admin: KubernetesClient,
  namespace: string,
  account: string,
  audiences?: readonly string[],
): Promise<string> {
  await admin.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  await admin.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: { namespace, name: account } });
  const answer = await admin.call(
    "POST",
    `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
    {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec: { expirationSeconds: 3600, ...(audiences && { audiences }) },
    },
  );
  return (answer as { status: { token: string } }).status.token;
}

export interface TokenReview {
  authenticated?: boolean;
  user?: { username: string };
  error?: string;
}

/** What the API server says of a token. */
export async function reviewToken(
  client: KubernetesClient,
  token: string,
  audiences?: readonly string[],
): Promise<TokenReview> {
  const answer = await client.call("POST", "/apis/authentication.k8s.io/v1/tokenreviews", {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenReview",
    spec: { token, ...(audiences && { audiences }) },
  });
  return (answer as { status: TokenReview }).status;
}

/** A container that Pod Security `restricted` lets in. */
export const restrictedContainer = {
  name: "main",
  image: "registry.example/main",
  securityContext: {
    allowPrivilegeEscalation: false,
    runAsNonRoot: true,
    capabilities: { drop: ["ALL"] },
    seccompProfile: { type: "RuntimeDefault" },
  },
};

export function deployment(namespace: string, name: string, replicas: number): object {
  const labels = { app: name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { namespace, name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [restrictedContainer] } },
    },
  };
}

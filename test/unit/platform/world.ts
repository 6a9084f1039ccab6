import * as gcp from "@pulumi/gcp";
import * as kubernetes from "@pulumi/kubernetes";
import {
  MpegFlowPlatform,
  predefined,
  type MpegFlowPlatformArgs,
  type PlatformOwnClusters,
} from "../../../components/index.ts";
import { once } from "../once.ts";
import { recordPulumi } from "../pulumi-mocks.ts";

export const HMAC_SECRET = "hmac-secret-that-nobody-may-see";
export const LEASE_SECRET = "bGVhc2Utc2VjcmV0LXRoYXQtbm9ib2R5LW1heS1zZWU=";
/** The principal of the coordinators. */
export const COORDINATOR =
  "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/" +
  "my-project.svc.id.goog/subject/ns/mpegflow/sa/coordinator";

const keyRingIn = (location: string, name: string): string =>
  `projects/my-project/locations/${location}/keyRings/${name}`;
/** Full name of a key that a platform has made. */
export const madeKey = (location: string, name: string): string =>
  `${keyRingIn(location, name)}/cryptoKeys/${name}`;

/** Starts a program's record; `calls` are the functions of providers that it called. */
export async function record() {
  const calls: string[] = [];
  const recorder = await recordPulumi({
    id: ({ type, name, inputs }) => {
      const { location, keyRing } = inputs as { location?: string; keyRing?: string };
      if (type === "gcp:kms/keyRing:KeyRing") return keyRingIn(location ?? "", name);
      return type === "gcp:kms/cryptoKey:CryptoKey" ? `${keyRing ?? ""}/cryptoKeys/${name}` : undefined;
    },
    outputs: ({ type, name }) => {
      if (type === "gcp:serviceaccount/account:Account") return { email: `${name}@my-project.iam` };
      if (type === "gcp:container/cluster:Cluster") {
        return { controlPlaneEndpointsConfig: { dnsEndpointConfig: { endpoint: `${name}.gke.goog` } } };
      }
      if (type === "gcp:compute/globalAddress:GlobalAddress") return { address: "192.0.2.1" };
      if (type.startsWith("gcp:compute/")) return { selfLink: `https://compute/${name}` };
      if (type.startsWith("aws:")) return { arn: `arn:aws:iam::123456789012:role/${name}` };
      if (type === "gcp:storage/hmacKey:HmacKey") return { accessId: `GOOG-${name}`, secret: HMAC_SECRET };
      if (type === "gcp:certificatemanager/dnsAuthorization:DnsAuthorization") {
        return { dnsResourceRecords: [{ name: "_acme-challenge.", type: "CNAME", data: "authorize." }] };
      }
      return type === "random:index/randomBytes:RandomBytes" ? { base64: LEASE_SECRET } : {};
    },
    call: ({ token }) => {
      calls.push(token);
      return { number: "123456789012" };
    },
  });
  return { recorder, calls };
}

export function clusters(...regions: string[]) {
  return regions.map((name) => ({
    region: name,
    provider: new kubernetes.Provider(name, { context: name }),
  }));
}

export type Settings = Partial<Omit<MpegFlowPlatformArgs, "clusters">>;

export function platform(regions: string[], settings: Settings = {}) {
  return new MpegFlowPlatform(
    "mpegflow",
    {
      placement: predefined("NAM4"),
      projectId: "my-project",
      projectNumber: "123456789012",
      images: { coordinator: "registry/coordinator:1", worker: "registry/worker:1" },
      ...settings,
      clusters: clusters(...regions),
    },
    { providers: [new gcp.Provider("google", { project: "my-project" })] },
  );
}

/** A platform that makes its clusters. */
export function platformOfOwnClusters(
  ownClusters: PlatformOwnClusters,
  regions: string[],
  settings: Settings = {},
) {
  return new MpegFlowPlatform(
    "mpegflow",
    {
      placement: predefined("NAM4"),
      projectId: "my-project",
      projectNumber: "123456789012",
      images: { coordinator: "registry/coordinator:1", worker: "registry/worker:1" },
      ownClusters,
      ...settings,
      clusters: regions.map((name) => ({ region: name })),
    },
    { providers: [new gcp.Provider("google", { project: "my-project" })] },
  );
}

export const made = once(async (regions: string[] = ["us-central1", "us-east1"], settings: Settings = {}) => {
  const { recorder, calls } = await record();
  const made = platform(regions, settings);
  await recorder.settled();
  return { recorder, platform: made, calls };
});

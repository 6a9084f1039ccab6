import type { RecordOptions } from "../../../testing/index.ts";

const OUTPUTS: Readonly<Record<string, (name: string) => Readonly<Record<string, unknown>>>> = {
  "gcp:serviceaccount/account:Account": (name) => ({
    email: `${name}@my-project.iam.gserviceaccount.com`,
    member: `serviceAccount:${name}@my-project.iam.gserviceaccount.com`,
  }),
  "gcp:container/cluster:Cluster": (name) => ({
    controlPlaneEndpointsConfig: { dnsEndpointConfig: { endpoint: `${name}.gke.goog` } },
  }),
  "gcp:storage/hmacKey:HmacKey": (name) => ({ accessId: `GOOG-${name}`, secret: "hmac-secret" }),
  "gcp:certificatemanager/dnsAuthorization:DnsAuthorization": () => ({
    dnsResourceRecords: [{ name: "_acme-challenge.", type: "CNAME", data: "authorize." }],
  }),
  "docker-build:index:Image": (name) => ({
    ref: `us-docker.pkg.dev/my-project/mpegflow/${name}@sha256:${"d".repeat(64)}`,
  }),
  "random:index/randomBytes:RandomBytes": () => ({ base64: "c2VjcmV0" }),
};

/** What providers would compute for the resources of a stack, as far as its program looks at it. */
export const stackMocks: RecordOptions = {
  id: ({ type, name, inputs }) => {
    const { location, keyRing } = inputs as { location?: string; keyRing?: string };
    if (type === "gcp:kms/keyRing:KeyRing")
      return `projects/my-project/locations/${location ?? ""}/keyRings/${name}`;
    return type === "gcp:kms/cryptoKey:CryptoKey" ? `${keyRing ?? ""}/cryptoKeys/${name}` : undefined;
  },
  outputs: ({ type, name }) =>
    OUTPUTS[type]?.(name) ??
    (type.startsWith("aws:") ? { arn: `arn:aws:iam::123456789012:role/${name}` } : {}),
  call: () => ({
    number: "123456789012",
    subjectId: "100000000123456789012",
    emailAddress: "a@b.iam.gserviceaccount.com",
  }),
};

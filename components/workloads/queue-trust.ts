import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { PoolPlace } from "./coordinator-trust.ts";
import type { QueueTrustResources } from "./encoder-pool-resources.ts";

/** Hours; ten years. The pair proves nothing, so that its end matters to nobody. */
const PAIR_HOURS = 87_600;

/**
 * Who vouches for the coordinator, for KEDA, with the pair of a client's certificate and key without which KEDA takes no
 * authority (KEDA 2.20.2, pkg/scalers/authentication). The coordinator asks for none: KEDA proves itself by its token. It
 * is in a ConfigMap, because a KEDA that may read no Secrets, as ours may not, reads those.
 */
export function queueTrust(name: string, ca: pulumi.Input<string>, place: PoolPlace): QueueTrustResources {
  const opts = { parent: place.parent };
  const key = new tls.PrivateKey(`${name}-queue`, { algorithm: "ECDSA", ecdsaCurve: "P256" }, opts);
  const certificate = new tls.SelfSignedCert(
    `${name}-queue`,
    {
      privateKeyPem: key.privateKeyPem,
      subject: { organization: "MpegFlow", commonName: "KEDA, which proves nothing by this" },
      allowedUses: ["client_auth"],
      validityPeriodHours: PAIR_HOURS,
    },
    opts,
  );
  const configMap = new kubernetes.core.v1.ConfigMap(
    `${name}-queue`,
    {
      metadata: {
        name: `${place.kubernetesName}-queue`,
        namespace: place.namespace,
        labels: place.labels.all,
      },
      data: { "ca.crt": ca, "client.crt": certificate.certPem, "client.key": key.privateKeyPemPkcs8 },
    },
    opts,
  );
  return { key, certificate, configMap };
}

/** What KEDA takes of it. */
export function queueTrustParameters({ configMap }: QueueTrustResources) {
  const { name } = configMap.metadata;
  return [
    { parameter: "ca", name, key: "ca.crt" },
    { parameter: "cert", name, key: "client.crt" },
    { parameter: "key", name, key: "client.key" },
  ];
}

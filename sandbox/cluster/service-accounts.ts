import { createHash } from "node:crypto";
import { serviceAccountSchema, type Manifest } from "./manifest.ts";
import { podSpecSchema, type PodSpec } from "./pod-schema.ts";

/** What the API server knows of a service account. */
export interface ServiceAccount {
  uid: string;
  /** Whether its pods get a token of the API server's when they do not say. */
  automount: boolean;
}

/** A declared service account, or the one named `default` that each namespace has. */
export function serviceAccountOf(
  declared: Manifest | undefined,
  namespace: string,
  name: string,
): ServiceAccount | undefined {
  if (declared !== undefined) {
    const { metadata, automountServiceAccountToken } = serviceAccountSchema.parse(declared);
    return { uid: metadata.uid ?? "", automount: automountServiceAccountToken ?? true };
  }
  if (name !== "default") return undefined;
  const uid = createHash("sha256").update(namespace).digest("hex").slice(0, 32);
  return { uid, automount: true };
}

const place = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * The pod with the token that Kubernetes' ServiceAccount admission gives to pods that do not renounce it.
 * https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-token-volume
 */
export function admitServiceAccount(spec: PodSpec, account: ServiceAccount): PodSpec {
  if (!(spec.automountServiceAccountToken ?? account.automount)) return spec;
  const name = "kube-api-access";
  const mounted = <C extends PodSpec["containers"][number]>(container: C): C =>
    container.volumeMounts.some(({ mountPath }) => mountPath === place)
      ? container
      : {
          ...container,
          volumeMounts: [...container.volumeMounts, { name, mountPath: place, subPath: "" }],
        };
  return podSpecSchema.parse({
    ...spec,
    containers: spec.containers.map(mounted),
    initContainers: spec.initContainers.map(mounted),
    volumes: [
      ...spec.volumes.map(asDeclared),
      {
        name,
        projected: {
          sources: [
            { serviceAccountToken: { expirationSeconds: 3607, path: "token" } },
            { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
            {
              downwardAPI: { items: [{ path: "namespace", fieldRef: { fieldPath: "metadata.namespace" } }] },
            },
          ],
        },
      },
    ],
  });
}

/** A secret volume's name is spelled `secretName` in a manifest. */
function asDeclared(volume: PodSpec["volumes"][number]): object {
  return volume.secret === undefined
    ? volume
    : { ...volume, secret: { ...volume.secret, secretName: volume.secret.name } };
}

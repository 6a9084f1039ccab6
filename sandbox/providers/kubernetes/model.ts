import kubernetes from "@pulumi/kubernetes/package.json" with { type: "json" };
import { any, string } from "../fields.ts";
import type { ProviderModel } from "../provider.ts";
import { helmRelease } from "./helm-release.ts";
import { accessKinds } from "./access-kinds.ts";
import { customKinds } from "./custom-kinds.ts";
import { kinds } from "./kinds.ts";
import { functions, manifestChildren, unrendered } from "./manifests.ts";
import { movedBy } from "./moved.ts";
import { completeMetadata, kubernetesObject } from "./objects.ts";

/** Kubernetes clusters as far as the sandbox models them: a provider's `context` is the name of a local cluster. */
export const kubernetesModel: ProviderModel = {
  name: "kubernetes",
  version: kubernetes.version,
  configuration: {
    context: string(),
    cluster: string(),
    clusterIdentifier: string(),
    kubeconfig: string(),
    namespace: string(),
    enableConfigMapMutable: any(),
    enableSecretMutable: any(),
    // Provider settings for reaching an API server, which the local cluster does not have.
    enableServerSideApply: any(),
    enablePatchForce: any(),
    deleteUnreachable: any(),
    skipUpdateUnreachable: any(),
    suppressDeprecationWarnings: any(),
    suppressHelmHookWarnings: any(),
    upsertExistingObjects: any(),
    kubeClientSettings: any(),
    helmReleaseSettings: any(),
    version: string(),
  },
  resources: [...[...kinds, ...accessKinds, ...customKinds].map(kubernetesObject), helmRelease],
  functions,
  // Any kind of the API, and of custom resource definitions: `kubernetes:batch/v1:CronJob`. The SDK says apiVersion and kind.
  completeUnmodelled: (_type, inputs, naming) =>
    "kind" in inputs ? completeMetadata(inputs, naming, undefined) : inputs,
  childrenOf: manifestChildren,
  unrendered,
  movedBy,
};

import type { ProviderModel } from "./provider.ts";

/** The sandbox's providers, each loaded when it is asked for. */
export const providerModels: Readonly<Record<string, () => Promise<ProviderModel>>> = {
  aws: async () => (await import("./aws/model.ts")).awsModel,
  "docker-build": async () => (await import("./docker-build/model.ts")).dockerBuildModel,
  gcp: async () => (await import("./gcp/model.ts")).gcpModel,
  kubernetes: async () => (await import("./kubernetes/model.ts")).kubernetesModel,
  random: async () => (await import("./random/model.ts")).randomModel,
  tls: async () => (await import("./tls/model.ts")).tlsModel,
};

import { shown, type Problem } from "../validation/index.ts";

/** Google services that can be given a key, by the names in their APIs' addresses. */
export const EncryptedService = {
  /** Cloud Storage: buckets. The key has to be where the bucket is. */
  Storage: "storage",
  /** Pub/Sub: topics. */
  PubSub: "pubsub",
  /** Cloud Logging: log buckets. The key has to be in the log bucket's region. */
  Logging: "logging",
  /** BigQuery: datasets and tables. The key has to be in the dataset's location. */
  BigQuery: "bigquery",
  /** Secret Manager. The key has to be in the replica's region, or `global` for secrets that Google replicates. */
  SecretManager: "secretmanager",
  /** Artifact Registry: repositories. The key has to be in the repository's location. */
  ArtifactRegistry: "artifactregistry",
  /** Google Kubernetes Engine: Kubernetes secrets in etcd. The key has to be in the cluster's region. */
  Container: "container",
} as const;
export type EncryptedService = (typeof EncryptedService)[keyof typeof EncryptedService];

/** The services of a media platform: its bucket and its topics, dead letters included. */
export const DEFAULT_SERVICES: readonly EncryptedService[] = [
  EncryptedService.Storage,
  EncryptedService.PubSub,
];

/** A list with something in it, each of it known and there once. */
export function serviceProblems(services: readonly string[]): Problem[] {
  const known: readonly string[] = Object.values(EncryptedService);
  const allowed = `one or more of ${known.join(", ")}`;
  if (services.length === 0) {
    return [{ path: "services", given: "[]", allowed, fix: "name the services that will use the key" }];
  }
  const strangers = services.flatMap((service, index): Problem[] =>
    known.includes(service)
      ? []
      : [{ path: `services[${index}]`, given: shown(service), allowed, fix: "use a name of this list" }],
  );
  const repeated = [...new Set(services.filter((one, index) => services.indexOf(one) !== index))];
  return [
    ...strangers,
    ...repeated.map((service) => ({
      path: "services",
      given: `${shown(service)} more than once`,
      allowed: "each service once",
      fix: "remove the repetition",
    })),
  ];
}

import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { projectNumberOf } from "../identity/project.ts";
import { EncryptedService } from "./services.ts";

/** Whose service agents, and what is known of them already. */
export interface ServiceAgentsArgs {
  readonly projectId: string;
  readonly projectNumber?: pulumi.Input<string>;
  readonly loggingServiceAccount?: pulumi.Input<string>;
}

/** A service's own account in the project. */
export interface ServiceAgent {
  /** IAM member. */
  readonly member: pulumi.Output<string>;
  /** Makes the account, before roles can be granted to the member; undefined where Google has made it. */
  readonly identity: gcp.projects.ServiceIdentity | undefined;
}

/** Services whose agents are made by declaring them, with the agents' domains. */
const DECLARED = {
  [EncryptedService.PubSub]: "gcp-sa-pubsub",
  [EncryptedService.SecretManager]: "gcp-sa-secretmanager",
  [EncryptedService.ArtifactRegistry]: "gcp-sa-artifactregistry",
} as const satisfies Partial<Record<EncryptedService, string>>;

/**
 * The service agent with which a Google service uses keys. Google creates these accounts on first use, and a role
 * cannot be granted to a missing one. An update therefore creates it, with a `ServiceIdentity`, or for Cloud Storage by
 * looking up its address. A preview with a configured project number looks nothing up, because the addresses are
 * documented; only Cloud Logging's is not, and differs by project.
 *
 * Sources: https://docs.cloud.google.com/storage/docs/projects#service-agents,
 * https://docs.cloud.google.com/iam/docs/service-agents,
 * https://docs.cloud.google.com/bigquery/docs/customer-managed-encryption,
 * https://docs.cloud.google.com/logging/docs/routing/managed-encryption-storage,
 * https://docs.cloud.google.com/kubernetes-engine/docs/how-to/encrypting-secrets
 */
export function serviceAgent(
  service: EncryptedService,
  args: ServiceAgentsArgs,
  name: string,
  parent: pulumi.Resource,
): ServiceAgent {
  const options = { parent };
  const project = args.projectId;
  const preview = args.projectNumber !== undefined && pulumi.runtime.isDryRun();
  const documented = (address: (projectNumber: string) => string) =>
    projectNumberOf(args, options).apply((number) => account(address(number)));

  switch (service) {
    case EncryptedService.Storage: {
      const member = preview
        ? documented((number) => `service-${number}@gs-project-accounts.iam.gserviceaccount.com`)
        : gcp.storage.getProjectServiceAccountOutput({ project }, options).member;
      return { member, identity: undefined };
    }
    case EncryptedService.BigQuery: {
      const member = preview
        ? documented((number) => `bq-${number}@bigquery-encryption.iam.gserviceaccount.com`)
        : gcp.bigquery.getDefaultServiceAccountOutput({ project }, options).member;
      return { member, identity: undefined };
    }
    case EncryptedService.Logging: {
      const address =
        args.loggingServiceAccount === undefined
          ? gcp.logging.getProjectCmekSettingsOutput({ project }, options).serviceAccountId
          : pulumi.output(args.loggingServiceAccount);
      return { member: address.apply(account), identity: undefined };
    }
    case EncryptedService.Container: {
      // Made when its API was enabled, without which no cluster asks for a key.
      const member = documented(
        (number) => `service-${number}@container-engine-robot.iam.gserviceaccount.com`,
      );
      return { member, identity: undefined };
    }
    case EncryptedService.PubSub:
    case EncryptedService.SecretManager:
    case EncryptedService.ArtifactRegistry: {
      const identity = new gcp.projects.ServiceIdentity(
        `${name}-${service}-agent`,
        { project, service: `${service}.googleapis.com` },
        options,
      );
      const member = documented((number) => `service-${number}@${DECLARED[service]}.iam.gserviceaccount.com`);
      return { member, identity };
    }
  }
}

const account = (address: string): string => `serviceAccount:${address}`;

import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type { ImageRepository } from "./encoder-cluster-args.ts";
import { grantedRepositories } from "./image-repositories.ts";

/** The nodes' service account, which may write logs and metrics, pull images, and nothing else. */
export interface NodeAccount {
  readonly account: gcp.serviceaccount.Account;
  /** To write logs and metrics. */
  readonly nodeGrant: gcp.projects.IAMMember;
  /** To pull images, in the order of the repositories. */
  readonly imageGrants: gcp.artifactregistry.RepositoryIamMember[];
}

/**
 * Makes the nodes' account.
 *
 * Source: https://docs.cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster#use_least_privilege_sa
 */
export function nodeAccount(
  name: string,
  args: {
    readonly projectId: string;
    readonly accountId: string;
    readonly imageRepositories: readonly ImageRepository[];
  },
  parent: pulumi.Resource,
): NodeAccount {
  const opts = { parent };
  const account = new gcp.serviceaccount.Account(
    `${name}-nodes`,
    {
      accountId: args.accountId,
      project: args.projectId,
      displayName: `Nodes of ${name}`,
      description: "Writes logs and metrics and pulls images.",
    },
    opts,
  );
  const member = pulumi.interpolate`serviceAccount:${account.email}`;
  return {
    account,
    nodeGrant: new gcp.projects.IAMMember(
      `${name}-nodes`,
      { project: args.projectId, role: "roles/container.defaultNodeServiceAccount", member },
      opts,
    ),
    imageGrants: grantedRepositories(args.projectId, args.imageRepositories).map(
      ({ value: { location, repository, projectId }, named }) => {
        const grant = named(`${name}-nodes-pull`);
        return new gcp.artifactregistry.RepositoryIamMember(
          grant.name,
          {
            project: projectId ?? args.projectId,
            location,
            repository,
            role: "roles/artifactregistry.reader",
            member,
          },
          { ...opts, ...grant.opts },
        );
      },
    ),
  };
}

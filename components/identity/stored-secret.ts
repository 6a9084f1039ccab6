import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { grantedMembers } from "./grants.ts";
import type { SecretKeys } from "./secret-keys.ts";
import { withoutUndefined } from "../properties/without-undefined.ts";

/** Where secrets are kept. */
export interface SecretLocation {
  readonly projectId: pulumi.Input<string>;
  /** Regions of the replicas, in lower case. */
  readonly regions: readonly string[];
  /** A key for each region. @default Google's own keys */
  readonly kmsKeyNames?: SecretKeys;
  readonly labels?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Resources to create before the readers' grants. */
  readonly grantsAfter: readonly pulumi.Resource[];
}

/** A value to keep in Secret Manager, and who reads it. */
export interface StoredSecretArgs extends SecretLocation {
  /** Wrapped as a secret here. */
  readonly payload: pulumi.Input<string>;
  /** IAM members that may read the payload. */
  readonly readers: readonly pulumi.Input<string>[];
  /** Whether deletion is refused, by the engine and by the provider. */
  readonly kept: boolean;
}

/** A secret with one version and its readers. */
export interface StoredSecretResources {
  /** The secret. */
  readonly secret: gcp.secretmanager.Secret;
  /** Its one version, with the payload. */
  readonly version: gcp.secretmanager.SecretVersion;
  /** The right to read the payload, for each reader, in the order of the argument that names them. */
  readonly readerGrants: readonly gcp.secretmanager.SecretIamMember[];
  /** `projects/P/secrets/S/versions/latest`, known in previews because it consists of inputs. */
  readonly latestVersion: pulumi.Output<string>;
}

/** Makes a secret with one version and its readers. */
export function storedSecret(
  name: string,
  args: StoredSecretArgs,
  parent: pulumi.Resource,
): StoredSecretResources {
  const deletionPolicy = args.kept ? "PREVENT" : "DELETE";
  const guarded = { parent, ...(args.kept && { protect: true }) };
  const secret = new gcp.secretmanager.Secret(
    name,
    {
      secretId: name,
      project: args.projectId,
      ...withoutUndefined({ labels: args.labels }),
      replication: { userManaged: { replicas: args.regions.map((region) => replica(region, args)) } },
      deletionPolicy,
    },
    guarded,
  );
  const path = pulumi.interpolate`projects/${args.projectId}/secrets/${secret.secretId}`;
  const version = new gcp.secretmanager.SecretVersion(
    name,
    { secret: path, secretData: pulumi.secret(args.payload), deletionPolicy },
    guarded,
  );
  const readerGrants = grantedMembers(args.readers).map(({ value: member, named }) => {
    const grant = named(`${name}-reader`);
    return new gcp.secretmanager.SecretIamMember(
      grant.name,
      {
        secretId: secret.secretId,
        project: args.projectId,
        role: "roles/secretmanager.secretAccessor",
        member,
      },
      { parent, dependsOn: [...args.grantsAfter], ...grant.opts },
    );
  });
  return { secret, version, readerGrants, latestVersion: pulumi.interpolate`${path}/versions/latest` };
}

function replica(location: string, { kmsKeyNames }: SecretLocation) {
  const kmsKeyName = kmsKeyNames?.[location];
  return { location, ...(kmsKeyName !== undefined && { customerManagedEncryption: { kmsKeyName } }) };
}

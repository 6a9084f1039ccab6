import type { Authorizer } from "../iam/types.ts";
import type { Buckets } from "./buckets.ts";
import { forbidden, unauthenticated } from "./errors.ts";
import type { Caller } from "./types.ts";

/** Which API asks: an unsigned request that is refused gets 401 from the JSON API and 403 from the XML API. */
export type Api = "json" | "xml";

export interface Access {
  /**
   * @param permission e.g. `storage.objects.get`
   * @throws NoSuchBucket before it says anything about permissions, as Google does; then 401 or 403
   */
  bucket(caller: Caller, permission: string, bucket: string, api: Api): void;
  /** @throws NoSuchBucket */
  allowsOnBucket(caller: Caller, permission: string, bucket: string): boolean;
  project(caller: Caller, permission: string, project: string, api: Api): void;
}

export function createAccess(
  authorizer: Authorizer,
  buckets: Buckets,
  project: { id: string; number: string },
): Access {
  const require = (allowed: boolean, caller: Caller, permission: string, what: string, api: Api): void => {
    if (allowed) return;
    const message =
      `${displayName(caller.principal)} does not have ${permission} access to the Google Cloud ${what}. ` +
      `Permission '${permission}' denied on resource (or it may not exist).`;
    if (api === "json" && caller.principal === "allUsers") throw unauthenticated(message, "required");
    throw forbidden(message);
  };
  const allowsOnBucket: Access["allowsOnBucket"] = ({ principal }, permission, bucket) => {
    const { settings } = buckets.get(bucket);
    const prevented =
      principal === "allUsers" && settings.iamConfiguration?.publicAccessPrevention === "enforced";
    return !prevented && authorizer.allows(principal, permission, bucketResourceName(bucket));
  };
  return {
    allowsOnBucket,
    bucket: (caller, permission, bucket, api) => {
      const allowed = allowsOnBucket(caller, permission, bucket);
      const what = permission.startsWith("storage.objects.") && permission !== "storage.objects.list";
      require(allowed, caller, permission, what ? "Storage object" : "Storage bucket", api);
    },
    project: (caller, permission, given, api) => {
      // The number names the same project.
      const id = given === project.number ? project.id : given;
      const resource = `//cloudresourcemanager.googleapis.com/projects/${id}`;
      const allowed = id === project.id && authorizer.allows(caller.principal, permission, resource);
      require(allowed, caller, permission, "project", api);
    },
  };
}

/** As IAM names it. */
export const bucketResourceName = (bucket: string): string =>
  `//storage.googleapis.com/projects/_/buckets/${bucket}`;

function displayName(principal: string): string {
  if (principal === "allUsers") return "Anonymous caller";
  return /^(?:serviceAccount|user|group):(.*)$/.exec(principal)?.[1] ?? principal;
}

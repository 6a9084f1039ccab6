import { expect, it } from "vitest";
import { secret } from "../../../sandbox/providers/gcp/secret.ts";

const problemsOf = (keys: Record<string, string | undefined>): string[] =>
  secret.problems?.(
    {
      secretId: "s",
      replication: {
        userManaged: {
          replicas: Object.entries(keys).map(([location, keyLocation]) => ({
            location,
            ...(keyLocation !== undefined && {
              customerManagedEncryption: {
                kmsKeyName: `projects/p/locations/${keyLocation}/keyRings/r/cryptoKeys/k`,
              },
            }),
          })),
        },
      },
    },
    { project: "p" },
  ) ?? [];

it("takes a key in each replica's own location, or none at all", () => {
  expect(problemsOf({ "us-east1": "us-east1", "us-west1": "us-west1" })).toEqual([]);
  expect(problemsOf({ "us-east1": undefined, "us-west1": undefined })).toEqual([]);
});

it("refuses a key in another location than its replica, as Secret Manager does", () => {
  expect(problemsOf({ "us-east1": "us" })).toEqual([
    "replication: the key of the replica in us-east1 is in us",
  ]);
});

it("refuses a key for some replicas only", () => {
  expect(problemsOf({ "us-east1": "us-east1", "us-west1": undefined })).toEqual([
    "replication: each replica needs a key, or none may have any",
  ]);
});

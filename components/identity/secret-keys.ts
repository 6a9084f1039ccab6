import type * as pulumi from "@pulumi/pulumi";
import { shown, type Problem } from "../validation/index.ts";

/** Cloud KMS keys by the region, in lower case, of the replica that each encrypts. */
export type SecretKeys = Readonly<Record<string, pulumi.Input<string>>>;

const CRYPTO_KEY = /^projects\/[^/]+\/locations\/([^/]+)\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/;

/**
 * Problems of the keys: a replica without a key while others have one, a key without a replica, a key in another
 * location than its replica. Keys that are outputs are not checked.
 *
 * Source: https://docs.cloud.google.com/secret-manager/docs/cmek
 */
export function secretKeyProblems(keys: SecretKeys | undefined, regions: readonly string[]): Problem[] {
  if (keys === undefined) return [];
  const missing = regions.filter((region) => !Object.hasOwn(keys, region));
  return [
    ...missing.map((region) => ({
      path: `kmsKeyNames[${shown(region)}]`,
      given: "nothing",
      allowed: `a key in ${region}`,
      because: "a secret's replicas are encrypted each by a key in its own region, all of them or none.",
      fix: `give the full name of a key of ${region}, or leave kmsKeyNames out`,
    })),
    ...Object.entries(keys).flatMap(([region, key]) => keyProblems(region, key, regions)),
  ];
}

function keyProblems(region: string, key: pulumi.Input<string>, regions: readonly string[]): Problem[] {
  const path = `kmsKeyNames[${shown(region)}]`;
  if (!regions.includes(region)) {
    return [
      {
        path,
        given: "a key",
        allowed: regions.map(shown).join(", "),
        because: "no secret is kept in that region.",
        fix: "leave it out, or correct the region",
      },
    ];
  }
  if (typeof key !== "string") return [];
  const location = CRYPTO_KEY.exec(key)?.[1];
  if (location === region) return [];
  return [
    {
      path,
      given: shown(key),
      allowed: `projects/P/locations/${region}/keyRings/R/cryptoKeys/K`,
      ...(location !== undefined && {
        because: "Secret Manager takes a key in the replica's own location only.",
      }),
      fix: `use the full name of a key of ${region}`,
    },
  ];
}

import * as pulumi from "@pulumi/pulumi";
import { componentNameProblems, shown, type Problem } from "../validation/index.ts";

/**
 * Problems of a bucket's name, where it is known already.
 *
 * Source: https://docs.cloud.google.com/storage/docs/buckets#naming
 */
export function bucketNameProblems(name: pulumi.Input<string> | undefined): Problem[] {
  if (typeof name !== "string") return [];
  const because = bucketNameFault(name);
  if (because === undefined) return [];
  return [
    {
      path: "bucketName",
      given: shown(name),
      allowed:
        "3 to 63 lower-case letters, digits, - and _, first and last a letter or digit; " +
        "with dots up to 222, each part up to 63",
      because,
      fix: "choose another name, or leave bucketName out to have one made from the component's name",
    },
  ];
}

/** Problems of a component's name that becomes the bucket's name, in lower case with a random suffix. */
export function madeNameProblems(name: string, suffix = ""): Problem[] {
  const made = { kind: "bucket", what: "a bucket", suffix, random: true } as const;
  return componentNameProblems(
    name.toLowerCase(),
    [made],
    "set bucketName, or give the component another name",
  );
}

function bucketNameFault(name: string): string | undefined {
  if (!/^[a-z0-9._-]+$/.test(name)) return "it has a character that bucket names cannot have.";
  if (!/^[a-z0-9].*[a-z0-9]$/.test(name))
    return "it begins or ends with a character other than a letter or digit.";
  const longest = name.includes(".") ? 222 : 63;
  if (name.length < 3 || name.length > longest) return `it is ${name.length} characters long.`;
  if (name.split(".").some((part) => part === "" || part.length > 63)) {
    return "a part between dots is empty or longer than 63.";
  }
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(name)) return "it looks like an IP address.";
  if (name.startsWith("goog") || /g[o0]{2}g[l1]e/.test(name)) return "Google reserves names like its own.";
  return undefined;
}

import type { PolicyToSign } from "./policy-to-sign.ts";
import type { Scheme } from "./scheme.ts";
import type { SigningKey } from "./types.ts";
import {
  bucketProblems,
  controlCharacter,
  endpointProblems,
  longestBlobTtlSeconds,
  longestTtlSeconds,
  loneSurrogate,
  objectProblems,
  quote,
  timeProblems,
} from "./validate-request.ts";

/** Largest object, 5 TiB. https://docs.cloud.google.com/storage/quotas#objects */
const largestObject = 5 * 2 ** 40;

/** Fields that the policy sets itself, or that do not belong to it. */
const ownFields: readonly string[] = ["bucket", "key", "policy", "file", "signature"];
const signerFields: readonly string[] = ["algorithm", "credential", "date", "signature", "security-token"];

/** Problems of a policy, one sentence each, in the order of its fields. Values are not quoted. */
export function policyProblems(policy: PolicyToSign, scheme: Scheme, kind: SigningKey["kind"]): string[] {
  const { fields = {}, conditions = [] } = policy;
  const problems: string[] = [
    ...bucketProblems(policy.bucket),
    ...keyProblems(policy.object),
    ...timeProblems(policy, kind === "blob" ? longestBlobTtlSeconds : longestTtlSeconds),
    ...endpointProblems({ endpoint: policy.endpoint }),
  ];
  const seen = new Set<string>();
  const check = (where: string, name: string, value: string): void => {
    const say = (problem: string): number => problems.push(`${where}: ${quote(name)} ${problem}`);
    const lowerCase = name.toLowerCase();
    if (!/^[A-Za-z0-9_-]+$/.test(name)) say("is not the name of a form field");
    if (ownFields.includes(lowerCase)) say("is set by the policy itself; leave it out");
    if (signerFields.some((field) => lowerCase === `${scheme.headerPrefix}${field}`))
      say("is set by the signer; leave it out");
    if (lowerCase.startsWith(scheme.foreignPrefix))
      say(`does not belong to ${scheme.algorithm}; the x-goog- and x-amz- schemes cannot be mixed`);
    if (lowerCase === "content-length") say("cannot be compared; use contentLengthRange");
    if (seen.has(lowerCase)) say("has a condition already; there can be one for each field");
    if (loneSurrogate.test(value) || controlCharacter.test(value))
      say("has a control character or half a surrogate pair in its value (value not shown)");
    seen.add(lowerCase);
  };
  for (const [name, value] of Object.entries(fields)) check("fields", name, value);
  let ranges = 0;
  for (const condition of conditions) {
    if ("startsWith" in condition) {
      check("conditions", condition.startsWith, condition.value);
      continue;
    }
    const [least, most] = condition.contentLengthRange;
    ranges += 1;
    if (ranges === 2) problems.push("conditions: contentLengthRange is there twice; keep one");
    if (
      ![least, most].every((size) => Number.isInteger(size) && size >= 0 && size <= largestObject) ||
      least > most
    )
      problems.push(
        `conditions: contentLengthRange [${String(least)}, ${String(most)}] must be two whole numbers of bytes from 0 to ${largestObject}, the smaller first`,
      );
  }
  return problems;
}

function keyProblems(object: PolicyToSign["object"]): string[] {
  const name = typeof object === "string" ? object : object.under;
  const problems = [...objectProblems(name)];
  // The store would replace it by the file name that the browser sends.
  if (name.includes("${"))
    problems.push(`object: ${quote(name)} holds a form variable; give { under } instead`);
  if (typeof object !== "string" && !/[^/]\/$/.test(name))
    problems.push(`object.under: ${quote(name)} must be a prefix that ends in one "/"`);
  return problems;
}

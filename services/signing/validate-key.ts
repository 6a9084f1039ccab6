import { readRsaKey } from "./rsa.ts";
import type { SigningKey } from "./types.ts";

/** Problems of a key, one sentence each; never quotes a secret. */
export function keyProblems(key: SigningKey): string[] {
  switch (key.kind) {
    case "hmac":
      return [
        ...hmacProblems(key.accessId, key.secret, key.scheme, key.region),
        ...sessionTokenProblems(key.sessionToken, key.scheme),
      ];
    case "rsa":
      return [
        ...emailProblems(key.clientEmail),
        ...(readRsaKey(key) === undefined
          ? [
              "privateKey: cannot be read as an RSA private key; give the PEM text of `private_key` in the key file, unencrypted and with its line breaks",
            ]
          : []),
      ];
    case "blob":
      return emailProblems(key.clientEmail);
  }
}

function emailProblems(email: string): string[] {
  return /^[!-.0-~]+@[!-.0-~]+$/.test(email)
    ? []
    : [`clientEmail: ${JSON.stringify(email)} is not the e-mail address of a service account`];
}

function hmacProblems(
  accessId: string,
  secret: string,
  scheme: string,
  region: string | undefined,
): string[] {
  const problems: string[] = [];
  // A slash would end the access id inside the credential scope.
  if (!/^[!-.0-~]+$/.test(accessId))
    problems.push(
      `accessId: ${JSON.stringify(accessId)} must be visible ASCII without "/"; give the key's access id`,
    );
  if (!/^[!-~]+$/.test(secret))
    problems.push(
      "secret: must be the key's secret as text, not empty and without spaces or line breaks (value not shown)",
    );
  if (scheme !== "GOOG4" && scheme !== "AWS4")
    problems.push(`scheme: ${JSON.stringify(scheme)} must be "GOOG4" or "AWS4"`);
  if (region !== undefined && !/^[A-Za-z0-9-]{1,63}$/.test(region))
    problems.push(`region: ${JSON.stringify(region)} must be 1 to 63 characters of A-Z a-z 0-9 and -`);
  return problems;
}

function sessionTokenProblems(sessionToken: string | undefined, scheme: string): string[] {
  if (sessionToken === undefined) return [];
  if (scheme !== "AWS4") return ["sessionToken: goes with AWS4 keys only; leave it out"];
  return /^[!-~]+$/.test(sessionToken)
    ? []
    : [
        "sessionToken: must be the token as text, not empty and without spaces or line breaks (value not shown)",
      ];
}

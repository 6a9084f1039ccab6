import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { buildConnector } from "undici";
import { messageOf } from "../problems.ts";

type Connect = buildConnector.connector;

/** Why nothing is said to a coordinator: a setting is wrong, here or there, and asking again helps only once it is mended. */
export class Untrusted extends Error {
  override readonly name = "Untrusted";
}

const timeout = 5000;

/**
 * Opens connections to the coordinator. With a file of authorities, a coordinator is one whom they vouch for, nobody else
 * is, and the store's connections know nothing of them. The file is read for each connection, since Kubernetes replaces it.
 *
 * @param caFile certificates in PEM @default the authorities that Node.js knows
 */
export function coordinatorConnector(caFile: string | undefined): Connect {
  if (caFile === undefined) return explained(buildConnector({ timeout }), undefined);
  let known: { readonly ca: string; readonly connect: Connect } | undefined;
  return (options, callback) => {
    readAuthorities(caFile).then(
      (ca) => {
        if (known?.ca !== ca) known = { ca, connect: explained(buildConnector({ timeout, ca }), caFile) };
        known.connect(options, callback);
      },
      (error: unknown) => {
        callback(error instanceof Error ? error : new Error(String(error)), null);
      },
    );
  };
}

async function readAuthorities(file: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new Untrusted(
      `MPEGFLOW_COORDINATOR_CA_FILE cannot be read: ${messageOf(error)}; mount the certificate of the coordinator's authority there`,
      { cause: error },
    );
  }
  // Without any, Node.js would trust everybody that it knows.
  if (!isCertificate(text))
    throw new Untrusted(
      `MPEGFLOW_COORDINATOR_CA_FILE holds no certificate in PEM: ${file}; put the certificate of the coordinator's authority there`,
    );
  return text;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

const explained =
  (connect: Connect, caFile: string | undefined): Connect =>
  (options, callback) => {
    connect(options, (...[error, socket]) => {
      if (error === null) callback(null, socket);
      else callback(explain(error, options.hostname, caFile), null);
    });
  };

const unknownIssuer = new Set([
  "CERT_SIGNATURE_FAILURE",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** What is wrong with a certificate, in words; other errors as they are. */
function explain(error: Error, host: string, caFile: string | undefined): Error {
  const code = "code" in error ? error.code : undefined;
  const said = wordsFor(typeof code === "string" ? code : "", error, host, caFile);
  return said === undefined ? error : new Untrusted(said, { cause: error });
}

function wordsFor(code: string, error: Error, host: string, caFile: string | undefined): string | undefined {
  if (code === "CERT_HAS_EXPIRED")
    return "the coordinator's certificate, or that of its authority, has expired: renew it, and check both clocks";
  if (code === "CERT_NOT_YET_VALID")
    return "the coordinator's certificate is not valid yet: check both clocks";
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    const names = /altnames: (.+)$/.exec(error.message)?.[1];
    return `the coordinator's certificate is not for ${host}${names === undefined ? "" : ` but for ${names.slice(0, 500)}`}: set MPEGFLOW_COORDINATOR_URL to one of its names, or have the coordinator's MPEGFLOW_TLS_NAMES name this one`;
  }
  if (unknownIssuer.has(code))
    return caFile === undefined
      ? "the coordinator's certificate is from an authority that is not known here: set MPEGFLOW_COORDINATOR_CA_FILE to a file with that authority's certificate"
      : `the coordinator's certificate is from none of the authorities in MPEGFLOW_COORDINATOR_CA_FILE (${caFile}): put its authority's certificate there`;
  if (code === "ERR_SSL_WRONG_VERSION_NUMBER" || code === "ERR_SSL_PACKET_LENGTH_TOO_LONG")
    return "the coordinator's port speaks plain HTTP: set MPEGFLOW_COORDINATOR_URL to the address where it serves HTTPS";
  return undefined;
}

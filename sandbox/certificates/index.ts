// The decorators inside @peculiar/x509 need it first.
import "reflect-metadata";
import { randomBytes, type webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

/** A private key and what vouches for it, both in PEM. */
export interface Certified {
  certificate: string;
  /** PKCS #8. */
  key: string;
}

/** Signs certificates for servers and clients on this machine. */
export interface Authority extends Certified {
  issue(subject: Subject): Promise<Certified>;
}

export interface Subject {
  commonName: string;
  /** Kubernetes takes them as a client's groups. */
  organizations?: readonly string[];
  /** Host names and IP addresses that a server answers for; a certificate without any is a client's. */
  hosts?: readonly string[];
  /** Lets a server's certificate do for a client's too. @default false */
  client?: boolean;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const validDays = 3650;
const dayMs = 24 * 3600 * 1000;

/**
 * A certificate authority of the sandbox's own: a new one, or the one that `kept` was written from.
 *
 * @throws Error when `kept` is not a certificate and its key in PEM
 */
export async function certificateAuthority(commonName: string, kept?: Certified): Promise<Authority> {
  const own = kept ?? (await selfSigned(commonName));
  const authority = new x509.X509Certificate(own.certificate);
  const signingKey = await crypto.subtle.importKey(
    "pkcs8",
    x509.PemConverter.decodeFirst(own.key),
    algorithm,
    false,
    ["sign"],
  );
  return {
    ...own,
    issue: async ({ commonName: name, organizations = [], hosts = [], client = false }) => {
      const keys = await newKeys();
      const certificate = await x509.X509CertificateGenerator.create({
        ...validity(),
        serialNumber: serialNumber(),
        subject: nameOf(name, organizations),
        issuer: authority.subject,
        publicKey: keys.publicKey,
        signingKey,
        signingAlgorithm: algorithm,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([
            ...(hosts.length > 0 ? [x509.ExtendedKeyUsage.serverAuth] : []),
            ...(hosts.length === 0 || client ? [x509.ExtendedKeyUsage.clientAuth] : []),
          ]),
          ...(hosts.length > 0
            ? [
                new x509.SubjectAlternativeNameExtension(
                  hosts.map((host) => ({ type: /^[\d.]+$|:/.test(host) ? "ip" : "dns", value: host })),
                ),
              ]
            : []),
        ],
      });
      return { certificate: certificate.toString("pem"), key: await keyText(keys.privateKey) };
    },
  };
}

async function selfSigned(commonName: string): Promise<Certified> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(),
    serialNumber: serialNumber(),
    name: nameOf(commonName, []),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  return { certificate: certificate.toString("pem"), key: await keyText(keys.privateKey) };
}

const newKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);

async function keyText(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await crypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
}

/** From an hour ago, so that clocks may differ a little. */
function validity(): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - dayMs / 24), notAfter: new Date(now + validDays * dayMs) };
}

/** Positive, and never the same twice. */
const serialNumber = (): string => `01${randomBytes(15).toString("hex")}`;

function nameOf(commonName: string, organizations: readonly string[]): string {
  return new x509.Name([...organizations.map((one) => ({ O: [one] })), { CN: [commonName] }]).toString();
}

// The decorators inside @peculiar/x509 need it first.
import "reflect-metadata";
import { createPrivateKey, createPublicKey, type KeyObject, randomBytes, type webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

/** A private key and what vouches for it, both in PEM. */
export interface Certified {
  certificate: string;
  /** PKCS #8; of an authority that was kept also PKCS #1 or SEC 1. */
  key: string;
}

/** Signs certificates for servers and clients. */
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
  /** Hours until it ends, or until its authority does. @default 87600, ten years */
  validHours?: number;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const tenYears = 87_600;
const hourMs = 3_600_000;

/**
 * A certificate authority: a new one, or the one that `kept` was written from, with an RSA key or an elliptic one. Of a
 * chain the first certificate is the authority's.
 *
 * @throws Error when `kept` is not a certificate and its key in PEM, or the key is of another kind
 */
export async function certificateAuthority(commonName: string, kept?: Certified): Promise<Authority> {
  const own = kept ?? (await selfSigned(commonName));
  const authority = new x509.X509Certificate(x509.PemConverter.decodeFirst(own.certificate));
  const keyId = authority.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId;
  const { signingKey, signingAlgorithm } = await signerOf(own.key);
  return {
    ...own,
    issue: async ({ commonName: name, organizations = [], hosts = [], client = false, validHours }) => {
      const keys = await newKeys();
      const { notBefore, notAfter } = validity(validHours);
      const certificate = await x509.X509CertificateGenerator.create({
        notBefore,
        notAfter: notAfter < authority.notAfter ? notAfter : authority.notAfter,
        serialNumber: serialNumber(),
        subject: nameOf(name, organizations),
        issuer: authority.subject,
        publicKey: keys.publicKey,
        signingKey,
        signingAlgorithm,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          // As the authority's own certificate has it: there are several ways to make one of a key.
          ...(keyId === undefined ? [] : [new x509.AuthorityKeyIdentifierExtension(keyId)]),
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
      return { certificate: `${certificate.toString("pem")}\n`, key: await keyText(keys.privateKey) };
    },
  };
}

/** A key in PEM as what signs, and by which algorithm. */
async function signerOf(pem: string) {
  const key = createPrivateKey(pem);
  const signingAlgorithm = algorithmOf(key.asymmetricKeyType, key.asymmetricKeyDetails?.namedCurve);
  const imported = (format: "pkcs8" | "spki", from: KeyObject, use: "sign" | "verify") =>
    crypto.subtle.importKey(
      format,
      new Uint8Array(from.export({ type: format, format: "der" })),
      signingAlgorithm,
      true,
      [use],
    );
  const [signingKey, publicKey] = await Promise.all([
    imported("pkcs8", key, "sign"),
    imported("spki", createPublicKey(key), "verify"),
  ]);
  return { signingKey, publicKey, signingAlgorithm };
}

const curves: Readonly<Record<string, string>> = {
  prime256v1: "P-256",
  secp384r1: "P-384",
  secp521r1: "P-521",
};

function algorithmOf(type: string | undefined, curve = "") {
  const namedCurve = curves[curve];
  if (type === "ec" && namedCurve !== undefined) return { ...algorithm, namedCurve };
  if (type === "rsa") return { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  throw new Error(
    `an authority's key is RSA, or elliptic of P-256, P-384 or P-521, not ${type ?? ""} ${curve}`.trimEnd(),
  );
}

/**
 * The certificate of an authority that nobody else vouches for.
 *
 * @param own its key in PEM @default a new one of P-256
 * @param validHours @default 87600, ten years
 */
export async function selfSigned(commonName: string, own?: string, validHours?: number): Promise<Certified> {
  const key = own ?? (await keyText((await newKeys()).privateKey));
  const { signingKey, publicKey, signingAlgorithm } = await signerOf(key);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(validHours),
    serialNumber: serialNumber(),
    name: nameOf(commonName, []),
    keys: { privateKey: signingKey, publicKey },
    signingAlgorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return { certificate: `${certificate.toString("pem")}\n`, key };
}

const newKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);

async function keyText(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await crypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
}

/** From an hour ago, so that clocks may differ a little. */
function validity(hours = tenYears): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - hourMs), notAfter: new Date(now + hours * hourMs) };
}

/** Positive, and never the same twice. */
const serialNumber = (): string => `01${randomBytes(15).toString("hex")}`;

function nameOf(commonName: string, organizations: readonly string[]): string {
  return new x509.Name([...organizations.map((one) => ({ O: [one] })), { CN: [commonName] }]).toString();
}

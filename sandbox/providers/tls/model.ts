// The decorators inside @peculiar/x509 need it first.
import "reflect-metadata";
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyPairKeyObjectResult,
  randomBytes,
  X509Certificate,
} from "node:crypto";
import * as x509 from "@peculiar/x509";
import tls from "@pulumi/tls/package.json" with { type: "json" };
import { boolean, integer, list, object, string } from "../fields.ts";
import { type ResourceModel } from "../model.ts";
import type { ProviderModel } from "../provider.ts";
import { Refusal } from "../refusal.ts";
import { listOf, objectOf, textOf, type Properties } from "../values.ts";

/** Keys and certificates are real, and live in the engine's state only: a refresh finds what was there. */
const heldInState = { delete: () => Promise.resolve() };

/** Curves by the provider's names. */
const curves = { P224: "secp224r1", P256: "prime256v1", P384: "secp384r1", P521: "secp521r1" } as const;
const isCurve = (name: string): name is keyof typeof curves => Object.hasOwn(curves, name);

function keyPair(algorithm: string, bits: number, curve: string): KeyPairKeyObjectResult {
  if (algorithm === "RSA") return generateKeyPairSync("rsa", { modulusLength: bits });
  if (algorithm === "ED25519") return generateKeyPairSync("ed25519");
  return generateKeyPairSync("ec", { namedCurve: isCurve(curve) ? curves[curve] : curves.P224 });
}

/** https://www.pulumi.com/registry/packages/tls/api-docs/privatekey/ */
const privateKey: ResourceModel = {
  type: "tls:index/privateKey:PrivateKey",
  fields: {
    algorithm: string({ required: true, replaces: true, allowed: ["RSA", "ECDSA", "ED25519"] }),
    ecdsaCurve: string({ replaces: true, allowed: Object.keys(curves) }),
    rsaBits: integer({ replaces: true, min: 1024 }),
  },
  outputs: [
    ...["privateKeyPem", "privateKeyPemPkcs8", "privateKeyOpenssh", "publicKeyPem", "publicKeyOpenssh"],
    ...["publicKeyFingerprintMd5", "publicKeyFingerprintSha256"],
  ],
  secrets: ["privateKeyPem", "privateKeyPemPkcs8", "privateKeyOpenssh"],
  // Without the forms of OpenSSH, which nothing here reads: they stay unknown in previews, and absent afterwards.
  create: (inputs) => {
    const algorithm = textOf(inputs["algorithm"]) ?? "";
    const pair = keyPair(algorithm, Number(inputs["rsaBits"] ?? 2048), textOf(inputs["ecdsaCurve"]) ?? "");
    const publicKeyPem = pair.publicKey.export({ type: "spki", format: "pem" }).toString();
    const type = algorithm === "RSA" ? "pkcs1" : algorithm === "ECDSA" ? "sec1" : "pkcs8";
    return Promise.resolve({
      id: createHash("sha1").update(publicKeyPem).digest("hex"),
      properties: {
        ...inputs,
        privateKeyPem: pair.privateKey.export({ type, format: "pem" }).toString(),
        privateKeyPemPkcs8: pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
        publicKeyPem,
      },
    });
  },
  read: (id, { state }) =>
    Promise.resolve(state["publicKeyPem"] === undefined ? undefined : { id, properties: state }),
  update: () => Promise.reject(new Refusal("keys are replaced, never updated")),
  ...heldInState,
};

/** Bits of a certificate's key usage, and extended ones, by the provider's names. */
const usages: Readonly<Record<string, x509.KeyUsageFlags>> = {
  digital_signature: x509.KeyUsageFlags.digitalSignature,
  key_encipherment: x509.KeyUsageFlags.keyEncipherment,
  cert_signing: x509.KeyUsageFlags.keyCertSign,
  crl_signing: x509.KeyUsageFlags.cRLSign,
};
const extendedUsages: Readonly<Record<string, string>> = {
  server_auth: x509.ExtendedKeyUsage.serverAuth,
  client_auth: x509.ExtendedKeyUsage.clientAuth,
};

const hourMs = 3_600_000;

/**
 * A certificate that nobody but its own key vouches for. When its renewal is due the real provider has it replaced; here no
 * stack gets so old.
 *
 * https://www.pulumi.com/registry/packages/tls/api-docs/selfsignedcert/
 */
const selfSignedCert: ResourceModel = {
  type: "tls:index/selfSignedCert:SelfSignedCert",
  fields: {
    dnsNames: list(string(), { replaces: true }),
    ipAddresses: list(string(), { replaces: true }),
    privateKeyPem: string({ required: true, replaces: true }),
    allowedUses: list(string({ allowed: [...Object.keys(usages), ...Object.keys(extendedUsages)] }), {
      required: true,
      replaces: true,
    }),
    validityPeriodHours: integer({ required: true, replaces: true, min: 0 }),
    earlyRenewalHours: integer({ default: 0, min: 0 }),
    isCaCertificate: boolean({ default: false, replaces: true }),
    setSubjectKeyId: boolean({ default: false, replaces: true }),
    setAuthorityKeyId: boolean({ default: false, replaces: true }),
    subject: object({ commonName: string(), organization: string() }, { replaces: true }),
  },
  outputs: ["certPem", "keyAlgorithm", "readyForRenewal", "validityStartTime", "validityEndTime"],
  secrets: ["privateKeyPem"],
  create: async (inputs) => {
    const certPem = await selfSigned(inputs);
    return { id: new X509Certificate(certPem).serialNumber, properties: propertiesOf(inputs, certPem) };
  },
  read: (id, { inputs, state }) => {
    const certPem = textOf(state["certPem"]);
    return Promise.resolve(
      certPem === undefined ? undefined : { id, properties: propertiesOf({ ...state, ...inputs }, certPem) },
    );
  },
  update: (id, inputs, { state }) =>
    Promise.resolve({ id, properties: propertiesOf(inputs, textOf(state["certPem"]) ?? "") }),
  ...heldInState,
};

function propertiesOf(inputs: Properties, certPem: string): Properties {
  const { validFromDate, validToDate } = new X509Certificate(certPem);
  return {
    ...inputs,
    certPem,
    keyAlgorithm: "ECDSA",
    readyForRenewal: false,
    validityStartTime: validFromDate.toISOString(),
    validityEndTime: validToDate.toISOString(),
  };
}

async function selfSigned(inputs: Properties): Promise<string> {
  const own = createPrivateKey(textOf(inputs["privateKeyPem"]) ?? "");
  const namedCurve = { prime256v1: "P-256", secp384r1: "P-384", secp521r1: "P-521" }[
    own.asymmetricKeyDetails?.namedCurve ?? ""
  ];
  if (namedCurve === undefined) throw new Refusal("the sandbox signs with keys of P256, P384 and P521 alone");
  const algorithm = { name: "ECDSA", namedCurve, hash: "SHA-256" };
  const der = (key: typeof own, type: "pkcs8" | "spki") =>
    new Uint8Array(key.export({ type, format: "der" }));
  const keys = {
    privateKey: await crypto.subtle.importKey("pkcs8", der(own, "pkcs8"), algorithm, false, ["sign"]),
    publicKey: await crypto.subtle.importKey("spki", der(createPublicKey(own), "spki"), algorithm, true, [
      "verify",
    ]),
  };
  const uses = listOf(inputs["allowedUses"]).map(String);
  const bits = uses.flatMap((use) => usages[use] ?? []);
  const { commonName, organization } = objectOf(inputs["subject"]);
  const extended = uses.flatMap((use) => extendedUsages[use] ?? []);
  const alternatives = [
    ...listOf(inputs["dnsNames"]).map((value) => ({ type: "dns" as const, value: textOf(value) ?? "" })),
    ...listOf(inputs["ipAddresses"]).map((value) => ({ type: "ip" as const, value: textOf(value) ?? "" })),
  ];
  const now = Date.now();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    keys,
    signingAlgorithm: algorithm,
    serialNumber: `01${randomBytes(15).toString("hex")}`,
    notBefore: new Date(now),
    notAfter: new Date(now + Number(inputs["validityPeriodHours"]) * hourMs),
    name: new x509.Name([
      ...(organization === undefined ? [] : [{ O: [textOf(organization) ?? ""] }]),
      ...(commonName === undefined ? [] : [{ CN: [textOf(commonName) ?? ""] }]),
    ]).toString(),
    extensions: [
      new x509.BasicConstraintsExtension(inputs["isCaCertificate"] === true, undefined, true),
      ...(bits.length > 0
        ? [
            new x509.KeyUsagesExtension(
              bits.reduce((all, bit) => all | bit),
              true,
            ),
          ]
        : []),
      ...(extended.length > 0 ? [new x509.ExtendedKeyUsageExtension(extended)] : []),
      ...(inputs["setSubjectKeyId"] === true
        ? [await x509.SubjectKeyIdentifierExtension.create(keys.publicKey)]
        : []),
      ...(alternatives.length > 0 ? [new x509.SubjectAlternativeNameExtension(alternatives)] : []),
    ],
  });
  return `${certificate.toString("pem")}\n`;
}

/** Keys and certificates, made on this machine. */
export const tlsModel: ProviderModel = {
  name: "tls",
  version: tls.version,
  configuration: { version: string() },
  resources: [privateKey, selfSignedCert],
  functions: [],
};

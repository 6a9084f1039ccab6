import { generateKeyPairSync } from "node:crypto";
import type { Example } from "./example.ts";

const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });

export const tlsExamples: Example[] = [
  {
    type: "tls:index/privateKey:PrivateKey",
    inputs: { algorithm: "ECDSA", ecdsaCurve: "P256" },
    id: /^[0-9a-f]{40}$/,
    stateOnly: true,
    outputs: { algorithm: "ECDSA" },
  },
  ...["RSA", "ED25519"].map((algorithm) => ({
    type: "tls:index/privateKey:PrivateKey",
    inputs: { algorithm },
    id: /^[0-9a-f]{40}$/,
    stateOnly: true as const,
    outputs: { algorithm },
  })),
  {
    type: "tls:index/selfSignedCert:SelfSignedCert",
    inputs: {
      privateKeyPem: privateKey.export({ type: "sec1", format: "pem" }).toString(),
      subject: { commonName: "authority", organization: "MpegFlow" },
      isCaCertificate: true,
      allowedUses: ["cert_signing"],
      validityPeriodHours: 24,
    },
    update: { earlyRenewalHours: 12 },
    id: /^[0-9A-F]+$/,
    stateOnly: true,
    outputs: { keyAlgorithm: "ECDSA", readyForRenewal: false },
  },
];

import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { shown, sorted, type Problem } from "../validation/index.ts";
import type { CoordinatorArgs } from "./coordinator-args.ts";
import type { CertManagerIssuer, CoordinatorTls } from "./coordinator-tls-args.ts";
import type { CoordinatorResources } from "./coordinator-resources.ts";
import type { CoordinatorVariables } from "./environment.ts";
import type { WorkloadLabels } from "../kubernetes/labels.ts";
import { kubernetesNameProblems } from "../kubernetes/kubernetes-name.ts";

/** Where the authority's certificate and key are mounted, in the coordinator alone. */
const DIRECTORY = "/var/run/secrets/mpegflow-tls";
/** The authority that there is unless others are named. */
const DEFAULT_AUTHORITY = "a";
const MOST_AUTHORITIES = 4;

/** Hours that an authority's certificate is valid: ten years; an update in the second half of them makes the next one. */
const AUTHORITY_HOURS = 87_600;
const AUTHORITY_RENEWAL_HOURS = 43_800;

interface Surroundings {
  readonly name: string;
  readonly args: CoordinatorArgs;
  readonly kubernetesName: string;
  readonly labels: WorkloadLabels;
  readonly parent: pulumi.Resource;
}

/** The coordinator's authority: the Secret that holds it, and what others trust. */
export interface CoordinatorAuthority {
  readonly secretName: pulumi.Output<string>;
  /** In PEM. */
  readonly caCertificate: pulumi.Output<string>;
  readonly resources: Pick<CoordinatorResources, "authorities" | "tlsSecret" | "issuedCertificate">;
}

/**
 * Who vouches for the coordinator. The coordinator gets the authority's key, and issues its certificates itself: KEDA asks
 * each replica at its pod's address, which nobody knows before the pod runs, and a certificate that only an update of the
 * stack could renew would end in a stack that nobody touches. Workers trust this authority for the coordinator alone, so
 * that its key is worth no more than the coordinator's own.
 */
export function coordinatorAuthority(surroundings: Surroundings): CoordinatorAuthority {
  const { certManager, authorities } = surroundings.args.tls ?? {};
  return certManager
    ? issuedAuthority(surroundings, certManager)
    : ownAuthorities(surroundings, authorities ?? [DEFAULT_AUTHORITY]);
}

function ownAuthorities(
  { name, args, kubernetesName, labels, parent }: Surroundings,
  authorities: readonly string[],
): CoordinatorAuthority {
  const made = authorities.map((authority) => {
    const key = new tls.PrivateKey(
      `${name}-ca-${authority}`,
      { algorithm: "ECDSA", ecdsaCurve: "P256" },
      { parent },
    );
    // The next certificate has the same key and name: whoever has either of them trusts what the authority issued.
    const certificate = new tls.SelfSignedCert(
      `${name}-ca-${authority}`,
      {
        privateKeyPem: key.privateKeyPem,
        subject: { organization: "MpegFlow", commonName: `MpegFlow coordinators, authority ${authority}` },
        isCaCertificate: true,
        setSubjectKeyId: true,
        allowedUses: ["cert_signing", "digital_signature"],
        validityPeriodHours: AUTHORITY_HOURS,
        earlyRenewalHours: AUTHORITY_RENEWAL_HOURS,
      },
      { parent },
    );
    return [authority, { key, certificate }] as const;
  });
  const first = made[0]?.[1];
  const secret = new kubernetes.core.v1.Secret(
    `${name}-tls`,
    {
      metadata: { name: `${kubernetesName}-tls`, namespace: args.namespace, labels: labels.all },
      type: "kubernetes.io/tls",
      stringData: {
        "tls.crt": first?.certificate.certPem ?? "",
        "tls.key": first?.key.privateKeyPemPkcs8 ?? "",
      },
    },
    { parent },
  );
  return {
    secretName: secret.metadata.name,
    caCertificate: pulumi
      .all(made.map(([, { certificate }]) => certificate.certPem))
      .apply((all) => all.join("\n")),
    resources: { authorities: Object.fromEntries(made), tlsSecret: secret, issuedCertificate: undefined },
  };
}

/**
 * The coordinator's authority below the issuer's. cert-manager writes the Secret, and writes it again before it ends.
 *
 * Source: https://cert-manager.io/docs/reference/api-docs/#cert-manager.io/v1.CertificateSpec
 */
function issuedAuthority(
  { name, args, kubernetesName, labels, parent }: Surroundings,
  { name: issuer, kind = "ClusterIssuer", caCertificate }: CertManagerIssuer,
): CoordinatorAuthority {
  // Not the name of the Secret that the stack would make: with that one cert-manager's would go.
  const secretName = `${kubernetesName}-cert-manager-tls`;
  const certificate = new kubernetes.apiextensions.CustomResource(
    `${name}-tls`,
    {
      apiVersion: "cert-manager.io/v1",
      kind: "Certificate",
      metadata: { name: secretName, namespace: args.namespace, labels: labels.all },
      spec: {
        secretName,
        isCA: true,
        commonName: "MpegFlow coordinators",
        duration: "2160h",
        renewBefore: "720h",
        usages: ["cert sign", "digital signature"],
        privateKey: { algorithm: "ECDSA", size: 256, encoding: "PKCS8", rotationPolicy: "Always" },
        issuerRef: { group: "cert-manager.io", kind, name: issuer },
      },
    },
    { parent },
  );
  return {
    secretName: certificate.metadata.apply(() => secretName),
    caCertificate: pulumi.output(caCertificate),
    resources: { authorities: {}, tlsSecret: undefined, issuedCertificate: certificate },
  };
}

/** Volume, mount and variables of the coordinator's container. */
export function tlsVolume(
  { args, kubernetesName }: Pick<Surroundings, "args" | "kubernetesName">,
  secretName: pulumi.Input<string>,
) {
  const service = pulumi.interpolate`${kubernetesName}.${args.namespace}`;
  const names = [
    pulumi.interpolate`${service}.svc.cluster.local`,
    pulumi.interpolate`${service}.svc`,
    service,
    kubernetesName,
    ...sorted(args.tls?.names ?? []),
    // KEDA and the collectors of metrics ask pods by their addresses.
    "$(MPEGFLOW_POD_IPS)",
  ];
  return {
    volume: { name: "tls", secret: { secretName, defaultMode: 0o440 } },
    mount: { name: "tls", mountPath: DIRECTORY, readOnly: true },
    variables: {
      MPEGFLOW_TLS_DIRECTORY: DIRECTORY,
      MPEGFLOW_TLS_NAMES: pulumi.all(names).apply((all) => all.join(",")),
    } satisfies CoordinatorVariables,
  };
}

/** Problems of {@link CoordinatorTls}. */
export function coordinatorTlsProblems({ authorities, certManager, names = [] }: CoordinatorTls): Problem[] {
  return [
    ...(authorities ? authoritiesProblems(authorities) : []),
    ...(authorities && certManager
      ? [
          {
            path: "tls.authorities",
            given: "authorities and certManager",
            allowed: "one of the two",
            because: "with certManager the stack makes no authority.",
            fix: "leave one of them out",
          },
        ]
      : []),
    ...(certManager ? issuerProblems(certManager) : []),
    ...names.flatMap((name, index) =>
      /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name) &&
      name.length <= 253
        ? []
        : [
            {
              path: `tls.names[${index}]`,
              given: shown(name),
              allowed: "a host name in lower case, or an IPv4 address",
              fix: 'write it as in "coordinator.example.com"',
            },
          ],
    ),
  ];
}

function authoritiesProblems(authorities: readonly string[]): Problem[] {
  const isCount = authorities.length >= 1 && authorities.length <= MOST_AUTHORITIES;
  return [
    ...(isCount
      ? []
      : [
          {
            path: "tls.authorities",
            given: `${authorities.length} names`,
            allowed: `1 to ${MOST_AUTHORITIES} names`,
            fix: 'name one, such as "a"',
          },
        ]),
    ...authorities.flatMap((authority, index) => [
      ...(/^[a-z0-9](?:[a-z0-9-]{0,14}[a-z0-9])?$/.test(authority)
        ? []
        : [
            {
              path: `tls.authorities[${index}]`,
              given: shown(authority),
              allowed: "1 to 16 characters of a-z, 0-9 and -",
              fix: 'use a name such as "b"',
            },
          ]),
      ...(authorities.indexOf(authority) === index
        ? []
        : [
            {
              path: `tls.authorities[${index}]`,
              given: shown(authority),
              allowed: "a name that is not in the list before",
              fix: "name it once",
            },
          ]),
    ]),
  ];
}

function issuerProblems({ name, kind, caCertificate }: CertManagerIssuer): Problem[] {
  return [
    ...kubernetesNameProblems("tls.certManager.name", name),
    ...(kind === undefined || kind === "Issuer" || kind === "ClusterIssuer"
      ? []
      : [
          {
            path: "tls.certManager.kind",
            given: shown(kind),
            allowed: "Issuer or ClusterIssuer",
            fix: "use one of them",
          },
        ]),
    ...(typeof caCertificate === "string" ? pemProblems("tls.certManager.caCertificate", caCertificate) : []),
  ];
}

/** Problems of certificates in PEM that are known now. */
export function pemProblems(path: string, pem: string): Problem[] {
  if (/^\s*(?:-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*)+$/.test(pem))
    return [];
  return [
    {
      path,
      given: "a text that is no certificate",
      allowed: "certificates in PEM, and nothing else",
      fix: "pass the text from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----",
    },
  ];
}

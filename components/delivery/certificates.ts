import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type { DnsRecord } from "./domains.ts";

/** Certificates to make. */
export interface CertificatesArgs {
  readonly projectId: pulumi.Input<string>;
  readonly domains: readonly string[];
  readonly labels?: Readonly<Record<string, pulumi.Input<string>>>;
}

/** A certificate map as a target proxy takes it, and the records that prove the domains. */
export interface Certificates {
  readonly certificateMap: pulumi.Output<string>;
  readonly dnsRecords: pulumi.Output<DnsRecord[]>;
}

/**
 * A certificate and an authorization for each domain: one that is not proved yet holds up no other, and a domain comes
 * and goes without a replacement. Google issues and renews them as long as the records are there, before and without any
 * traffic.
 *
 * Source: https://docs.cloud.google.com/certificate-manager/docs/domain-authorization
 */
export function certificates(name: string, args: CertificatesArgs, parent: pulumi.Resource): Certificates {
  const opts = { parent };
  const common = { project: args.projectId, ...(args.labels && { labels: args.labels }) };
  const map = new gcp.certificatemanager.CertificateMap(name, common, opts);
  const authorizations = args.domains.map((domain) => {
    const ownName = `${name}-${domain.replaceAll(".", "-")}`;
    const authorization = new gcp.certificatemanager.DnsAuthorization(ownName, { ...common, domain }, opts);
    const certificate = new gcp.certificatemanager.Certificate(
      ownName,
      { ...common, managed: { domains: [domain], dnsAuthorizations: [authorization.id] } },
      opts,
    );
    new gcp.certificatemanager.CertificateMapEntry(
      ownName,
      { ...common, map: map.name, hostname: domain, certificates: [certificate.id] },
      opts,
    );
    return authorization;
  });
  return {
    certificateMap: pulumi.interpolate`//certificatemanager.googleapis.com/${map.id}`,
    dnsRecords: pulumi
      .all(authorizations.map(({ dnsResourceRecords }) => dnsResourceRecords))
      .apply((records) => records.flat().map(({ name, type, data }) => ({ name, type, data }))),
  };
}
